# shellcheck shell=sh
# needs: clock folders process
# The operations of this root: a folder for each in .hdeploy/ops.

# operation_newest [CHANGE]: the newest one, or of that change; a folder,
# nothing if there is none.
operation_newest() {
	hd_newest=$(folders .hdeploy/ops | grep "^${1:+$1-}" | tail -n 1)
	[ -z "$hd_newest" ] || echo ".hdeploy/ops/$hd_newest"
}

# operation_name FOLDER: its script, or hook_NAME.
operation_name() {
	[ -f "$1/name" ] && read -r hd_name <"$1/name" || return 1
	case $hd_name in
	*[!a-z_]* | '') return 1 ;;
	esac
	echo "$hd_name"
}

# operation_status FOLDER: how it ended, "running", or "lost" if it was killed.
operation_status() {
	if [ -s "$1/status" ] && read -r hd_status <"$1/status"; then
		echo "$hd_status"
	elif operation_alive "$1"; then
		echo running
	else
		echo lost
	fi
}

# operation_tell FOLDER STATUS: its end, once. In place: there may be no room
# for another file.
operation_tell() {
	[ ! -e "$1/status" ] || return 0
	printf '%-7s' "$2" 1<>"$1/status.new"
	mv -f "$1/status.new" "$1/status"
}

# operation_alive FOLDER: whether what was started there still goes on, by
# either half of it (session.sh).
operation_alive() {
	process_lives "$1/pid" || operation_inner "$1"
}

# operation_inner FOLDER: its inner half, or what that left when it was killed:
# of this nobody knows the end, but the deadline.
operation_inner() {
	! process_lives "$1/inner" || return 0
	process_read "$1/inner" || return 1
	clock_left "${hd_more% *}" "${hd_more#* }"
	[ "$hd_left" -gt 0 ] || return 1
	session_lives "$hd_pid" "$hd_born" || process_lives "$1/control"
}

# operation_live: sets hd_live: the folder of one that goes on, or nothing.
operation_live() {
	for hd_live in .hdeploy/ops/*/; do
		hd_live=${hd_live%/}
		[ -d "$hd_live" ] && [ ! -e "$hd_live/status" ] &&
			operation_alive "$hd_live" && return
	done
	hd_live=
	return 1
}

# operation_expire FOLDER: keeps its deadline where the half that does was
# killed, and takes its place for that.
operation_expire() {
	[ ! -e "$1/status" ] && process_lives "$1/inner" &&
		[ "$hd_birth" != hidden ] || return 0 # perhaps another's
	clock_left "${hd_more% *}" "${hd_more#* }"
	[ "$hd_left" = 0 ] && [ "${hd_more% *}" = "$hd_clock" ] &&
		[ "$hd_now" -gt "$((${hd_more#* } + 10))" ] || return 0
	hd_late=$hd_pid
	process_lives "$1/pid" || process_mark "$1/pid" 2>/dev/null
	session_end "$hd_late"
	operation_tell "$1" 124
}

# operation_void FOLDER: whether it will not come to life any more, because it
# never did or was killed. A half of it that is only just beginning looks for
# its script after it has said that it is there.
operation_void() {
	! operation_alive "$1" && rm -f "$1/script" && ! operation_alive "$1" &&
		rm -f "$1/status.new"
}
