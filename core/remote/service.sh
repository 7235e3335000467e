# shellcheck shell=sh
# needs: said unit
# Starts and stops the VM as a unit of systemd.

# service_control VERB. A line in sudoers allows exactly these words.
service_control() {
	if [ "$hd_manager" = user ] || [ "$(id -u)" = 0 ]; then
		service_systemctl "$1" "$hd_unit"
	else
		sudo -n systemctl "$1" "$hd_unit"
	fi
}

# service_begin start|stop|restart|reload: runs in the background. Clears a start
# limit that was hit, and restarts a unit that stays active without a VM: a start
# would do nothing.
service_begin() {
	service_verb=$1
	case $1-$vm_pid in
	start- | restart-) case $(service_get ActiveState) in
		failed) service_control reset-failed ;;
		active) service_verb=restart ;;
		esac ;;
	esac
	(service_control "$service_verb") 3>&- &
}

# service_ended: whether the unit has stopped trying to start.
service_ended() {
	case $(service_get ActiveState) in
	failed | inactive) ;;
	*) return 1 ;;
	esac
}

# After a failed start: stops the unit, which Restart= would try for ever.
service_give_up() {
	service_tell
	service_stop
}

# service_tell: prints the unit's status, and sets service_said to the last line
# of the unit's own log.
service_tell() {
	text=$(service_systemctl status --no-pager --full --lines=30 "$hd_unit" \
		2>&1 | tail -n 60 | tail -c 8000)
	printf '%s\n' "systemctl status $hd_unit:" "$text"
	service_said=$(printf '%s\n' "$text" | service_last)
	if [ -z "$service_said" ]; then
		text=$(service_log | tail -c 8000)
		printf '%s\n' "$text"
		service_said=$(printf '%s\n' "$text" | service_last)
	fi
	service_said=${service_said:+: $service_said}
}

# "Nov 26 14:21:19 host hotcode[812]: TEXT", without systemd's own lines
service_last() {
	sed -n '/ systemd\[[0-9]*\]: /d; s/^[A-Z][^][]*\[[0-9]*\]: //p' |
		last_line
}

# service_log: the log of the last start. The status of a unit that reached its
# start limit has no lines.
service_log() {
	invocation=$(service_get InvocationID)
	[ -z "$invocation" ] || journalctl -q --no-pager --lines=30 \
		"_SYSTEMD_INVOCATION_ID=$invocation" 2>/dev/null
}

# service_stop: waits 10 s at most; systemd continues the stop.
service_stop() {
	(service_control stop) 3>&- &
	stopper=$!
	naps=0
	while kill -0 "$stopper" 2>/dev/null && [ "$naps" -lt 10 ]; do
		naps=$((naps + 1))
		sleep 1
	done
}
