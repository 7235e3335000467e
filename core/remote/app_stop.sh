# shellcheck shell=sh
# needs: driver app_node
# Stops the program. Stops a unit even if its process is down, because Restart=
# may start it again.
# args: [version]
main() {
	app=$arg_app
	enter_root "$arg_root"
	app_find
	[ "$app_state" != down ] || [ -n "$hd_unit" ] || return 0
	app_halt "$arg_version"
}
