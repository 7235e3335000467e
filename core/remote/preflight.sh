# shellcheck shell=sh
# needs: lib limit
# Facts about the host that predict, before a change, problems of the change.
# core/plan/preflight_host.c judges them.

# In the release root, or where it would be made.
preflight_host() {
	preflight_clock
	preflight_disk
	[ ! -r /proc/self/stat ] || facts_is_brief || preflight_session
}

# arg_now: the time of the machine that asks. hd_epoch: lock.sh ran just before.
preflight_clock() {
	case $arg_now in
	'' | *[!0-9]*) return 0 ;;
	esac
	now=${hd_epoch:-$(date +%s)}
	if [ "$now" -gt "$arg_now" ]; then
		say clock_ahead "$((now - arg_now))"
	elif [ "$now" -lt "$arg_now" ]; then
		say clock_behind "$((arg_now - now))"
	fi
}

# After facts_disk. A file system without a limit reports 0 inodes in all.
preflight_disk() {
	case ${inodes-} in
	'' | '0 '*) ;;
	*) say inodes_free "${inodes#* }" ;;
	esac
	[ -r /proc/self/mounts ] || return 0
	# shellcheck disable=SC2046
	set -- $(AT=$PWD awk '
		{
			path = $2
			gsub(/\\040/, " ", path)
			part = path == "/" ? path : path "/"
			if (index(ENVIRON["AT"] "/", part) == 1 &&
					length(path) >= longest) {
				longest = length(path)
				found = $3 " " $4
			}
		}
		END { print found }' /proc/self/mounts)
	[ $# != 2 ] || say mounted "$1 $2"
}

# What our own session means for a VM that we start.
preflight_session() {
	enforcing=0
	[ ! -r /sys/fs/selinux/enforce ] ||
		read -r enforcing </sys/fs/selinux/enforce || :
	[ "$enforcing" != 1 ] || say selinux yes
	! read -r line </proc/self/stat || preflight_pty "${line##*) }"
	[ -n "$hd_unit" ] || ! preflight_logged_in || preflight_logout
}

# preflight_pty STAT: STATE PPID PGRP SESSION TTY ..., proc(5)
preflight_pty() {
	# shellcheck disable=SC2086
	set -- $1
	[ "${5:-0}" = 0 ] || say pty yes
}

# preflight_logged_in: whether we are in a session of systemd-logind; sets
# owner, the id of the user who logged in.
preflight_logged_in() {
	owner=
	while IFS= read -r line; do
		case $line in
		*/user-*.slice/session-*.scope*)
			owner=${line#*/user-}
			owner=${owner%%.slice*}
			;;
		esac
	done </proc/self/cgroup
	case $owner in
	'' | *[!0-9]*) return 1 ;;
	esac
} 2>/dev/null

# logind.conf(5): the processes of a session end with it, also with lingering.
preflight_logout() {
	name=$(id -un "$owner" 2>/dev/null) && command -v loginctl >/dev/null &&
		text=$(limited 5 "$(command -v loginctl)" show-session \
			-p KillUserProcesses -p KillOnlyUsers \
			-p KillExcludeUsers 2>/dev/null) || return 0
	[ "$(preflight_value KillUserProcesses)" = yes ] || return 0
	case " $(preflight_value KillExcludeUsers) " in
	*" $name "*) return 0 ;;
	esac
	only=$(preflight_value KillOnlyUsers)
	case " ${only:-$name} " in
	*" $name "*) say logout_ends yes ;;
	esac
}

# preflight_value KEY: its value in text.
preflight_value() {
	printf '%s\n' "$text" | sed -n "s/^$1=//p"
}
