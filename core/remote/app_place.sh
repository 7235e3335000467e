# shellcheck shell=sh
# needs: app_point app_unpack
# Unpacks the first version of this root, which the first start starts.

# args: version
main() {
	app=$arg_app
	enter_root "$arg_root"
	is_version "$arg_version" || fail "bad version"
	notes=.hdeploy/releases/$arg_version
	app_boots || fail "$why"
	[ -z "$boots" ] || [ "$boots" = "$arg_version" ] ||
		fail "$root already has version $boots"
	[ -d "releases/$arg_version" ] || (app_unpack "$arg_version") || exit 1
	app_point "$arg_version"
}
