# shellcheck shell=sh
# Files that are written whole or not at all.

# To the disk, so that a rename afterwards never names half a file.
sync_file() {
	sync "$1" 2>/dev/null || sync
}

# write_file PATH: stdin, whole or not at all. A link of that name is replaced.
write_file() {
	rm -f "$1.new" && cat >"$1.new" && sync_file "$1.new" && mv -f "$1.new" "$1" || {
		rm -f "$1.new"
		return 1
	}
}

# write_text PATH TEXT: as a line, in the same way.
write_text() {
	printf '%s\n' "$2" | write_file "$1"
}

# make_private FOLDER: below .hdeploy, and that as well, if they are not there. -m:
# where the folder above has an ACL for new ones, umask is not asked.
make_private() (
	umask 077
	[ -d .hdeploy ] || mkdir -m 700 .hdeploy || [ -d .hdeploy ] || exit
	mkdir -p "$1"
)

# link_file FROM TO: a copy where that cannot be a link.
link_file() {
	ln "$1" "$2" 2>/dev/null || cp "$1" "$2"
}

# with_reserve COMMAND...: if it fails, again with the room that snapshot.sh
# keeps: whoever began a change must be able to end it.
with_reserve() {
	"$@" || {
		rm -f .hdeploy/reserve
		"$@"
	}
}

# file_size PATH: sets hd_size, in bytes.
file_size() {
	hd_size=$(wc -c <"$1") && hd_size=$((hd_size))
}
