# shellcheck shell=sh disable=SC2015,SC2034,SC2154
# Starting and stopping the VM by its control script, and waiting for what
# came of it. The driver says which words the control script takes:
# driver_starts, driver_stops.

# In the background and in its own session, so that all of it can be given
# up: starts and stops may wait for ever. Sets control_pid. The operation's own
# deadline lies TIDY_UP (step.c) later.
control_begin() {
	[ -x "bin/$app" ] || fail "$root/bin/$app is not there: push a release"
	control_until=$(($(date +%s) + hd_seconds - 15))
	control_status=
	(service_env && exec "$hd_setsid" "./bin/$app" "$1") 3>&- &
	control_pid=$!
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
	[ "$(date +%s)" -ge "$control_until" ]
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
		kill -TERM "-$control_pid" 2>/dev/null
		wait "$control_pid"
		control_status=$?
	}
	return "$control_status"
}

node_start() {
	vm_find
	[ -z "$vm_pid" ] || fail "a VM runs here already, process $vm_pid"
	control_begin "$driver_starts"
	seen=
	vm_why=
	while :; do
		vm_find
		if [ -n "$vm_pid" ]; then
			seen=yes
			vm_left=5
			[ -n "$vm_why" ] || vm_ask_once
			[ -n "$vm_why" ] || break
		elif [ -n "$seen" ]; then
			node_not_started "the VM went down again while it started"
		elif control_ended; then
			[ "$control_status" = 0 ] || node_not_started \
				"bin/$app $driver_starts ended with status $control_status"
		fi
		! control_late || node_not_started \
			"the VM did not come up in time${vm_why:+: it $vm_why}"
		nap
	done
	control_end "$vm_pid" ||
		echo "bin/$app $driver_starts ended with status $?"
}

# Nothing ran here before: leave nothing that runs by half.
node_not_started() {
	kill -TERM "-$control_pid" 2>/dev/null
	for signal in TERM KILL; do
		for n in 1 2 3 4 5; do
			vm_find
			[ -n "$vm_pid" ] || break 2
			kill "-$signal" "$vm_pid"
			sleep 1
		done
	done
	# shellcheck disable=SC2012
	log=$(ls -t log/erlang.log.* var/log/erlang.log.* 2>/dev/null | head -n 1)
	if [ -n "$log" ]; then
		echo "the end of $log:"
		tail -n 30 "$log"
		fail "$1: $root/$log says why"
	fi
	fail "$1"
}

node_stop() {
	vm_find
	[ -n "$vm_pid" ] || return 0
	stopped=$vm_pid
	control_begin "$driver_stops"
	while :; do
		vm_find
		[ -n "$vm_pid" ] || break
		! control_ended || [ "$control_status" = 0 ] ||
			fail "bin/$app $driver_stops ended with status" \
				"$control_status: the VM (process $vm_pid) does not answer it"
		! control_late || {
			kill -TERM "-$control_pid" 2>/dev/null
			fail "the VM (process $vm_pid) did not stop in time"
		}
		nap
	done
	control_end "$stopped" ||
		echo "bin/$app $driver_stops ended with status $?"
}
