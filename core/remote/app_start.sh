# shellcheck shell=sh
# needs: driver app_node
# Starts the program.
# args: [version]
main() {
	app=$arg_app
	enter_root "$arg_root"
	app_find
	# With a unit, Restart= or a socket may have started it already.
	[ "$app_state" = down ] || [ -n "$hd_unit" ] ||
		fail "$app${app_pid:+ (process $app_pid)} already runs here"
	app_begin start "$arg_version"
	app_came "$arg_version" 5
}
