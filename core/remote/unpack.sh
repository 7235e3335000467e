# shellcheck shell=sh
# needs: driver_change leftovers loose_store mend noted unpacked
# Links the tarball to where the VM looks for it, has its release_handler unpack
# the version (if the driver can do that separately), and compares the files
# with the manifest.

# args: version
main() {
	app=$arg_app
	enter_root "$arg_root"
	is_version "$arg_version" || fail "bad version"
	notes=.hdeploy/releases/$arg_version
	check=check_known
	loose=
	loose_boot_now
	if ! listed "$arg_version"; then
		check=check_unpacked
		kept_tarball "$arg_version"
		drop_leftovers "$arg_version"
		unpack_loose &
		loose=$!
		trap 'wait "$loose"' EXIT
		new=$(brought | not_here)
		loose_note_added "$arg_version"
		told mkdir -p "releases/$arg_version" &&
			told link_file "$tarball" \
				"releases/$arg_version/$app.tar.gz" ||
			fail "$root/releases/$arg_version cannot be written:" \
				"$(reason)"
		driver_unpack "$arg_version"
		printf '%s\n' "$new" | settle_modes || exit 1
		[ ! -d "releases/$arg_version" ] ||
			settle_private "releases/$arg_version"
		trap - EXIT
		wait "$loose" || exit 1
	fi
	# A release that was here before hdeploy has no record. Some drivers
	# unpack only when they install.
	! listed "$arg_version" || [ ! -f "$notes/record" ] || {
		[ "$check" = check_unpacked ] || kept_manifest "$arg_version"
		mend "$arg_version"
		"$check" "$arg_version"
		unpacked_lines "$arg_version" | note_files "$arg_version" "$unlike"
	}
	[ -n "$loose" ] || unpack_loose || exit 1
	driver_config "$arg_version"
	proto_fits "$arg_version"
	sync </dev/null >/dev/null 2>&1 3>&- & # commit.sh needs all files on the disk
}

# Reads whole tarballs; runs while the VM unpacks one of them.
unpack_loose() {
	loose_make "$arg_version" && loose_make "$boots"
}
