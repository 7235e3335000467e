# shellcheck shell=sh
# A machine with a real systemd: pid 1 of its own namespaces, with the programs
# of this machine (/usr, read-only), its own /etc, /run, /var and /home, and the
# laboratory's folder under the same path. It shares the network of this machine.
# Source it after lab.sh, then machine_open instead of lab_open: the
# laboratory's sshd is a service of the machine.
#
#	machine COMMAND...	runs it in the machine as root
#	machine_unit NAME	makes the unit NAME from stdin
#	machine_user NAME	makes a user, who can log in
#
# Nothing of it outlives this script, not even if that is killed: all mounts and
# processes belong to the namespaces, whose pid 1 then dies.

# The units of the machine. Others of this machine would change its kernel's
# settings, or start servers.
MACHINE_UNITS='basic.target sysinit.target multi-user.target sockets.target
	slices.target paths.target timers.target local-fs.target
	shutdown.target umount.target network.target
	systemd-journald.service systemd-journald.socket
	systemd-journald-dev-log.socket dbus.service dbus.socket'

machine_open() {
	machine_possible
	# shellcheck disable=SC2034
	LAB_FIRST=machine_begin
	lab_open
}

# Ends with 77 where this machine allows no such machine.
machine_possible() {
	machine_why=
	if [ "$(id -u)" != 0 ]; then
		machine_why='needs root'
	elif [ ! -x /lib/systemd/systemd ] || ! command -v dbus-daemon; then
		machine_why='needs the packages systemd and dbus'
	elif ! unshare --pid --fork --mount --uts --ipc --cgroup true; then
		machine_why='needs namespaces'
	elif ! machine_cgroup; then
		machine_why='needs a cgroup v2 that it can write to'
	fi >/dev/null 2>&1
	[ -z "$machine_why" ] || {
		echo "$machine_why"
		exit 77
	}
}

# Makes MACHINE_CGROUP, named after this process; removes those of tests that
# were killed.
machine_cgroup() {
	machine_top=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
	[ -n "$machine_top" ] || return 1
	for machine_f in "$machine_top"/hdeploy-machine.*; do
		kill -0 "${machine_f##*.}" 2>/dev/null ||
			machine_cgroup_end "$machine_f"
	done
	MACHINE_CGROUP=$machine_top/hdeploy-machine.$$
	mkdir -p "$MACHINE_CGROUP"
}

machine_cgroup_end() { # FOLDER: without processes
	find "$1" -depth -type d -exec rmdir {} + 2>/dev/null || :
}

# setpriv: if this script is killed, unshare is too, and pid 1 with it.
machine_begin() {
	MACHINE_ROOT=$LAB/machine
	mkdir "$MACHINE_ROOT"
	# shellcheck disable=SC2034 # for lab.sh
	LAB_END=machine_end
	# shellcheck disable=SC2086 # a list
	(
		sh -c 'echo "$PPID"' >"$MACHINE_CGROUP/cgroup.procs"
		exec setpriv --pdeathsig KILL \
			unshare --pid --fork --kill-child --mount --uts --ipc \
			--cgroup sh tests/support/systemd_root.sh \
			"$MACHINE_ROOT" "$LAB" $MACHINE_UNITS
	) >"$LAB/machine.log" 2>&1 </dev/null &
	MACHINE=$!
	machine_naps=0
	until machine_found && machine_runs; do
		machine_naps=$((machine_naps + 1))
		if [ "$machine_naps" = 600 ] ||
			! kill -0 "$MACHINE" 2>/dev/null; then
			cat "$LAB/machine.log" >&2
			echo 'systemd does not start' >&2
			exit 1
		fi
		sleep 0.1
	done
	# shellcheck disable=SC2034 # for lab.sh
	LAB_INSIDE="$MACHINE_INSIDE systemd-run --quiet --wait --collect
		--unit=ssh.service --property=KillMode=process
		--property=RuntimeDirectory=sshd"
}

# nsenter starts the program as a child, in the cgroup of this script.
machine_found() {
	machine_pid=$(pgrep -P "$MACHINE") || return
	MACHINE_INSIDE="nsenter --target $machine_pid --all --root
		env -i HOME=/root
		PATH=/usr/sbin:/usr/bin:/sbin:/bin"
}

# Until its file system is in place, systemctl would reach this machine's.
machine_runs() {
	[ "$(machine cat /etc/hostname 2>/dev/null)" = hdeploy-machine ] ||
		return
	case $(machine systemctl is-system-running 2>/dev/null) in
	running) return 0 ;;
	degraded)
		machine systemctl --no-pager --failed >>"$LAB/machine.log"
		kill -KILL "$MACHINE"
		;;
	esac
	return 1
}

machine() {
	$MACHINE_INSIDE "$@"
}

machine_unit() { # NAME: from stdin
	machine sh -c "cat >/etc/systemd/system/$1 && systemctl daemon-reload"
}

machine_user() { # NAME
	machine sh -c "useradd --create-home --shell /bin/sh '$1' &&
		passwd -q -d '$1'"
	chmod 711 "$LAB" "$LAB/ssh"
	chmod 644 "$LAB/ssh/authorized_keys"
}

machine_end() {
	[ -n "${MACHINE-}" ] || return 0
	{
		kill -KILL "$MACHINE"
		# shellcheck disable=SC2086 # a list
		wait "$MACHINE" $LAB_SSHD
	} 2>/dev/null
	while [ -n "$(machine_left)" ]; do sleep 0.1; done
	machine_cgroup_end "$MACHINE_CGROUP"
	MACHINE=
}

machine_left() {
	find "$MACHINE_CGROUP" -name cgroup.procs -exec cat {} +
}
