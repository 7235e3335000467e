# shellcheck shell=sh
# needs: files node node_log vm_ask
# Starts the node.
# args: [version]
# version: for command.start; left out if it is not known.
main() {
	app=$arg_app
	enter_root "$arg_root"
	(loose_settle) || exit 1
	driver_restore
	node_start "$arg_version"
}

# node_start VERSION: "" if it is not known.
node_start() {
	! is_version "$1" || proto_fits "$1"
	node_find
	# With a unit, Restart= may have started the VM already.
	[ -z "$vm_pid$node_word" ] || [ -n "$hd_unit" ] ||
		fail "$(node_name) already runs here"
	control_begin start "$1"
	seen=
	vm_why=
	while :; do
		node_find
		if is_version "$node_word"; then
			break
		elif [ -n "$vm_pid" ] && driver_unnamed >/dev/null; then
			! node_lasted || break
			seen=yes
		elif [ -n "$vm_pid" ]; then
			seen=yes
			vm_left=5
			[ -n "$vm_why" ] || vm_ask_once
			[ -n "$vm_why" ] || break
			[ -z "$vm_mute" ] || node_not_asked
		elif [ -n "$seen" ]; then
			node_not_started "the VM ended while it started"
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

# node_lasted: whether the VM, which cannot say whether it has started, has run
# for five seconds.
node_lasted() {
	clock_now
	[ -n "$seen" ] || since=$hd_now
	[ "$((hd_now - since))" -ge 5 ]
}

# The node seems to run, but cannot be queried. By itself that is not a reason
# to end it. Within a change it is: the previous version must start in its
# place.
node_not_asked() {
	[ ! -s .hdeploy/change ] || node_not_started "the VM $vm_why"
	birth_of "$vm_pid"
	[ -n "$hd_unit" ] || [ "$hd_in" = "$control_pid" ] || control_give_up
	fail "the VM runs (process $vm_pid) and was left running, but it cannot" \
		"be verified: it $vm_why"
}

# Nothing ran here before, so nothing half started may stay. Fails with TEXT and
# the last line of the log.
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
	# If the VM's user is another, its log may be a link to a file of ours.
	[ -z "$log" ] || trusted "$log" || log=
	# Only what was written since this operation began. Busybox's find
	# compares whole seconds: in the same one, neither is newer.
	if [ -n "$log" ] && [ -z "$(find "$0" -newer "$log")" ]; then
		echo "the end of $log:"
		tail -n 30 "$log"
		# run_erl's headings and the path of a crash dump give no reason
		line=$(tail -n 30 "$log" | grep -v -e '^=====' \
			-e 'Crash dump is being written' | last_line)
		fail "$1; the end of $log:" \
			"${line:-no reason given}"
	fi
	fail "$1"
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
