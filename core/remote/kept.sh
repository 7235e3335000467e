# shellcheck shell=sh
# needs: digest settle
# The kept tarball and the manifest of each version.

# kept_tarball VERSION: sets tarball and notes, after comparing its SHA-256 and
# that of the manifest.
kept_tarball() {
	kept_whole "$1"
	kept_manifest "$1"
}

# kept_whole VERSION: the same, without the manifest. Sets kept_sound to VERSION.
kept_whole() {
	notes=.hdeploy/releases/$1
	tarball=.hdeploy/tarballs/$1.tar.gz
	[ -f "$notes/record" ] || fail "$1 was never pushed here: push it first"
	[ -f "$tarball" ] || fail "$root/$tarball is gone: push $1 again"
	want=$(sed -n 's/^sha256 //p' "$notes/record")
	[ "$(sha256_of "$tarball")" = "$want" ] || damaged "$1" "$tarball"
	kept_sound=$1
}

# kept_manifest VERSION: fails unless the manifest is as it was pushed. Records
# of an earlier hdeploy do not have its SHA-256.
kept_manifest() {
	want=$(sed -n 's/^manifest //p' "$notes/record")
	[ -z "$want" ] || [ "$(sha256_stdin <"$notes/manifest")" = "$want" ] ||
		damaged "$1" "$notes/manifest"
}

# damaged VERSION FILE: removes FILE, so that a push uploads it again.
damaged() {
	rm -f "$2"
	fail "$root/$2 was changed since it was pushed: push $1 again"
}

# unpack_aside VERSION: unpacks the tarball of kept_tarball, and compares all
# files. Sets scratch, the folder, which is removed when this shell exits.
unpack_aside() {
	unpack_scratch "$1"
	check_files "$scratch" <"$notes/manifest"
}

# unpack_scratch VERSION: the same, and compares nothing.
unpack_scratch() {
	scratch=.hdeploy/tmp
	trap 'rm -rf "$scratch"' EXIT
	rm -rf "$scratch"
	told mkdir -p "$scratch" ||
		fail "$root/$scratch cannot be made: $(reason)"
	told unpack_kept "$scratch" || {
		why=$(reason)
		rm -rf "$scratch" # room for the message
		fail "the tarball of $1 cannot be unpacked: $why"
	}
	echo "$scratch" | settle_modes || exit 1
	settle_private "$scratch/releases"
}

# unpack_kept FOLDER: unpacks tarball into it, with the umask of release_umask.
unpack_kept() {
	release_umask
	(umask "$hd_mask" && tar -x -z -o -m -f "$tarball" -C "$1")
}

# check_files FOLDER: fails unless the files of the manifest on stdin are in
# FOLDER as they were pushed.
check_files() {
	check_none "$(cd "$1" && sha256_differ)"
}

# check_none PATHS: fails unless there are none.
check_none() {
	[ -n "$1" ] || return 0
	fail "not as it was pushed: $(printf '%s\n' "$1" | head -n 3 |
		tr '\n' ' ')in $root. Existing files are kept: give the changed" \
		"library or release a new version, or restore the file"
}

# stage_move TO PATH...: moves each into TO, unless TO has it.
stage_move() {
	to=$1
	shift
	for name; do
		name=${name%/}
		[ -e "$name" ] || [ -L "$name" ] || continue
		[ -e "$to/${name##*/}" ] || [ -L "$to/${name##*/}" ] ||
			told mv "$name" "$to/" ||
			fail "$name cannot be moved to $root/$to: $(reason)"
	done
}
