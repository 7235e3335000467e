# shellcheck shell=sh
# needs: node
# Stops the node.
# args: [version]
# version: for command.stop; left out if it is not known.
main() {
	app=$arg_app
	enter_root "$arg_root"
	node_stop "$arg_version"
}

# node_stop VERSION: "" if it is not known. Stops a unit even if its VM is down,
# because Restart= may start the VM again.
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
