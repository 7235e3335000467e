# shellcheck shell=sh
# needs: lib unit
# The facts about the systemd unit.

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

# service_refusal: why hdeploy cannot start and stop the unit; nothing if it
# can.
service_refusal() {
	if ! command -v systemctl >/dev/null; then
		echo "service = $hd_unit, but this host has no systemctl"
	elif [ -z "$(service_get LoadState)" ]; then
		why=$(service_systemctl show -p LoadState "$hd_unit" 2>&1 |
			head -n 1)
		[ "$hd_manager" = system ] ||
			[ -e "${XDG_RUNTIME_DIR:-/run/user/$(id -u)}" ] ||
			why="$why (there is no /run/user/$(id -u): \`loginctl\
 enable-linger $(id -un)\` makes it)"
		echo "systemd does not answer for $hd_unit: $why"
	elif [ "$hd_manager" = system ] && [ "$(id -u)" != 0 ]; then
		for verb in $(service_verbs); do
			sudo -n -l systemctl "$verb" "$hd_unit" >/dev/null 2>&1 || {
				service_sudoers "$verb"
				return
			}
		done
	fi
}

# service_verbs: the commands of systemctl that change the unit. hd_reload:
# "yes" for upgrade = reload.
service_verbs() {
	echo "start stop restart reset-failed${hd_reload:+ reload}"
}

# service_sudoers VERB: the rule that is missing if sudo does not let us run
# systemctl VERB. In a rule \\ : = and , are special.
service_sudoers() {
	rule=
	for verb in $(service_verbs); do
		rule="$rule${rule:+, }$(command -v systemctl) $verb\
 $(printf '%s\n' "$hd_unit" | sed 's/[\\:=,]/\\&/g')"
	done
	printf '%s\n' "$(id -un) cannot run \`sudo -n systemctl $1 $hd_unit\`\
 without a password; this line in a file of /etc/sudoers.d on the host (visudo\
 -f) allows it: \`$(id -un) ALL=(root) NOPASSWD: $rule\`"
}

# service_owner PID: sets owner, the unit that runs PID and its manager. Empty
# for services that log people in or run their jobs, and for our own unit: these
# start a VM like any other command, and do not own it.
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
