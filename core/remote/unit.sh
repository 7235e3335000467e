# shellcheck shell=sh
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

# service_get PROPERTY
service_get() {
	service_systemctl show -p "$1" "$hd_unit" 2>/dev/null |
		sed -n "s/^$1=\([^ ]*\)\$/\1/p"
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
