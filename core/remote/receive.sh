# shellcheck shell=sh
# needs: digest driver folders settle trust write
# Verifies an upload, tarball.part, manifest.part and modules.part, and makes it
# the kept tarball and the record. Other users cannot have put links in that
# folder.

# args: version size sha256 identity manifest [modules notes]
# manifest, modules: their SHA-256. notes: lines for the record, which facts.sh
# reads: "way up|down FROM emulator|plain APP,APP|-" and "lib NAME-VERSION
# DIGEST"; core/artifact/needs.h has the others.
main() {
	enter_root "$arg_root"
	is_version "$arg_version" || fail "bad version"
	target=$(driver_shelf "$arg_version")
	notes=.hdeploy/releases/$arg_version
	kept=.hdeploy/tarballs/$arg_version.tar.gz
	check_part "$notes/tarball.part" "$arg_sha256" "$arg_size"
	check_part "$notes/manifest.part" "$arg_manifest"
	[ -z "$arg_modules" ] ||
		check_part "$notes/modules.part" "$arg_modules"
	sync_file "$notes/tarball.part"
	sync_file "$notes/manifest.part"
	# The record goes first: without it no other file counts.
	rm -f "$notes/record" "$notes/verified" "$notes/entry" \
		"$notes/noted" "$notes/modules"
	[ -z "$arg_modules" ] || put_modules
	rm -rf "$notes/loose"
	told mv -f "$notes/manifest.part" "$notes/manifest" &&
		told chmod 644 "$notes/tarball.part" &&
		settle_private "$notes/tarball.part" &&
		told mv -f "$notes/tarball.part" "$kept" ||
		fail "$root/$kept cannot be replaced: $(reason)"
	[ -z "$target" ] || offer "$kept" "$target"
	told put_number ||
		fail "$root/$notes/number cannot be written: $(reason)"
	told put_record ||
		fail "$root/$notes/record cannot be written: $(reason)"
}

offer() { # TARBALL PATH
	rm -rf "$2" "$2.new"
	told link_file "$1" "$2.new" && told mv -f "$2.new" "$2" ||
		fail "$root/$2 cannot be written: $(reason)"
}

put_modules() {
	sync_file "$notes/modules.part"
	told mv -f "$notes/modules.part" "$notes/modules" ||
		fail "$root/$notes/modules cannot be replaced: $(reason)"
}

put_number() {
	number_next .hdeploy/releases >"$notes/number"
}

put_record() {
	{
		printf 'identity %s\nsha256 %s\nsize %s\nmanifest %s\n' \
			"$arg_identity" "$arg_sha256" "$arg_size" "$arg_manifest"
		printf '%s' "$arg_notes"
	} | write_file "$notes/record"
}

# check_part FILE SHA256 [SIZE]: fails if FILE differs, and removes it.
check_part() {
	[ -f "$1" ] || fail "$root/$1 is missing: push again"
	file_size "$1"
	if [ -n "${3:-}" ] && [ "$hd_size" != "$3" ]; then
		rm -f "$1"
		fail "$root/$1 has $hd_size bytes instead of $3: push again"
	fi
	digest=$(sha256_of "$1")
	if [ "$digest" != "$2" ]; then
		rm -f "$1"
		fail "$root/$1 differs from the file sent (its SHA-256 is" \
			"$digest, not $2): push again"
	fi
}
