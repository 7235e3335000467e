# shellcheck shell=sh
# Folders that hdeploy made, in the order in which it made them.

# in_order FOLDER: sorts the names on stdin, which are in order of time, by
# their numbers in FOLDER: a clock can be set back. A name without a number,
# which an earlier hdeploy made, stays behind the names that precede it.
in_order() {
	hd_last=0 hd_line=0 hd_mixed=''
	set -- "$1"
	while IFS= read -r hd_name; do
		hd_number=
		[ ! -s "$1/$hd_name/number" ] ||
			read -r hd_number <"$1/$hd_name/number"
		case $hd_number in
		'' | *[!0-9]* | ??????????*) hd_number=$hd_last ;;
		esac
		if [ "$hd_number" -ge "$hd_last" ]; then
			hd_last=$hd_number
		else
			hd_mixed=yes
		fi
		hd_line=$((hd_line + 1))
		set -- "$@" "$hd_number $hd_line $hd_name"
	done
	shift
	if [ -n "$hd_mixed" ]; then
		printf '%s\n' "$@" | sort -k1,1n -k2,2n | cut -d' ' -f3-
	else
		for hd_name; do
			printf '%s\n' "${hd_name#* * }"
		done
	fi
}

# folders FOLDER: the names of the folders in it, oldest first. hdeploy made
# them: [a-z0-9-]+
folders() {
	# shellcheck disable=SC2010,SC2012
	ls -tr "$1" 2>/dev/null | grep -v '[^a-z0-9-]' | in_order "$1"
}

# folder_newest FOLDER [PREFIX [WITHOUT]]: sets hd_newest, the name of its newest
# folder whose name begins with PREFIX and that has no file WITHOUT; "" if there
# is none. Compares numbers only, unless a folder has none.
folder_newest() {
	hd_newest=
	hd_last=0
	for hd_file in "$1/${2-}"*/; do
		hd_file=${hd_file%/}
		hd_name=${hd_file##*/}
		case $hd_name in
		*[!a-z0-9-]*) continue ;;
		esac
		[ -d "$hd_file" ] || continue
		hd_number=
		[ ! -s "$hd_file/number" ] || read -r hd_number <"$hd_file/number"
		case $hd_number in
		'' | *[!0-9]* | ??????????*)
			hd_newest=$(folder_newest_by_time "$@")
			break
			;;
		esac
		[ -n "${3-}" ] && [ -e "$hd_file/$3" ] ||
			[ "$hd_number" -lt "$hd_last" ] || {
			hd_last=$hd_number
			hd_newest=$hd_name
		}
	done
}

folder_newest_by_time() {
	folders "$1" | grep "^${2-}" | {
		hd_newest=
		while IFS= read -r hd_name; do
			[ -n "${3-}" ] && [ -e "$1/$hd_name/$3" ] ||
				hd_newest=$hd_name
		done
		printf '%s\n' "$hd_newest"
	}
}

# snapshot_newest: sets hd_newest, the name of the newest snapshot of a change to
# another version.
snapshot_newest() {
	folder_newest .hdeploy/snapshots '' repair
}

# number_next FOLDER: the number for the next folder in it.
number_next() {
	hd_last=0
	for hd_file in "$1"/*/number; do
		[ -s "$hd_file" ] && read -r hd_number <"$hd_file" || continue
		case $hd_number in
		'' | *[!0-9]* | ??????????*) ;;
		*) [ "$hd_number" -le "$hd_last" ] || hd_last=$hd_number ;;
		esac
	done
	echo "$((hd_last + 1))"
}

# trim FOLDER N: removes all but the newest N folders in it.
trim() {
	hd_keep=$2
	set -- "$1" "$1"/*/
	[ "$#" -gt "$((hd_keep + 1))" ] || return 0
	if [ "$#" = "$((hd_keep + 2))" ] && folder_oldest "$1"; then
		rm -rf "${1:?}/$hd_oldest"
		return
	fi
	folders "$1" | head -n "$(($# - hd_keep - 1))" |
		while IFS= read -r hd_name; do
			rm -rf "${1:?}/$hd_name"
		done
}

# folder_oldest FOLDER: sets hd_oldest, the name of its oldest folder; false if
# the numbers do not show which.
folder_oldest() {
	hd_oldest=
	for hd_file in "$1"/*/; do
		hd_file=${hd_file%/}
		case ${hd_file##*/} in
		*[!a-z0-9-]*) return 1 ;;
		esac
		hd_number=
		[ ! -s "$hd_file/number" ] || read -r hd_number <"$hd_file/number"
		case $hd_number in
		'' | *[!0-9]* | ??????????*) return 1 ;;
		esac
		[ -n "$hd_oldest" ] && [ "$hd_number" -ge "$hd_last" ] || {
			hd_last=$hd_number
			hd_oldest=${hd_file##*/}
		}
	done
	[ -n "$hd_oldest" ]
}
