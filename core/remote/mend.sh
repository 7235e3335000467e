# shellcheck shell=sh
# needs: kept release trust
# Restores files of an unpacked version that were removed by hand, from its kept
# tarball.

# mend VERSION: restores its missing files. Existing files stay as they are.
mend() {
	[ -n "$(unpacked_names "$1" | no_files | head -n 1)" ] || return 0
	(
		kept_tarball "$1"
		unpack_aside "$1"
		unpacked_names "$1" | mend_paths || exit 1
		sync
	) || exit 1
}

no_files() { # prints the paths on stdin where there is not a file
	while IFS= read -r path; do
		[ -f "$path" ] || printf '%s\n' "$path"
	done
}

mend_paths() { # the paths on stdin
	while IFS= read -r path; do
		mend_path "$path"
	done
}

# mend_path FILE: restores FILE, or its whole folder, lib/x or releases/V, if
# that folder is missing.
mend_path() {
	[ ! -f "$1" ] || return 0
	[ ! -e "$1" ] || [ ! -L "$1" ] || return 0
	mend_trusts "$1"
	[ ! -d "$1" ] || fail "$root/$1 is a folder, and the release has a file" \
		"of that name: move the folder away"
	rest=${1#*/}
	top=${1%%/*}/${rest%%/*}
	[ ! -e "$top" ] || top=$1
	[ ! -L "$top" ] || told rm -f "$top" ||
		fail "$root/$top cannot be removed: $(reason)"
	echo "$top was missing and is restored"
	told mkdir -p "${top%/*}" && told mv -f "$scratch/$top" "$top" ||
		fail "$root/$top cannot be restored: $(reason)"
}

# mend_trusts PATH: fails if a folder on the way to PATH is a link, below lib,
# erts-* or releases, or if other users can write there: PATH would be written
# elsewhere.
mend_trusts() {
	case $1 in
	*/*) ;;
	*) return 0 ;;
	esac
	[ "${1%/*}" != "${mend_seen-}" ] || return 0
	mend_seen=${1%/*}
	mend_at=${1%%/*}
	mend_rest=${1#*/}
	while :; do
		case $mend_rest in
		*/*) ;;
		*) break ;;
		esac
		mend_at=$mend_at/${mend_rest%%/*}
		mend_rest=${mend_rest#*/}
		[ ! -L "$mend_at" ] || fail "$root/$mend_at is a link, and $1 is" \
			"not restored through it: remove the link"
	done
	trusted "$root/$mend_seen" || fail "$1 is not restored: $why"
}
