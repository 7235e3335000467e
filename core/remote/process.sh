# shellcheck shell=sh disable=SC2015,SC2034,SC2154
# Whether a process, a session or an operation that was written down still
# lives. A number alone says nothing: it may be another process by now.

# birth_of PID: sets hd_birth: when it was started; empty if it is gone, or dead
# and not reaped; and hd_in, its session. Where /proc does not show it (hidepid)
# it can be seen to be there, if it is the same user's. A name may have line
# breaks: what counts comes after it. The backslash is for ksh93.
birth_of() {
	hd_birth=
	hd_in=
	case $1 in
	0 | '' | *[!0-9]*) return 0 ;;
	esac
	hd_stat=
	! [ -r "/proc/$1/stat" ] || while read -r hd_line; do
		hd_stat=$hd_line
	done 2>/dev/null <"/proc/$1/stat"
	# shellcheck disable=SC2086
	set -- "$1" ${hd_stat##*\) }
	[ "${2-}" != Z ] || return 0
	hd_in=${5-}
	hd_birth=${21-}
	[ -n "$hd_birth" ] || ! kill -0 "$1" 2>/dev/null || hd_birth=hidden
	return 0
}

# process_user PID: sets hd_user, the id of the user that it runs as, real and
# effective; empty if these differ, as in a program with set-id bits that
# another user started, or if it is gone.
process_user() {
	hd_user=
	! [ -r "/proc/$1/status" ] || while read -r hd_key hd_a hd_b hd_c hd_d; do
		[ "$hd_key" = Uid: ] || continue
		[ "$hd_a $hd_b $hd_c" != "$hd_b $hd_c $hd_d" ] || hd_user=$hd_a
		break
	done 2>/dev/null <"/proc/$1/status"
}

# process_mark FILE [PID [MORE]]: tells process_lives of it, or of this shell.
process_mark() {
	birth_of "${2:-$$}"
	echo "${2:-$$} $hd_birth ${3-}" >"$1"
}

# process_read FILE: sets hd_pid, hd_born and hd_more of the one in it.
process_read() {
	[ -s "$1" ] && read -r hd_pid hd_born hd_more <"$1"
}

# process_lives FILE: whether the process does that it tells of.
process_lives() {
	process_read "$1" && birth_of "$hd_pid" &&
		[ -n "$hd_birth" ] && [ "$hd_birth" = "${hd_born:-$hd_birth}" ]
}

# session_lives PID BIRTH: whether that process does, or what it left in the
# session that it began.
session_lives() {
	birth_of "$1"
	[ -z "$hd_birth" ] || {
		[ "$hd_birth" = "${2:-$hd_birth}" ]
		return
	}
	[ -r /proc/self/stat ] || {
		kill -0 "-$1" 2>/dev/null
		return
	}
	for hd_file in /proc/[0-9]*/stat; do
		hd_file=${hd_file%/stat}
		birth_of "${hd_file#/proc/}"
		[ -z "$hd_birth" ] || [ "$hd_in" != "$1" ] || return 0
	done
	return 1
}

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
