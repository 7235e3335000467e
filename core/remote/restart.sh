# shellcheck shell=sh
# needs: driver app_node
# Restarts the program (driver = app) after `current` was switched. One job of
# systemd: a connection to the socket of the unit meanwhile waits for the new
# version.
# args: version
main() {
	app=$arg_app
	enter_root "$arg_root"
	app_find
	if [ -n "$hd_unit" ]; then
		app_begin restart "$arg_version"
	else
		[ "$app_state" = down ] || app_halt "$arg_version"
		app_begin start "$arg_version"
	fi
	app_came "$arg_version" 5
}
