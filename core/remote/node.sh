# shellcheck shell=sh
# needs: clock command driver reach service vm write
# Starting and stopping the VM by its control script, by commands of
# deploy.ini (command.sh) or by systemd (service.sh), and waiting for what came
# of it. The driver says which words the control script takes: driver_starts,
# driver_stops.

# node_find [PID]: vm_find; node_word is what command.running says where there
# is no VM to ask, nor was one, PID: a version, or "?" if that is not clear.
node_find() {
	vm_find
	node_word=
	[ -z "$vm_pid${1-}" ] && command_given running || return 0
	node_word=$(command_word running) || [ "$?" = 1 ] || node_word='?'
}

node_name() {
	echo "the VM${vm_pid:+ (process $vm_pid)}"
}

# control_begin start|stop VERSION: in the background and in its own session, so that
# all of it can be given up: starts and stops may wait for ever. Sets
# control_pid and control_name. The operation's own deadline lies TIDY_UP
# (step.c) later.
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
	if command_given "$1"; then
		command_text "$1" "$2"
		control_name="command.$1"
		(command_env "$2" "$hd_setsid" "$hd_sh" -c "$hd_command") &
	else
		[ -x "bin/$app" ] ||
			fail "$root/bin/$app is not there: push a release"
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

# The operation goes on while this does, whatever was killed beside it.
control_mark() {
	with_reserve process_mark "${0%/*}/control" "$control_pid" 2>/dev/null
}

# systemd's own work is not ours to end: only the waiting for it is.
control_give_up() {
	group=-
	[ -z "$hd_unit" ] || group=
	kill -TERM "$group$control_pid" 2>/dev/null
}

# control_ended: whether it did; its status can be asked for only once, so it
# is kept in control_status.
control_ended() {
	[ -z "$control_status" ] || return 0
	! kill -0 "$control_pid" 2>/dev/null || return 1
	wait "$control_pid"
	control_status=$?
}

control_late() {
	clock_now
	[ "$hd_now" -ge "$control_until" ]
}

# control_end [PID]: its hooks may go on for a while, but for a PID that is dead
# and that nobody reaps it would wait for ever.
control_end() {
	naps=0
	while ! control_ended && ! control_late; do
		if grep -q '^State:.Z' "/proc/$1/status" 2>/dev/null &&
			naps=$((naps + 1)) && [ "$naps" -ge 30 ]; then
			echo "process $1 is dead, but is not reaped by its parent"
			break
		fi
		nap
	done
	[ -n "$control_status" ] || {
		control_give_up
		wait "$control_pid"
		control_status=$?
	}
	[ "$control_status" = 0 ] ||
		echo "$control_name ended with status $control_status"
}
