# shellcheck shell=sh
# needs: clock command driver reach service vm write
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
	if command_given "$1"; then
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

# Its file system may be mounted noexec.
control_check() {
	[ -e "bin/$app" ] ||
		fail "$root/bin/$app is missing: push a release"
	[ -x "bin/$app" ] ||
		fail "$root/bin/$app cannot be executed by $(id -un): check" \
			"its mode, and that its file system is not mounted noexec"
}

# The operation counts as running while this process lives, even if its own
# processes were killed.
control_mark() {
	with_reserve process_mark "${0%/*}/control" "$control_pid" 2>/dev/null
}

# Kills only the waiting systemctl: the job itself is systemd's.
control_give_up() {
	group=-
	[ -z "$hd_unit" ] || group=
	kill -TERM "$group$control_pid" 2>/dev/null
}

# control_ended: whether it has ended; keeps its status in control_status,
# because wait reports it only once.
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

# control_end [PID]: waits for the control script, whose hooks may take a while.
# Gives it up if PID, the VM, is dead and not reaped: it would wait for ever.
control_end() {
	naps=0
	while ! control_ended && ! control_late; do
		if grep -q '^State:.Z' "/proc/$1/status" 2>/dev/null &&
			naps=$((naps + 1)) && [ "$naps" -ge 30 ]; then
			echo "process $1 is dead, but its parent does not reap it"
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
