# shellcheck shell=sh
# needs: trust
# What the host has of a version that may be pushed. Changes nothing. Answers
# - "have INDEX VERSION FILE START": FILE (tarball, manifest or modules) of the
#   kept VERSION has the part whose digest is line INDEX of parts, from byte
#   START, counted from 1;
# - "broken yes": an upload of that version began before;
# - "unpacks yes": receive.sh can take an upload as text.
# Answers nothing if the version itself is here.

# args: version identity [parts]
# parts: digests, each 16 hex digits and a line.
main() {
	is_version "$arg_version" && root_entered "$arg_root" || return 0
	notes=.hdeploy/releases/$arg_version
	! parts_same || return 0
	# Even an empty one: its connection may still write to it.
	[ ! -e "$notes/upload.part" ] || say broken yes
	parts_unpacks
	[ -z "$arg_parts" ] || parts_answer
}

# parts_same: whether this very version is here.
parts_same() {
	[ -f ".hdeploy/tarballs/$arg_version.tar.gz" ] &&
		parts_readable "$notes/record" &&
		read -r word identity <"$notes/record" &&
		[ "$word $identity" = "identity $arg_identity" ]
}

# Where printf is a program, as in mksh, other users could see the text.
parts_unpacks() {
	[ -z "${KSH_VERSION-}" ] && command -v base64 >/dev/null &&
		command -v gzip >/dev/null && say unpacks yes
	return 0
}

# parts_answer: from kept versions, the newest first. A version counts only if
# its tarball has the size that its record names. If awk cannot read a file, it
# reads no later one: then fewer parts are answered.
parts_answer() {
	set --
	kept=
	last=0
	for folder in .hdeploy/releases/*/; do
		folder=${folder%/}
		version=${folder##*/}
		tarball=.hdeploy/tarballs/$version.tar.gz
		is_version "$version" && parts_readable "$folder/record" &&
			parts_readable "$folder/chunks" &&
			parts_readable "$tarball" || continue
		kept="$kept $tarball"
		number=0
		[ ! -s "$folder/number" ] || read -r number <"$folder/number"
		case $number in
		'' | *[!0-9]* | ??????????*) number=0 ;;
		esac
		if [ "$number" -ge "$last" ]; then
			set -- "$folder/record" "$folder/chunks" "$@"
			last=$number
		else
			set -- "$@" "$folder/record" "$folder/chunks"
		fi
	done
	[ "$#" = 0 ] || {
		printf '%s\n' "$arg_parts"
		# shellcheck disable=SC2086
		parts_sizes $kept
	} | awk '
		FILENAME !~ "/" && NF == 1 { wanted[$1] = wanted[$1] " " ++n }
		FILENAME !~ "/" && NF == 2 { size[$2] = $1 }
		FILENAME !~ "/" { next }
		{ split(FILENAME, name, "/") }
		name[4] == "record" && $1 == "size" {
			kept = ".hdeploy/tarballs/" name[3] ".tar.gz"
			whole[name[3]] = size[kept] == $2
		}
		name[4] == "record" || !whole[name[3]] { next }
		NF != 4 || $1 !~ /^(tarball|manifest|modules)$/ ||
			$2 !~ /^[0-9]+$/ || length($2) > 14 ||
			!($4 in wanted) { next }
		{
			m = split(wanted[$4], index_of, " ")
			delete wanted[$4]
			for (i = 1; i <= m; i++)
				printf "have %s %s %s %.0f\n", index_of[i],
					name[3], $1, $2 + 1
		}' - "$@" >&3
}

# parts_sizes FILE...: "SIZE FILE" for each; facts.sh has just asked for them, if
# it came before in this call.
parts_sizes() {
	if [ -n "${hd_states-}" ]; then
		printf '%s\n' "$hd_states"
	else
		wc -c "$@"
	fi
}

parts_readable() { # FILE
	[ -f "$1" ] && [ -r "$1" ]
}
