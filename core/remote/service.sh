# shellcheck shell=sh disable=SC2015,SC2034,SC2154
# The VM as a unit of systemd. From deploy.ini: hd_unit, its name, empty if
# the control script starts and stops the VM; hd_manager, system or user.

# service_systemctl ARG...: asks the manager that the unit belongs to.
service_systemctl() {
	if [ "$hd_manager" = user ]; then
		XDG_RUNTIME_DIR=${XDG_RUNTIME_DIR:-/run/user/$(id -u)} \
			systemctl --user "$@"
	else
		systemctl "$@"
	fi
}

# service_control VERB. The words are what a line in sudoers allows.
service_control() {
	if [ "$hd_manager" = user ] || [ "$(id -u)" = 0 ]; then
		service_systemctl "$1" "$hd_unit"
	else
		sudo -n systemctl "$1" "$hd_unit"
	fi
}

# service_get PROPERTY
service_get() {
	service_systemctl show -p "$1" "$hd_unit" 2>/dev/null |
		sed -n "s/^$1=\([^ ]*\)\$/\1/p"
}

# service_refusal: why the unit cannot be started and stopped from here;
# nothing if it can.
service_refusal() {
	if ! command -v systemctl >/dev/null; then
		echo "service = $hd_unit, but this host has no systemctl"
	elif [ -z "$(service_get LoadState)" ]; then
		why=$(service_systemctl show -p LoadState "$hd_unit" 2>&1 |
			head -n 1)
		[ "$hd_manager" = system ] ||
			[ -e "${XDG_RUNTIME_DIR:-/run/user/$(id -u)}" ] ||
			why="$why (there is no /run/user/$(id -u): loginctl\
 enable-linger $(id -un))"
		echo "systemd does not answer for $hd_unit: $why"
	elif [ "$hd_manager" = system ] && [ "$(id -u)" != 0 ]; then
		for verb in start stop restart reset-failed; do
			sudo -n -l systemctl "$verb" "$hd_unit" >/dev/null 2>&1 || {
				service_sudoers "$verb"
				return
			}
		done
	fi
}

# service_sudoers VERB: what to change where sudo does not let us do that. In a
# rule \\ : = and , mean something of their own.
service_sudoers() {
	rule=
	for verb in start stop restart reset-failed; do
		rule="$rule${rule:+, }$(command -v systemctl) $verb\
 $(printf '%s\n' "$hd_unit" | sed 's/[\\:=,]/\\&/g')"
	done
	printf '%s\n' "$(id -un) cannot run \`sudo -n systemctl $1 $hd_unit\`\
 without a password; this line in a file of /etc/sudoers.d there (visudo -f)\
 allows it: \`$(id -un) ALL=(root) NOPASSWD: $rule\`"
}

# service_begin start|stop: in the background. A start limit that was hit, or
# a unit that stays active without a VM, would keep it from starting.
service_begin() {
	service_verb=$1
	[ "$1" != start ] || [ -n "$vm_pid" ] ||
		case $(service_get ActiveState) in
		failed) service_control reset-failed ;;
		active) service_verb=restart ;;
		esac
	(service_control "$service_verb") 3>&- &
}

# service_ended: whether it will not come up any more.
service_ended() {
	case $(service_get ActiveState) in
	failed | inactive) ;;
	*) return 1 ;;
	esac
}

# What it was that failed, with its last line in service_said, and no half a start that Restart= tries for ever.
# A stop goes on in systemd when it takes longer than we wait.
service_give_up() {
	text=$(service_systemctl status --no-pager --full --lines=30 "$hd_unit" \
		2>&1 | tail -n 60 | tail -c 8000)
	printf '%s\n' "systemctl status $hd_unit:" "$text"
	# "Nov 26 14:21:19 host hotcode[812]: TEXT", not what systemd adds to it
	service_said=$(printf '%s\n' "$text" |
		sed -n '/ systemd\[[0-9]*\]: /d; s/^[A-Z][^][]*\[[0-9]*\]: //p' |
		last_line)
	service_said=${service_said:+: $service_said}
	(service_control stop) 3>&- &
	stopper=$!
	naps=0
	while kill -0 "$stopper" 2>/dev/null && [ "$naps" -lt 10 ]; do
		naps=$((naps + 1))
		sleep 1
	done
}

# service_of FILE: sets unit, the one that a /proc/PID/cgroup names, or nothing,
# and manager. A scope is a login's or a container's.
service_of() {
	rest=
	unit=
	manager=system
	while IFS= read -r line && [ -z "$rest" ]; do
		case $line in
		0::* | *:name=systemd:*) rest=${line#*:*:} ;;
		esac
	done 2>/dev/null <"$1"
	while [ -n "$rest" ]; do
		part=${rest%%/*}
		case $part in
		user@*.service)
			unit=
			manager=user
			;;
		*.service) unit=$part ;;
		*.scope) unit= ;;
		esac
		rest=${rest#"$part"}
		rest=${rest#/}
	done
}

# service_owner PID: sets owner, the unit that runs it and its manager. What
# logs people in or runs their jobs starts a VM like any other command, and so
# do we: that owns nothing.
service_owner() {
	service_of /proc/self/cgroup
	owner="$unit $manager"
	service_of "/proc/$1/cgroup"
	case $unit in
	'' | ssh.service | sshd.service | ssh@* | sshd@* | dropbear* | \
		cron.service | crond.service | atd.service) owner= ;;
	*) [ "$owner" = "$unit $manager" ] && owner= || owner="$unit $manager" ;;
	esac
}
