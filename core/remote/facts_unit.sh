# shellcheck shell=sh
# needs: lib unit
# The part of the facts that is about the unit of systemd.

facts_service() {
	[ -n "$hd_unit" ] || return 0
	why=$(service_refusal)
	[ -z "$why" ] || say service_refusal "$why"
	loaded=$(service_get LoadState)
	state=$(service_get ActiveState)
	id=$(service_get Id)
	say service_loaded "${loaded:--}"
	say service_state "${state:--}"
	say service_id "${id:--}"
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
