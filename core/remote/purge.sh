# shellcheck shell=sh disable=SC2015,SC2034,SC2154
# Ends the processes that run replaced code.
# args:
main() {
	app=$arg_app
	enter_root "$arg_root"
	old_code_end
}
