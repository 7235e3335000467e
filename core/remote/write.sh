# shellcheck shell=sh
# Writes files whole or not at all.

# sync_file PATH...: flushes these files to the disk, so that a rename that
# follows never names half a file.
sync_file() {
	sync "$@" 2>/dev/null || sync
}

# write_file PATH: writes stdin to it, whole or not at all. Replaces a link of
# that name.
write_file() {
	write_by cat "$1"
}

# write_text PATH TEXT: writes TEXT as a line, likewise.
write_text() {
	write_by write_line "$@"
}

# write_by COMMAND PATH [TEXT]: writes the output of COMMAND TEXT.
write_by() {
	{ [ ! -e "$2.new" ] && [ ! -L "$2.new" ] || rm -f "$2.new"; } &&
		"$1" ${3+"$3"} >"$2.new" && sync_file "$2.new" &&
		mv -f "$2.new" "$2" || {
		rm -f "$2.new"
		return 1
	}
}

write_line() {
	printf '%s\n' "$1"
}

# private COMMAND...: runs a function. The files that it makes are ours alone. It must
# not redirect a special builtin (`:`), which ends the shell if that fails.
private() {
	umask 077
	"$@"
	hd_private=$?
	umask 022
	return "$hd_private"
}

put_line() { # FILE TEXT
	printf '%s\n' "$2" >"$1"
}

# make_private FOLDER: creates it below .hdeploy, and .hdeploy, unless they
# exist. -m: a default ACL of the parent overrides umask.
make_private() (
	umask 077
	[ -d .hdeploy ] || mkdir -m 700 .hdeploy || [ -d .hdeploy ] || exit
	mkdir -p "$1"
)

# link_file FROM TO: makes a hard link, or a copy where that is not possible.
link_file() {
	ln "$1" "$2" 2>/dev/null || cp "$1" "$2"
}

# with_reserve COMMAND...: if it fails, frees the reserve of snapshot.sh and
# tries again: a change that has begun must be able to end.
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
