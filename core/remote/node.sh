# shellcheck shell=sh disable=SC2015,SC2034,SC2154
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

# control_is_ours: whether we run bin/<app> to start the VM.
control_is_ours() {
	[ -z "$hd_unit" ] && ! command_given start
}

# What is to be there before bin/<app> starts. For drivers that have nothing.
driver_begins() {
	:
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

# node_start VERSION: "" if it is not known.
node_start() {
	! is_version "$1" || proto_fits "$1"
	node_find
	# systemd may have been faster: Restart=.
	[ -z "$vm_pid$node_word" ] || [ -n "$hd_unit" ] ||
		fail "$(node_name) runs here already"
	control_begin start "$1"
	seen=
	vm_why=
	while :; do
		node_find
		if is_version "$node_word"; then
			break
		elif [ -n "$vm_pid" ]; then
			seen=yes
			vm_left=5
			[ -n "$vm_why" ] || vm_ask_once
			[ -n "$vm_why" ] || break
			[ -z "$vm_mute" ] || node_not_asked
		elif [ -n "$seen" ]; then
			node_not_started "the VM went down again while it started"
		elif control_ended; then
			[ "$control_status" = 0 ] || node_not_started \
				"$control_name ended with status $control_status$(said_last)"
			[ -z "$hd_unit" ] || ! service_ended ||
				node_not_started "$hd_unit ended at once"
		fi
		[ -z "$vm_closed" ] || ! control_late || node_not_asked
		! control_late || node_not_started \
			"the VM did not come up within\
 $((hd_seconds - 15)) s${vm_why:+: it $vm_why}"
		nap
	done
	control_end "$vm_pid"
}

# The node seems to run, but cannot be asked: that is not a reason to end it. In
# a change it is, since the version before has to come back in its place.
node_not_asked() {
	[ ! -s .hdeploy/change ] || node_not_started "the VM $vm_why"
	birth_of "$vm_pid"
	[ -n "$hd_unit" ] || [ "$hd_in" = "$control_pid" ] || control_give_up
	fail "the VM runs (process $vm_pid) and was left running, but it cannot" \
		"be verified: it $vm_why"
}

# Nothing ran here before: leave nothing that runs by half.
node_not_started() {
	control_give_up
	if [ -n "$hd_unit" ]; then
		result=$(service_get Result)
		service_give_up
		set -- "$1 (result of $hd_unit: ${result:-unknown})$service_said"
	else
		node_end
	fi
	node_log
	# The VM's user may be another, whose links would show what is not theirs.
	[ -z "$log" ] || trusted "$log" || log=
	# Only what was written since this operation began.
	if [ -n "$log" ] && [ -n "$(find "$log" -newer "$0")" ]; then
		echo "the end of $log:"
		tail -n 30 "$log"
		# run_erl's headings and the way to a crash dump tell nothing
		line=$(tail -n 30 "$log" | grep -v -e '^=====' \
			-e 'Crash dump is being written' | last_line)
		fail "$1; the end of $log:" \
			"${line:-nothing that says why}"
	fi
	fail "$1"
}

# node_log: sets log: the newest log that run_erl wrote, in the usual places and
# where the service's environment says; or nothing.
node_log() {
	set -- "$root/log" "$root/var/log" "$root/tmp/log"
	for name in RUNNER_LOG_DIR RELEASE_MUTABLE_DIR RELEASE_TMP; do
		log=$(service_value "$name" 2>/dev/null)
		case $log in
		'') continue ;;
		/*) ;;
		*) log=$root/$log ;;
		esac
		[ "$name" = RUNNER_LOG_DIR ] || log=$log/log
		set -- "$@" "$log"
	done
	for folder; do
		shift
		for log in "$folder"/erlang.log.*; do
			[ ! -f "$log" ] || set -- "$@" "$log"
		done
	done
	log=
	# shellcheck disable=SC2012
	[ "$#" = 0 ] || log=$(ls -t "$@" | head -n 1)
}

node_end() {
	for signal in TERM KILL; do
		for n in 1 2 3 4 5; do
			vm_find
			[ -n "$vm_pid" ] || return
			kill "-$signal" "$vm_pid"
			sleep 1
		done
	done
}

# node_stop VERSION: likewise. A unit is stopped also when its VM is down: Restart=
# may bring it back.
node_stop() {
	node_find
	[ -n "$vm_pid$node_word" ] || [ -n "$hd_unit" ] || return 0
	stopped=$vm_pid
	control_begin stop "$1"
	while :; do
		node_find "$stopped"
		[ -n "$vm_pid$node_word" ] || break
		! control_ended || [ "$control_status" = 0 ] ||
			fail "$control_name ended with status" \
				"$control_status$(said_last);" \
				"$(node_name) still runs"
		! control_late || {
			control_give_up
			fail "$(node_name) did not stop within" \
				"$((hd_seconds - 15)) s"
		}
		nap
	done
	control_end "$stopped"
}
