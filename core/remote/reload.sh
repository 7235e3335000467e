# shellcheck shell=sh
# needs: driver app_node
# Has the running program (driver = app) take over the version that `current`
# names: by executing the new program, in this process or in one that gets its
# sockets, or by changing into `current` again. What it took over shows only in
# where its main process runs from.
# args: version
main() {
	app=$arg_app
	enter_root "$arg_root"
	app_find
	[ "$app_state" != down ] || fail "$app is down: it cannot reload"
	app_begin reload "$arg_version"
	app_came "$arg_version" "$((hd_seconds - 20))"
}
