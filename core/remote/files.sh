# shellcheck shell=sh disable=SC2015,SC2034,SC2154
# Files of a release that have no version in their path, as bin/<app>,
# releases/COOKIE and overlays: they are those of the version that boots, and
# the others' are kept beside their records, as loose/.

# loose_names VERSION: files that came with it
loose_names() {
	sed -n 's/^[0-9a-f]*  //p' ".hdeploy/releases/$1/manifest" 2>/dev/null |
		grep -v -e '^lib/' -e '^erts-' -e '^releases/.*/' \
			-e '^releases/RELEASES$' -e '^releases/start_erl[.]data$'
}

# loose_copy FROM FILE TO: a file of the folder FROM to the folder TO
loose_copy() {
	[ -f "$1/$2" ] && [ ! -L "$1/$2" ] || return 0
	file=./$2
	told mkdir -p "$3/${file%/*}" && told cp -p "$1/$2" "$3/$2" ||
		fail "$root/$3/$2 cannot be written: $(reason)"
}

# loose_keep VERSION: what is there now, of the one that boots: it came as the
# first release, or before hdeploy. VERSION is about to replace some of it.
loose_keep() {
	mine=.hdeploy/releases/$boots/loose
	[ ! -d "$mine" ] || return 0
	rm -rf "$mine.new"
	told mkdir -p "$mine.new" ||
		fail "$root/$mine.new cannot be made: $(reason)"
	{
		loose_names "$boots"
		loose_names "$1"
	} | while IFS= read -r name; do
		loose_copy . "$name" "$mine.new"
	done || exit 1
	sync
	told mv "$mine.new" "$mine" ||
		fail "$root/$mine cannot be written: $(reason)"
}

# loose_ready VERSION: makes FILE.new of each of its files and prints FILE.
loose_ready() {
	theirs=.hdeploy/releases/$1/loose
	(cd "$theirs" 2>/dev/null && find . -type f) |
		while IFS= read -r name; do
			name=${name#./}
			told cp -p "$theirs/$name" "$name.new" || {
				why=$(reason)
				rm -f "$name.new"
				fail "$root/$name.new cannot be written: $why"
			}
			printf '%s\n' "$name"
		done
}
