# shellcheck shell=sh disable=SC2015,SC2034,SC2154
# main ROOT APP VERSION
main() {
	app=$2
	enter_root "$1"
	is_version "$3" || fail "bad version"
	loose_boot_now
	trap loose_tidy EXIT
	loose_begin "$3"
	driver_commit "$3"
	loose_put "$3"
	driver_settled "$3"
}
