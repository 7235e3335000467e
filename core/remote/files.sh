# shellcheck shell=sh
# needs: loose_store
# Loose files: files of a release with no version in their path, such as
# bin/<app>, etc/ and releases/COOKIE. Those of the version that boots are in
# place. Each version keeps copies of its own in loose/, next to its record.
# .hdeploy/files names the version whose files are in place: "VERSION", or
# "TO FROM" while they change.
#
# A file that was changed on the host is kept if the new version brings the same
# file as the previous version. Otherwise its folder decides. In bin/ and
# releases/, which start the node, the version's file replaces the host's, which
# becomes FILE.host-FROM until FROM comes back. Elsewhere the file is a setting
# or data: the host's is kept, and the version's is put next to it as FILE.TO.

loose_new=.hdeploy-new # suffix of a file that will replace another

loose_mark() { # VERSION...
	told with_reserve write_text .hdeploy/files "$*" ||
		fail "$root/.hdeploy/files cannot be written: $(reason)"
}

# loose_begin VERSION [hot]: sets more, the paths of the files that will change.
# Writes each of VERSION as FILE.new (FILE with the suffix loose_new), and
# changes nothing else. boots: the version that boots now, or empty.
loose_begin() {
	more=
	loose_hot=${2-}
	loose_whose "$1"
	[ -z "$settled" ] || return 0
	loose_make "$1" || exit 1
	for hd_to in $leaves; do
		[ "$hd_to" != "$1" ] || continue
		loose_make "$hd_to" || exit 1
		loose_keep "$hd_to" "$1"
	done
	more=$(loose_ready "$1") || exit 1
	[ -s .hdeploy/files ] || [ -z "$before" ] || loose_mark "$before"
}

# loose_tidy: removes each FILE.new that loose_begin left.
loose_tidy() {
	printf '%s\n' "${more-}" | while IFS= read -r file; do
		rm -f -- "$file$loose_new"
	done
}

# loose_put VERSION: puts the files in place.
loose_put() {
	[ -z "$settled" ] || return 0
	loose_mark "$1" "${before:-$1}"
	[ -z "$more" ] || printf '%s\n' "$more" | while IFS= read -r file; do
		sync_file "$file$loose_new"
		told mv -f -- "$file$loose_new" "$file" ||
			fail "$root/$file cannot be replaced: $(reason)"
	done || exit 1
	[ ! -d ".hdeploy/releases/$1/loose" ] || {
		for hd_to in $leaves; do
			[ "$hd_to" = "$1" ] || loose_leave "$hd_to" "$1"
		done
		loose_arrive "$1"
	}
	rm -f ".hdeploy/releases/$1/added"
	sync
	loose_mark "$1"
}

# loose_ready VERSION: writes FILE.new for each file to change; prints their
# paths
loose_ready() {
	theirs=.hdeploy/releases/$1/loose
	[ -d "$theirs" ] || return 0
	(cd "$theirs" && find . -type d) | while IFS= read -r name; do
		name=${name#./}
		[ -d "$name" ] || ! loose_trusted "$name/" ||
			told mkdir -p -- "$name" ||
			fail "$root/$name cannot be made: $(reason)"
	done || exit 1
	loose_changes "$1" | while IFS= read -r name; do
		[ -z "$loose_hot" ] || ! driver_keeps "$name" || continue
		loose_taken "$1" "$name" || continue
		rm -f -- "$name$loose_new"
		told cp -pP -- "$source" "$name$loose_new" || {
			why=$(reason)
			rm -f -- "$name$loose_new"
			fail "$root/$name$loose_new cannot be written: $why"
		}
		printf '%s\n' "$name"
	done
}

# loose_changes VERSION: its files that differ from those in place, or that
# cannot be compared
loose_changes() {
	{
		lines=$(loose_list "$1" | loose_ours yes)
		[ -z "$lines" ] || printf '%s\n' "$lines" | sha256_differ
		loose_list "$1" | loose_ours no | cut -c67-
		(cd "$theirs" && find . -type f -o -type l) |
			while IFS= read -r name; do
				name=${name#./}
				loose_odd "$1" "$name" || continue
				printf '%s\n' "$name"
			done
	} | sort -u
}

# loose_ours yes|no: the "digest  path" lines on stdin whose folder is trusted,
# or is not
loose_ours() {
	while IFS= read -r line; do
		trust=no
		! loose_trusted "${line#*  }" || trust=yes
		[ "$trust" != "$1" ] || printf '%s\n' "$line"
	done
}

# loose_odd VERSION FILE: whether FILE differs in anything but its content.
loose_odd() {
	if [ -L "$theirs/$2" ]; then
		[ "$(readlink -- "$theirs/$2")" != "$(readlink -- "$2" 2>/dev/null)" ]
	else
		[ -f "$2.host-$1" ] || { [ -x "$theirs/$2" ] && [ ! -x "$2" ]; }
	fi
}

# loose_taken VERSION FILE: whether to replace FILE; sets source, its new
# content.
loose_taken() {
	source=$theirs/$2
	[ ! -f "$2.host-$1" ] || source=$2.host-$1
	[ -e "$source" ] || [ -L "$source" ] || return 1
	if ! loose_trusted "$2"; then
		loose_unchanging "$1" "$2" ||
			say note "$2 stays as it is: $hd_why"
		return 1
	elif [ -d "$2" ] && [ ! -L "$2" ]; then
		fail "$root/$2 is a folder, and $1 has a file of that name:" \
			"move the folder away"
	elif [ ! -e "$2" ] && [ ! -L "$2" ]; then
		loose_boots "$2" || ! loose_unchanging "$1" "$2"
		return
	elif loose_known "$2"; then
		return 0
	fi
	loose_unchanging "$1" "$2" && return 1
	loose_both "$1" "$2"
}

# loose_unchanging VERSION FILE: whether the previous version has the same FILE.
loose_unchanging() {
	line=$(loose_list "$1" | awk -v name="$2" 'substr($0, 67) == name')
	[ -n "$line" ] && grep -qsxF -e "$line" \
		".hdeploy/releases/$before/manifest"
}

# loose_both VERSION FILE: keeps both the host's file and the version's. False
# if the host's stays in place.
loose_both() {
	beside=$2.$1
	kept=$source
	! loose_boots "$2" || beside=$2.host-${before:-before} kept=$2
	rm -f -- "$beside$loose_new"
	told cp -pP -- "$kept" "$beside$loose_new" &&
		told mv -f -- "$beside$loose_new" "$beside" ||
		fail "$root/$beside cannot be written: $(reason)"
	if loose_boots "$2"; then
		say note "$2 was changed on this host: the file of $1 replaces\
 it, and the changed file is kept as $beside"
	else
		say note "$2 was changed on this host and is kept: the file of\
 $1 is next to it as $beside"
		return 1
	fi
}

# loose_leave VERSION TO: removes the files of VERSION that TO does not have.
loose_leave() {
	{
		loose_names "$2"
		echo
		loose_names "$1"
	} | awk '$0 == "" { past = 1; next }
		!past { has[$0] = 1; next }
		!($0 in has)' | while IFS= read -r name; do
		[ -f "$name" ] || continue
		if loose_is "$name" "$1"; then
			rm -f -- "$name"
		else
			say note "$name was changed on this host and is kept,\
 although $2 does not have it"
		fi
	done
	loose_names "$1" | while IFS= read -r name; do
		[ ! -f "$name.$1" ] || ! loose_trusted "$name" ||
			! cmp -s -- "$name.$1" \
				".hdeploy/releases/$1/loose/$name" ||
			rm -f -- "$name.$1"
	done
}

# loose_arrive VERSION: removes each FILE.host-VERSION that is in place again.
loose_arrive() {
	loose_names "$1" | while IFS= read -r name; do
		[ ! -f "$name.host-$1" ] || ! loose_trusted "$name" ||
			! cmp -s -- "$name.host-$1" "$name" ||
			rm -f -- "$name.host-$1"
	done
}

# loose_settle: before a start, puts the files of the version that boots in
# place: a change might have been cut off, or somebody edited the boot pointers.
loose_settle() {
	[ -s .hdeploy/files ] && [ ! -e .hdeploy/switching ] || return 0
	loose_boot_now
	[ -n "$boots" ] || return 0
	trap loose_tidy EXIT
	loose_begin "$boots"
	loose_put "$boots"
}
