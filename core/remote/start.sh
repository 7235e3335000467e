# shellcheck shell=sh disable=SC2015,SC2034,SC2154
# main ROOT APP VERSION|-
main() {
	app=$2
	enter_root "$1"
	(loose_settle) || exit 1
	node_start "$3"
}
