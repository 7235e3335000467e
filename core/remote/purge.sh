# shellcheck shell=sh
# needs: driver vm_do
# Kills the processes that run old code.
# args:
main() {
	app=$arg_app
	enter_root "$arg_root"
	old_code_end
}
