# shellcheck shell=sh
# SHA-256, by the program that this host has.

# Bytes from which openssl, which starts slowly, is faster than sha256sum.
SHA256_LARGE=4000000

# sha256_of FILE: prints its digest.
sha256_of() {
	hd_bytes=$(wc -c <"$1") || return
	hd_digest=
	[ "$hd_bytes" -lt "$SHA256_LARGE" ] ||
		hd_digest=$(openssl dgst -sha256 -r <"$1" 2>/dev/null)
	hd_digest=${hd_digest%% *}
	case "${#hd_digest} $hd_digest" in
	'64 '*[!0-9a-f]*) ;;
	'64 '*)
		echo "$hd_digest"
		return
		;;
	esac
	sha256_stdin <"$1"
}

# sha256_list_of SIZE FILE...: prints "DIGEST  FILE" or "DIGEST *FILE" for each.
# SIZE: bytes of the largest FILE.
sha256_list_of() {
	hd_bytes=$1
	shift
	[ "$hd_bytes" -lt "$SHA256_LARGE" ] ||
		! openssl dgst -sha256 -r "$@" 2>/dev/null || return 0
	if command -v sha256sum >/dev/null; then
		sha256sum "$@"
	elif command -v shasum >/dev/null; then
		shasum -a 256 "$@"
	else
		openssl dgst -sha256 -r "$@"
	fi
}

sha256_stdin() {
	if command -v sha256sum >/dev/null; then
		hd_digest=$(sha256sum)
	elif command -v shasum >/dev/null; then
		hd_digest=$(shasum -a 256)
	else
		hd_digest=$(openssl dgst -sha256 -r)
	fi
	echo "${hd_digest%% *}"
}

# sha256_differ: reads "digest  path" lines; prints the paths that are missing
# or differ.
sha256_differ() {
	if command -v sha256sum >/dev/null; then
		hd_differ=$(sha256sum -c 2>/dev/null) && return
	elif command -v shasum >/dev/null; then
		hd_differ=$(shasum -a 256 -c 2>/dev/null) && return
	else
		hd_differ=$(sha256_each)
		[ -n "$hd_differ" ] || return 0
	fi
	hd_differ=$(printf '%s\n' "$hd_differ" | sed -n 's/: FAILED.*//p')
	printf '%s\n' "${hd_differ:-the manifest}"
}

sha256_each() {
	while IFS= read -r hd_line; do
		hd_path=${hd_line#*  }
		[ -f "$hd_path" ] &&
			[ "$(sha256_of "$hd_path")" = "${hd_line%%  *}" ] ||
			printf '%s: FAILED\n' "$hd_path"
	done
}

# sha256_list: prints "digest  path" for each path on stdin, which are files.
sha256_list() {
	if command -v sha256sum >/dev/null; then
		tr '\n' '\0' | xargs -0 sha256sum -- 2>/dev/null
	else
		while IFS= read -r hd_path; do
			printf '%s  %s\n' "$(sha256_of "$hd_path")" "$hd_path"
		done
	fi
}
