# shellcheck shell=sh
# needs: command control_wait driver reach service vm
# Starts and stops the VM by its control script, by commands of deploy.ini
# (command.sh) or by systemd (service.sh), and waits for the result. The driver
# sets the words that the control script takes: driver_starts, driver_stops.

# node_find [PID]: vm_find. If no VM is found and no PID given (the VM that
# ran), sets node_word to the answer of command.running: a version, or "?" if
# the answer is not clear; else to "".
node_find() {
	vm_find
	node_word=
	[ -z "$vm_pid${1-}" ] && command_given running || return 0
	node_word=$(command_word running) || [ "$?" = 1 ] || node_word='?'
}

node_name() {
	echo "the VM${vm_pid:+ (process $vm_pid)}"
}

# control_begin start|stop VERSION: runs in the background, in its own session,
# so that all of it can be killed: starts and stops may wait for ever. Sets
# control_pid and control_name. The operation's own deadline is TIDY_UP (step.c)
# later.
control_begin() {
	clock_now
	control_until=$((hd_now + hd_seconds - 15))
	control_status=
	said_begin
	if [ -n "$hd_unit" ]; then
		service_begin "$1"
		control_pid=$!
		control_name="systemctl $service_verb $hd_unit"
		control_mark
		return
	fi
	if [ "$1" = stop ] && ! command_given stop &&
		driver_unnamed >/dev/null; then
		control_name="kill -TERM $vm_pid" # bin/<app> would not find it
		node_signal 3>&- &
	elif command_given "$1"; then
		command_text "$1" "$2"
		control_name="command.$1"
		(command_env "$2" "$hd_setsid" "$hd_sh" -c "$hd_command") &
	else
		control_check
		word=$driver_starts
		[ "$1" = start ] || word=$driver_stops
		[ "$1" != start ] || driver_begins
		control_name="bin/$app $word"
		(
			set -- "./bin/$app" "$word"
			[ "$word" != "$driver_stops" ] || vm_reach_hint
			service_env && exec "$hd_setsid" "$@"
		) 3>&- &
	fi
	control_pid=$!
	control_mark
}

# node_signal: TERM until the VM has ended: it ignores one that comes while it
# starts.
node_signal() {
	tries=0
	while birth_of "$vm_pid" && [ "$vm_pid.$hd_birth" = "$vm_taken" ] &&
		[ "$tries" -lt 30 ]; do
		tries=$((tries + 1))
		kill -TERM "$vm_pid"
		sleep 2
	done
}

# Its file system may be mounted noexec.
control_check() {
	[ -e "bin/$app" ] ||
		fail "$root/bin/$app is missing: push a release"
	[ -x "bin/$app" ] ||
		fail "$root/bin/$app cannot be executed by $(id -un): check" \
			"its mode, and that its file system is not mounted noexec"
}
