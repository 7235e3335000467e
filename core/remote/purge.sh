# shellcheck shell=sh
# needs: driver vm_do
# Ends the processes that run replaced code.
# args:
main() {
	app=$arg_app
	enter_root "$arg_root"
	old_code_end
}
