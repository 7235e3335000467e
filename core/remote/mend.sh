# shellcheck shell=sh
# needs: kept release
# Restores files of an unpacked version that were removed by hand, from its kept
# tarball.

# mend VERSION: restores its missing files. Existing files stay as they are.
mend() {
	[ -n "$(unpacked_names "$1" | not_here | head -n 1)" ] || return 0
	(
		kept_tarball "$1"
		unpack_aside "$1"
		unpacked_names "$1" | while IFS= read -r path; do
			mend_path "$path"
		done || exit 1
		sync
	) || exit 1
}

# mend_path FILE: restores FILE, or its whole folder, lib/x or releases/V, if
# that folder is missing.
mend_path() {
	[ ! -e "$1" ] || return 0
	rest=${1#*/}
	top=${1%%/*}/${rest%%/*}
	[ ! -e "$top" ] || top=$1
	echo "$top was missing and is restored"
	told mkdir -p "${top%/*}" && told mv "$scratch/$top" "$top" ||
		fail "$root/$top cannot be restored: $(reason)"
}
