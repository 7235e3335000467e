# shellcheck shell=sh
# needs: clock folders process
# The operations of this root: a folder for each in .hdeploy/ops.

# operation_newest [CHANGE]: sets hd_newest, the folder of the newest operation
# (of CHANGE), "" if there is none.
operation_newest() {
	folder_newest .hdeploy/ops "${1:+$1-}"
	[ -z "$hd_newest" ] || hd_newest=.hdeploy/ops/$hd_newest
}

# operation_name FOLDER: sets hd_name, the name of its script, or hook_NAME.
# False, and "", if it has none.
operation_name() {
	[ -f "$1/name" ] && read -r hd_name <"$1/name" || hd_name=
	case $hd_name in
	*[!a-z_]* | '')
		hd_name=
		return 1
		;;
	esac
}

# operation_status FOLDER: sets hd_ended, its exit status, "running", or "lost"
# if it was killed.
operation_status() {
	if [ -s "$1/status" ] && read -r hd_ended <"$1/status"; then
		:
	elif operation_alive "$1"; then
		hd_ended=running
	else
		hd_ended=lost
	fi
}

# operation_tell FOLDER STATUS: records its end, unless that is recorded. Writes
# in place: there may be no room for another file.
operation_tell() {
	[ ! -e "$1/status" ] || return 0
	printf '%-7s' "$2" 1<>"$1/status.new"
	mv -f "$1/status.new" "$1/status"
}

# operation_alive FOLDER: whether either half of it (session.sh) still runs.
operation_alive() {
	process_lives "$1/pid" || operation_inner "$1"
}

# operation_inner FOLDER: whether its inner half runs, or processes that it left
# when it was killed. These count until the deadline at most: nobody will report
# their end.
operation_inner() {
	! process_lives "$1/inner" || return 0
	process_read "$1/inner" || return 1
	clock_left "${hd_more% *}" "${hd_more#* }"
	[ "$hd_left" -gt 0 ] || return 1
	session_lives "$hd_pid" "$hd_born" || process_lives "$1/control"
}

# operation_live: sets hd_live to the folder of an operation that runs, or to
# "".
operation_live() {
	for hd_live in .hdeploy/ops/*/; do
		hd_live=${hd_live%/}
		[ -d "$hd_live" ] && [ ! -e "$hd_live/status" ] &&
			operation_alive "$hd_live" && return
	done
	hd_live=
	return 1
}

# operation_expire FOLDER: enforces its deadline in place of the outer half, if
# that was killed.
operation_expire() {
	[ ! -e "$1/status" ] && process_lives "$1/inner" &&
		[ "$hd_birth" != hidden ] || return 0 # maybe another process
	clock_left "${hd_more% *}" "${hd_more#* }"
	[ "$hd_left" = 0 ] && [ "${hd_more% *}" = "$hd_clock" ] &&
		[ "$hd_now" -gt "$((${hd_more#* } + 10))" ] || return 0
	hd_late=$hd_pid
	# Even if the outer half still shows: it may be dying, and another
	# follower would find neither half.
	process_mark "$1/pid" 2>/dev/null
	session_end "$hd_late"
	operation_tell "$1" 124
}

# operation_void FOLDER: whether it does not run and cannot begin any more.
# Removes its script: a half that is only just beginning looks for the script
# after it has written its pid, and stops.
operation_void() {
	! operation_alive "$1" && rm -f "$1/script" && ! operation_alive "$1" &&
		rm -f "$1/status.new"
}
