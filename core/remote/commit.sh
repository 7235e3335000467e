# shellcheck shell=sh
# needs: driver_change files
# Makes a version permanent.
# args: version
main() {
	app=$arg_app
	enter_root "$arg_root"
	is_version "$arg_version" || fail "bad version"
	driver_restore
	loose_boot_now
	trap loose_tidy EXIT
	loose_begin "$arg_version" hot
	driver_commit "$arg_version"
	loose_put "$arg_version"
	driver_settled "$arg_version"
}
