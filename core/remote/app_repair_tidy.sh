# shellcheck shell=sh
# needs: app_unpack repair_scratch
# Removes leftovers of operations that were cut off. Nothing else runs: the
# caller has the lock, and operation.sh refuses a second operation.

# args: version
main() {
	enter_root "$arg_root"
	is_version "$arg_version" || fail "bad version"
	app_remove .hdeploy/tmp # a program may have closed folders in it
	tidy_scratch
	tidy_uploads
}
