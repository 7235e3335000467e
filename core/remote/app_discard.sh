# shellcheck shell=sh
# needs: app_unpack app_users
# Removes the files of a version that neither runs nor starts next. Its record
# and its kept tarball stay.

# args: version
main() {
	app=$arg_app
	enter_root "$arg_root"
	is_version "$arg_version" || fail "bad version"
	app_users "$arg_version" || {
		say note "the files of $arg_version stay: $why"
		return 0
	}
	app_remove "releases/${arg_version:?}"
	rm -f ".hdeploy/releases/$arg_version/linked"
}
