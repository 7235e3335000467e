# shellcheck shell=sh
# needs: assemble digest driver folders settle trust write
# Verifies an upload and makes it the kept tarball and the record. Other users
# cannot have put links in that folder.
#
# If a file is wrong that was not from the upload alone, answers "whole yes":
# everything must be sent. Removes each kept file that was changed since it was
# pushed, so that a push uploads it again, and answers "damaged VERSION/NAME".

# args: version size identity upload sums recipe [notes]
# size: of the tarball; upload: of upload.part. sums: lines "NAME SHA256" of the
# files that the host gets: tarball, manifest, modules, chunks. recipe: see
# assemble.sh. notes: lines for the record, which facts.sh reads: "way up|down
# FROM emulator|plain APP,APP|-" and "lib NAME-VERSION DIGEST";
# core/artifact/needs.h has the others.
main() {
	enter_root "$arg_root"
	is_version "$arg_version" || fail "bad version"
	target=$(driver_shelf "$arg_version")
	notes=.hdeploy/releases/$arg_version
	kept=.hdeploy/tarballs/$arg_version.tar.gz
	check_size "$notes/upload.part" "$arg_upload"
	told assemble "$arg_recipe" "$arg_size" || {
		why=$(reason)
		rm -rf "$notes"/*.new # the disk may be full
		fail "$root/$notes cannot be written to: $why"
	}
	check_size "$notes/tarball.new" "$arg_size"
	# shellcheck disable=SC2086
	check_sums $arg_sums
	told put_record ||
		fail "$root/$notes/record cannot be written: $(reason)"
	sync_file "$notes"/*.new
	# The record goes first: without it no other file counts.
	rm -rf "$notes/record" "$notes/verified" "$notes/entry" \
		"$notes/noted" "$notes/modules" "$notes/chunks" "$notes/loose"
	for name in manifest modules chunks; do
		[ ! -f "$notes/$name.new" ] ||
			told mv -f "$notes/$name.new" "$notes/$name" ||
			fail "$root/$notes/$name cannot be replaced: $(reason)"
	done
	told chmod 644 "$notes/tarball.new" &&
		settle_private "$notes/tarball.new" &&
		told mv -f "$notes/tarball.new" "$kept" ||
		fail "$root/$kept cannot be replaced: $(reason)"
	[ -z "$target" ] || offer "$kept" "$target"
	told put_number ||
		fail "$root/$notes/number cannot be written: $(reason)"
	told mv -f "$notes/record.new" "$notes/record" ||
		fail "$root/$notes/record cannot be replaced: $(reason)"
	rm -rf "$notes"/*.part
}

offer() { # TARBALL PATH
	rm -rf "$2" "$2.new"
	told link_file "$1" "$2.new" && told mv -f "$2.new" "$2" ||
		fail "$root/$2 cannot be written: $(reason)"
}

put_number() {
	number_next .hdeploy/releases >"$notes/number"
}

put_record() {
	{
		printf 'identity %s\nsize %s\n' "$arg_identity" "$arg_size"
		printf '%s\n' "$arg_sums" |
			sed -n 's/^tarball /sha256 /p;/^manifest /p'
		printf '%s' "$arg_notes"
	} >"$notes/record.new"
}

# check_size FILE SIZE: fails if FILE has another size, and removes the upload.
check_size() {
	[ -f "$1" ] || fail "$root/$1 is missing: push again"
	file_size "$1"
	[ "$hd_size" = "$2" ] ||
		differs "$1" "has $hd_size bytes instead of $2"
}

# check_sums NAME SHA256...: the same for the digest of each NAME.new.
check_sums() {
	while [ "$#" -gt 0 ]; do
		digest=$(sha256_of "$notes/$1.new")
		[ "$digest" = "$2" ] || differs "$notes/$1.new" "differs from\
 the file sent (its SHA-256 is $digest, not $2)"
		shift 2
	done
}

# differs FILE HOW: fails, because FILE is not as it was pushed.
differs() {
	case $arg_recipe in
	*/*) ;;
	tarball*) push_again "$@" ;;
	esac
	say whole yes
	blamed=$(assemble_blame "$arg_recipe")
	for name in $blamed; do
		assemble_source "$name"
		rm -f "$source"
		say damaged "$name"
	done
	[ -n "$blamed" ] || assemble_forget "$arg_recipe"
	push_again "$@"
}

push_again() { # FILE HOW
	rm -rf "$notes"/*.part "$notes"/*.new
	fail "$root/$1 $2: push again"
}
