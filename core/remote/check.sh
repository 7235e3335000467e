# shellcheck shell=sh disable=SC2015,SC2034,SC2154
# Whether the VM that runs would get to a version hot: asked before the install,
# which may have no return. Changes nothing, in the VM or on the disk.

# main ROOT APP VERSION CHANGE up|down
main() {
	app=$2
	enter_root "$1"
	is_version "$3" || fail "bad version"
}
