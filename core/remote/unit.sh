# shellcheck shell=sh
# The VM as a unit of systemd. From deploy.ini: hd_unit, its name, "" if the
# control script starts and stops the VM; hd_manager, system or user.

# service_systemctl ARG...: systemctl of the unit's manager.
service_systemctl() {
	if [ "$hd_manager" = user ]; then
		XDG_RUNTIME_DIR=${XDG_RUNTIME_DIR:-/run/user/$(id -u)} \
			systemctl --user "$@"
	else
		systemctl "$@"
	fi
}

# service_get PROPERTY: prints its value; nothing if that contains spaces.
service_get() {
	service_systemctl show -p "$1" "$hd_unit" 2>/dev/null |
		sed -n "s/^$1=\([^ ]*\)\$/\1/p"
}

# service_of FILE: sets unit, which FILE (a /proc/PID/cgroup) names, or "", and
# manager. A scope is not a unit: it belongs to a login or a container.
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
