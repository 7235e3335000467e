# shellcheck shell=sh
# needs: app_unpack app_users
# Removes a version that neither runs nor starts next, with its record and its
# kept tarball.

# args: version
main() {
	app=$arg_app
	enter_root "$arg_root"
	is_version "$arg_version" || fail "bad version"
	app_users "$arg_version" || fail "$arg_version is not removed: $why"
	before=$(used_kib)
	# The record goes last: without it no later prune finds the other files.
	told app_remove "releases/${arg_version:?}" &&
		told rm -rf ".hdeploy/tarballs/$arg_version.tar.gz" &&
		told rm -rf ".hdeploy/releases/${arg_version:?}" ||
		fail "$root/releases/$arg_version cannot be removed: $(reason)"
	after=$(used_kib)
	echo "$(((before - after) / 1024)) MiB freed"
}

used_kib() {
	du -sk . 2>/dev/null | sed 's/[^0-9].*//'
}
