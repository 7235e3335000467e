# shellcheck shell=sh disable=SC2015,SC2034,SC2154
# Takes over what was uploaded: tarball.part and manifest.part. Others cannot
# have put links there.

# main ROOT APP VERSION SIZE SHA256 IDENTITY MANIFEST_SHA256 [NOTES]
main() {
	enter_root "$1"
	is_version "$3" || fail "bad version"
	target=releases/$3/$2.tar.gz
	notes=.hdeploy/releases/$3
	kept=.hdeploy/tarballs/$3.tar.gz
	check_part "$notes/tarball.part" "$5" "$4"
	check_part "$notes/manifest.part" "$7"
	sync_file "$notes/tarball.part"
	sync_file "$notes/manifest.part"
	# The record goes first: without it the rest counts for nothing.
	rm -f "$notes/record" "$notes/verified" "$notes/entry"
	rm -rf "$notes/loose"
	mv -f "$notes/manifest.part" "$notes/manifest" &&
		chmod 644 "$notes/tarball.part" &&
		mv -f "$notes/tarball.part" "$kept" ||
		fail "$root/$kept cannot be replaced"
	rm -rf "$target" "$target.new"
	{ ln "$kept" "$target.new" 2>/dev/null || cp "$kept" "$target.new"; } &&
		mv -f "$target.new" "$target" ||
		fail "$root/$target cannot be written: is the disk full?"
	number_next .hdeploy/releases >"$notes/number" || fail \
		"$root/$notes/number cannot be written: is the disk full?"
	{
		printf 'identity %s\nsha256 %s\nsize %s\nmanifest %s\n' \
			"$6" "$5" "$4" "$7"
		printf '%s' "${8-}"
	} | write_file "$notes/record" || fail "$root/$notes/record cannot be written"
}

# check_part FILE SHA256 [SIZE]: what is wrong is removed.
check_part() {
	[ -f "$1" ] || fail "$root/$1 is not there: the upload did not arrive"
	file_size "$1"
	if [ -n "${3:-}" ] && [ "$hd_size" != "$3" ]; then
		rm -f "$1"
		fail "$root/$1 has $hd_size bytes instead of $3: send it again"
	fi
	digest=$(sha256_of "$1")
	if [ "$digest" != "$2" ]; then
		rm -f "$1"
		fail "$root/$1 was damaged on the way (its SHA-256 is $digest," \
			"not $2): send it again"
	fi
}
