# shellcheck shell=sh
# Whether a process or a session that was written down still lives. A number
# alone says nothing: it may be another process by now.

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

session_end() { # PID
	kill -TERM "-$1"
	hd_n=0
	while [ "$hd_n" -lt 5 ] && kill -0 "-$1"; do
		"$hd_sleep" 1
		hd_n=$((hd_n + 1))
	done
	kill -KILL "-$1"
} 2>/dev/null
