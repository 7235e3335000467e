# shellcheck shell=sh disable=SC2015,SC2034,SC2154
# Starts the node.
# args: [version]
# version: for a command of deploy.ini; left out if it is not known.
main() {
	app=$arg_app
	enter_root "$arg_root"
	(loose_settle) || exit 1
	node_start "$arg_version"
}
