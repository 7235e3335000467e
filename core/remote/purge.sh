# shellcheck shell=sh disable=SC2015,SC2034,SC2154
# main ROOT APP
main() {
	app=$2
	enter_root "$1"
	old_code_end
}
