# shellcheck shell=sh disable=SC2015,SC2034,SC2154
# The tarball to where the VM looks for it; unpacked by its release_handler
# and compared with what was pushed, if the driver can do that by itself.

# main ROOT APP VERSION
main() {
	app=$2
	enter_root "$1"
	is_version "$3" || fail "bad version"
	notes=.hdeploy/releases/$3
	if ! listed "$3"; then
		kept_tarball "$3"
		drop_leftovers "$3"
		new=$(brought | not_here)
		loose_note_added "$3"
		told mkdir -p "releases/$3" &&
			told link_file "$tarball" "releases/$3/$app.tar.gz" ||
			fail "$root/releases/$3 cannot be written: $(reason)"
		driver_unpack "$3"
		printf '%s\n' "$new" | settle_modes || exit 1
		[ ! -d "releases/$3" ] || settle_private "releases/$3"
	fi
	# A release that was here before hdeploy has no record. Some drivers
	# unpack only when they install.
	! listed "$3" || [ ! -f "$notes/record" ] || {
		kept_manifest "$3"
		mend "$3"
		check_unpacked "$3" || exit 1
	}
	loose_boot_now
	loose_make "$3" && loose_make "$boots" || exit 1
	driver_config "$3"
	proto_fits "$3"
}
