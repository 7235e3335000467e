# shellcheck shell=sh disable=SC2015,SC2034,SC2154
# By the VM's release_handler, then compared with what was pushed.

# main ROOT APP VERSION
main() {
	app=$2
	enter_root "$1"
	is_version "$3" || fail "bad version"
	notes=.hdeploy/releases/$3
	if ! listed "$3"; then
		kept_tarball "$3"
		drop_leftovers "$3"
		mkdir -p "releases/$3" &&
			{ ln "$tarball" "releases/$3/$app.tar.gz" 2>/dev/null ||
				cp "$tarball" "releases/$3/$app.tar.gz"; } ||
			fail "$root/releases/$3 cannot be written: is the disk full?"
		driver_unpack "$3"
		listed "$3" || fail "$3 was unpacked, but is not in releases/RELEASES"
	fi
	# A release that was here before hdeploy has no record.
	[ ! -f "$notes/record" ] || {
		kept_manifest "$3"
		check_unpacked "$3"
	}
	driver_config "$3"
}
