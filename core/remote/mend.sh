# shellcheck shell=sh
# needs: kept release
# Brings back files of an unpacked version that were removed by hand, from its
# kept tarball.

# mend VERSION: brings back its files that are gone. Files that are there are
# left alone.
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

# mend_path FILE: brings it back, with its whole folder, lib/x or releases/V, if
# that is gone.
mend_path() {
	[ ! -e "$1" ] || return 0
	rest=${1#*/}
	top=${1%%/*}/${rest%%/*}
	[ ! -e "$top" ] || top=$1
	echo "$top was gone, and was brought back"
	told mkdir -p "${top%/*}" && told mv "$scratch/$top" "$top" ||
		fail "$root/$top cannot be brought back: $(reason)"
}
