# shellcheck shell=sh
# needs: digest settle
# The tarball and the manifest that are kept of each version.

# kept_tarball VERSION: sets tarball, checked.
kept_tarball() {
	notes=.hdeploy/releases/$1
	tarball=.hdeploy/tarballs/$1.tar.gz
	[ -f "$notes/record" ] || fail "nobody pushed $1 here: push it first"
	[ -f "$tarball" ] || fail "$root/$tarball is gone: push $1 again"
	want=$(sed -n 's/^sha256 //p' "$notes/record")
	[ "$(sha256_of "$tarball")" = "$want" ] || damaged "$1" "$tarball"
	kept_manifest "$1"
}

# kept_manifest VERSION: is as it was pushed. Records of old do not say.
kept_manifest() {
	want=$(sed -n 's/^manifest //p' "$notes/record")
	[ -z "$want" ] || [ "$(sha256_of "$notes/manifest")" = "$want" ] ||
		damaged "$1" "$notes/manifest"
}

# damaged VERSION FILE: it goes, so that a push brings it anew.
damaged() {
	rm -f "$2"
	fail "$root/$2 was changed since it was pushed: push $1 again"
}

# unpack_aside VERSION: sets scratch, a folder that goes with this shell: all of the
# tarball that kept_tarball found, as it was pushed.
unpack_aside() {
	scratch=.hdeploy/tmp
	trap 'rm -rf "$scratch"' EXIT
	rm -rf "$scratch"
	told mkdir -p "$scratch" ||
		fail "$root/$scratch cannot be made: $(reason)"
	told unpack_kept "$scratch" || {
		why=$(reason)
		rm -rf "$scratch" # room to say so
		fail "the tarball of $1 cannot be unpacked: $why"
	}
	echo "$scratch" | settle_modes || exit 1
	settle_private "$scratch/releases"
	check_files "$scratch" p <"$notes/manifest"
}

# unpack_kept FOLDER: the tarball, as release_umask says.
unpack_kept() {
	release_umask
	(umask "$hd_mask" && tar -x -z -o -m -f "$tarball" -C "$1")
}

# check_files FOLDER FILTER [EXCEPT]: files that sed's FILTER takes from the
# manifest on stdin must be in FOLDER as they were pushed, but for those that
# the command EXCEPT takes away.
check_files() {
	differ=$(sed -n "$2" | (cd "$1" && sha256_differ) | "${3:-cat}" |
		head -n 3 | tr '\n' ' ')
	[ -z "$differ" ] ||
		fail "not as it was pushed: ${differ}in $root. Files that" \
			"are there already are kept: give the changed library" \
			"or release a new version, or restore the file"
}

# stage_move TO PATH...
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
