# shellcheck shell=sh
# needs: clock lib process write
# Waits for a start or a stop that runs in the background, with the pid
# control_pid and the name control_name, until the time control_until.

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
	waits=0
	while ! control_ended && ! control_late; do
		if grep -q '^State:.Z' "/proc/$1/status" 2>/dev/null &&
			naps=$((naps + 1)) && [ "$naps" -ge 30 ]; then
			echo "process $1 is dead, but its parent does not reap it"
			break
		fi
		nap "$((waits += 1))"
	done
	[ -n "$control_status" ] || {
		control_give_up
		wait "$control_pid"
		control_status=$?
	}
	[ "$control_status" = 0 ] ||
		echo "$control_name ended with status $control_status"
}
