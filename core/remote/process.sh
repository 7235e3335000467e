# shellcheck shell=sh
# Whether a recorded process or session still lives. A process is known by its
# pid and time of birth: the pid alone may be another process's by now.

# birth_of PID: sets hd_birth, when it was started, and hd_in, its session.
# hd_birth is empty if the process is gone, or dead and not reaped; "hidden" if
# /proc does not show it (hidepid) and it is the same user's. The name in stat
# may contain line breaks: only the last line, after the last bracket, is used
# (${hd_stat##*)} would take shells the square of its length).
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
	while :; do
		case $hd_stat in
		*')'*) hd_stat=${hd_stat#*')'} ;;
		*) break ;;
		esac
	done
	# shellcheck disable=SC2086
	set -- "$1" $hd_stat
	[ "${2-}" != Z ] || return 0
	hd_in=${5-}
	hd_birth=${21-}
	[ -n "$hd_birth" ] || ! kill -0 "$1" 2>/dev/null || hd_birth=hidden
	return 0
}

# process_user PID: sets hd_user to the user id that it runs as. Empty if its
# real and effective ids differ (a set-id program that another user started), or
# if it is gone.
process_user() {
	hd_user=
	! [ -r "/proc/$1/status" ] || while read -r hd_key hd_a hd_b hd_c hd_d; do
		[ "$hd_key" = Uid: ] || continue
		[ "$hd_a $hd_b $hd_c" != "$hd_b $hd_c $hd_d" ] || hd_user=$hd_a
		break
	done 2>/dev/null <"/proc/$1/status"
}

# user_name UID: prints the name of that user. Busybox's id takes no numbers.
user_name() {
	id -un -- "${1:--}" 2>/dev/null || awk -F : -v id="$1" '
		$3 == id { print $1; found = 1; exit }
		END { exit !found }' /etc/passwd 2>/dev/null ||
		printf '%s\n' "${1:-unknown}"
}

# process_mark FILE [PID [MORE]]: records PID, or this shell, for process_lives.
process_mark() {
	birth_of "${2:-$$}"
	echo "${2:-$$} $hd_birth ${3-}" >"$1"
}

# process_read FILE: sets hd_pid, hd_born and hd_more of the process recorded
# there.
process_read() {
	[ -s "$1" ] && read -r hd_pid hd_born hd_more <"$1"
}

# process_lives FILE: whether the process recorded there lives.
process_lives() {
	process_read "$1" && birth_of "$hd_pid" &&
		[ -n "$hd_birth" ] && [ "$hd_birth" = "${hd_born:-$hd_birth}" ]
}

# session_lives PID BIRTH: whether that process lives, or another in the session
# that it began.
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
