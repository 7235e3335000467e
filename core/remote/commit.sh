# shellcheck shell=sh disable=SC2015,SC2034,SC2154
# main ROOT APP VERSION
main() {
	app=$2
	enter_root "$1"
	is_version "$3" || fail "bad version"
	driver_commit "$3"
}
