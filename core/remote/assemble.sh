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
	texts=
	first=
	# shellcheck disable=SC2086
	set -- $1
	while [ "$#" -gt 3 ]; do
		if [ "$1" != tarball ]; then
			assemble_source "$2"
			texts="$texts$1 $source $3 $4
"
			[ "$2" != upload ] || first=${first:-$3}
		elif [ "$1 $2 $3 $4" != "$whole" ]; then
			assemble_range "$1" "$2" "$3" "$4" || return
		fi
		shift 4
	done
	assemble_texts || return
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

# assemble_texts: makes all files but the tarball, by the lines of texts: their
# parts are whole lines. Only a part of upload.part is text, from its byte first
# on. By one awk, because a program for each part would take longer than the rest.
assemble_texts() {
	{
		printf '%s\n' "$texts"
		[ -z "$first" ] || tail -c "+$first" "$notes/upload.part"
	} | awk -v new="$new" -v upload="$notes/upload.part" -v first="$first" '
		function keep(file, text) {
			here[file, at] = n + 1
			line[++n] = text
			at += length(text) + 1
		}
		function read_kept(file, text) {
			at = 1
			while ((getline text <file) > 0)
				keep(file, text)
			close(file)
			n++
		}
		!ended && NF == 0 { ended = 1; next }
		!ended {
			name[++parts] = $1
			source[parts] = $2
			start[parts] = $2 == upload ? $3 - first + 1 : $3 + 0
			left[parts] = $4
			next
		}
		n == 0 { at = 1 }
		{ keep(upload, $0) }
		END {
			n++
			for (i = 1; i <= parts; i++) {
				if (source[i] != upload && !(source[i] in known))
					read_kept(source[i])
				known[source[i]] = 1
				k = here[source[i], start[i]]
				while (k && left[i] > 0 && k in line) {
					print line[k] >(new "/" name[i])
					left[i] -= length(line[k++]) + 1
				}
			}
		}'
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
