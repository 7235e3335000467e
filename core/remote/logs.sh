# shellcheck shell=sh disable=SC2012
# needs: driver node_log trust
# The newest lines of the service's log: of the files that deploy.ini names, else
# of the unit's journal, else of the file that the control script writes.

# args: lines [files after wait]
# files: a pattern. after: where an earlier answer ended: then waits up to `wait`
# seconds for new lines.
# Answers: from LOG; line TEXT, each; at PLACE, for after.
LOGS_MAX=262144

main() {
	[ -d "$arg_root" ] || fail "there is no release in $arg_root"
	enter_root "$arg_root"
	source=files
	[ -n "${arg_files-}" ] || [ -z "$hd_unit" ] || source=journal
	naps=0
	"logs_of_$source"
	while [ "$place" = "${arg_after-}" ] &&
		[ "$((naps += 1))" -le "${arg_wait:-0}" ]; do
		sleep 1
		"logs_of_$source"
	done
	say at "$place"
}

# logs_lines: answers each line of stdin; a long one is several.
logs_lines() {
	tr -d '\000' | fold -b -w 3900 | awk '{ print "line " $0 }' >&3
}

# logs_of_journal: answers new lines and sets place: a cursor of the journal, or
# the time if it has no line of the unit so far.
logs_of_journal() {
	place=${arg_after:-@$(date +%s)}
	set -- -q --no-pager --output=short-iso --show-cursor --unit="$hd_unit"
	[ "$hd_manager" != user ] || set -- "$@" --user
	case ${arg_after-} in
	'')
		logs_permitted "$@"
		say from "the journal of $hd_unit"
		set -- "$@" --lines="$arg_lines"
		;;
	@*) set -- "$@" --since="$arg_after" ;;
	*) set -- "$@" --after-cursor="$arg_after" ;;
	esac
	text=$(journalctl "$@" 2>/dev/null | tail -c "$LOGS_MAX")
	case $text in
	*'-- cursor: '*) place=${text##*-- cursor: } ;;
	esac
	text=${text%-- cursor: *}
	[ -z "$text" ] || printf '%s' "$text" | logs_lines
}

# logs_permitted -q ARG...: without -q journalctl says if it hides lines from us.
logs_permitted() {
	shift
	hd_said=$(journalctl "$@" --lines=0 2>&1 >/dev/null | tr '\n' ' ')
	case $hd_said in
	'') ;;
	*permission* | *'not seeing'*)
		fail "$(id -un) cannot read the journal of $hd_unit; on the" \
			"host, \`usermod -aG systemd-journal $(id -un)\` allows it"
		;;
	*) fail "$hd_said" ;;
	esac
}

# logs_found: prints the paths of the files, the newest first.
logs_found() {
	case ${arg_files-} in
	/*) set -- "$arg_files" ;;
	?*) set -- "$root/$arg_files" ;;
	'')
		node_log
		[ -n "$log" ] || return 0
		set -- "${log%/*}/erlang.log.*"
		;;
	esac
	IFS=
	# shellcheck disable=SC2086 # a pattern
	ls -td -- $1 2>/dev/null
}

# logs_of_files: answers new lines of the newest file and sets place: "INODE
# OFFSET". When the log moved on to a new file, first answers the rest of the old
# one.
logs_of_files() {
	files=$(logs_found)
	logs_open "$(printf '%s\n' "$files" | head -n 1)"
	place="$inode $size"
	case ${arg_after-} in
	'')
		say from "$log"
		[ "$size" -lt "$LOGS_MAX" ] && begin=0 ||
			begin=$((size - LOGS_MAX))
		logs_part "$size" | tail -n "$arg_lines" | logs_lines
		;;
	"$inode "*) logs_since "${arg_after#* }" ;;
	*)
		logs_old "${arg_after% *}" && logs_since "${arg_after#* }"
		place="$next 0"
		;;
	esac
}

# logs_open FILE: sets log, inode and size; fails unless the file is trusted.
logs_open() {
	log=$1
	[ -n "$log" ] || fail "there is no log at ${arg_files:-log, var/log and\
 tmp/log} in $root: set logs in deploy.ini"
	trusted "$log" || fail "$why"
	[ -f "$log" ] || fail "$log is not a file"
	# shellcheck disable=SC2046
	set -- $(ls -lniLd -- "$log")
	inode=$1
	size=$6
}

# logs_old INODE: opens that file, unless it is gone, and sets next to the inode
# of the present one.
logs_old() {
	next=$inode
	old=$(printf '%s\n' "$files" | while IFS= read -r file; do
		# shellcheck disable=SC2046
		set -- "$1" $(ls -lniLd -- "$file")
		[ "$1" != "$2" ] || printf '%s\n' "$file"
	done)
	[ -n "$old" ] && logs_open "$old"
}

# logs_since OFFSET: answers what was added; all of a file that was emptied.
logs_since() {
	begin=$1
	[ "$begin" -le "$size" ] || begin=0
	end=$size
	[ "$((end - begin))" -le "$LOGS_MAX" ] || end=$((begin + LOGS_MAX))
	place="$inode $end"
	[ "$begin" = "$end" ] || logs_part "$end" | logs_lines
}

logs_part() { # END
	tail -c "+$((begin + 1))" -- "$log" | head -c "$(($1 - begin))"
}
