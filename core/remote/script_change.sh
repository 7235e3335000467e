# shellcheck shell=sh
# needs: command kept vm_do
# Changes by a control script of any kind.

driver_staged() {
	stage_move bin "$scratch/bin/$app"-[0-9]*
}

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

# The VM itself removes the version. While it is down, the version stays.
driver_discard() {
	vm_find
	[ -z "$vm_pid" ] || vm_do "release_handler:set_removed(\"$1\")"
}
