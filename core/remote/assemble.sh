# shellcheck shell=sh
# needs: digest
# Puts the files of a push together, in the folder $new, from upload.part in
# $notes and from kept versions. Nothing here decides whether they are right.

# assemble RECIPE SIZE: makes each NAME in RECIPE, lines "NAME SOURCE START
# LENGTH": LENGTH bytes of SOURCE from byte START, counted from 1. SOURCE is
# "upload" or, of a kept version, "VERSION/NAME". If upload.part begins with the
# whole tarball, of SIZE bytes, upload.part itself becomes the tarball; if RECIPE
# has no line for the tarball, tarball.part does.
assemble() {
	recipe=$1
	size=$2
	whole="tarball upload 1 $size"
	only_slow=
	# shellcheck disable=SC2086
	set -- $1
	while [ "$#" -gt 3 ]; do
		[ "$1 $2 $3 $4" = "$whole" ] ||
			assemble_range "$1" "$2" "$3" "$4" || return
		shift 4
	done
	case $recipe in
	"$whole"*)
		dd if=/dev/null of="$notes/upload.part" bs=1 seek="$size" \
			2>/dev/null &&
			mv -f "$notes/upload.part" "$new/tarball"
		;;
	tarball*) ;;
	*) mv -f "$notes/tarball.part" "$new/tarball" ;;
	esac
}

# assemble_range NAME SOURCE START LENGTH: by one program if dd counts bytes, else
# by two. If SOURCE is missing or too short, the file gets too short, so that its
# digest is not right.
assemble_range() {
	assemble_source "$2"
	[ -f "$source" ] || return 0
	[ -n "$only_slow" ] || {
		dd bs=1048576 iflag=skip_bytes,count_bytes \
			skip="$(($3 - 1))" count="$4" \
			<"$source" 2>/dev/null >>"$new/$1" && return
		only_slow=yes
	}
	tail -c "+$3" "$source" 2>/dev/null | head -c "$4" >>"$new/$1"
}

assemble_source() { # SOURCE
	case $1 in
	upload) source=$notes/upload.part ;;
	*/tarball) source=.hdeploy/tarballs/${1%/*}.tar.gz ;;
	*) source=.hdeploy/releases/$1 ;;
	esac
}

# assemble_blame RECIPE: prints the sources of RECIPE, "VERSION/NAME", that were
# changed since they were pushed. No record has a digest of modules.
assemble_blame() {
	assemble_kept "$1" | while IFS= read -r name; do
		case $name in
		*/tarball) key=sha256 ;;
		*/manifest) key=manifest ;;
		*) continue ;;
		esac
		assemble_source "$name"
		digest=$(sed -n "s/^$key //p" \
			".hdeploy/releases/${name%/*}/record")
		[ "$(sha256_of "$source")" = "$digest" ] ||
			printf '%s\n' "$name"
	done
}

# assemble_forget RECIPE: removes the lists of chunks of its sources: one of them
# is wrong, and the next push must not use it.
assemble_forget() {
	assemble_kept "$1" | while IFS= read -r name; do
		rm -rf ".hdeploy/releases/${name%/*}/chunks"
	done
}

# assemble_kept RECIPE: its sources "VERSION/NAME".
assemble_kept() {
	printf '%s\n' "$1" | sed -n 's,^[a-z]* \([^ ]*/[a-z]*\) .*,\1,p' |
		sort -u
}
