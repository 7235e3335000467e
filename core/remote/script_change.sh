# shellcheck shell=sh
# needs: command vm_do
# Changes by a control script of which nothing is known.

driver_placed() {
	:
}

driver_unpack() {
	:
}

driver_config() {
	:
}

driver_commit() {
	said_begin
	command_run upgrade "$1" || fail "$1 was not made permanent:" \
		"command.upgrade ended with status $?$(said_last)"
	sync
}

# By the VM itself. Where it cannot be asked, what is unpacked stays.
driver_discard() {
	vm_find
	[ -z "$vm_pid" ] || vm_do "release_handler:set_removed(\"$1\")"
}
