# shellcheck shell=sh
# needs: driver_change leftovers
# Discards a version that neither runs nor boots. Its record and its kept
# tarball stay.

# args: version
main() {
	app=$arg_app
	enter_root "$arg_root"
	is_version "$arg_version" || fail "bad version"
	! listed "$arg_version" || driver_discard "$arg_version"
	listed "$arg_version" && fail "$arg_version is still in releases/RELEASES"
	drop_leftovers "$arg_version"
}
