# shellcheck shell=sh disable=SC2015,SC2034,SC2154
# Takes over what was uploaded: <app>.tar.gz.part and manifest.part.

# main ROOT APP VERSION SIZE SHA256 IDENTITY MANIFEST_SHA256 [NOTES]
main() {
	enter_root "$1"
	is_version "$3" || fail "bad version"
	target=releases/$3/$2.tar.gz
	notes=.hdeploy/releases/$3
	kept=.hdeploy/tarballs/$3.tar.gz
	check_part "$target.part" "$5" "$4"
	check_part "$notes/manifest.part" "$7"
	sync_file "$target.part"
	sync_file "$notes/manifest.part"
	# The record goes first: without it the rest counts for nothing.
	rm -f "$notes/record" "$notes/verified" "$notes/entry"
	mv -f "$notes/manifest.part" "$notes/manifest" &&
		mv -f "$target.part" "$target" &&
		chmod 644 "$target" ||
		fail "$root/$target cannot be replaced"
	rm -f "$kept.new"
	ln "$target" "$kept.new" 2>/dev/null || cp "$target" "$kept.new" ||
		fail "$root/$kept cannot be written: is the disk full?"
	mv -f "$kept.new" "$kept" || fail "$root/$kept cannot be replaced"
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
