# shellcheck shell=sh
# needs: app_point
# Makes the next start of the program start an unpacked version. What runs keeps
# running.

# args: version
main() {
	enter_root "$arg_root"
	is_version "$arg_version" || fail "bad version"
	app_point "$arg_version"
}
