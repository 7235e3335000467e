# shellcheck shell=sh
# needs: assemble digest folders pushed settle trust write
# Verifies an upload and makes it the kept tarball and the record. Other users
# cannot have put links in these folders.
#
# If a file is wrong that was not from the upload alone, answers "whole yes":
# everything must be sent. Removes each kept file that was changed since it was
# pushed, so that a push uploads it again, and answers "damaged VERSION/NAME".

# args: version size identity sums recipe [notes data]
# size: of the tarball. sums: lines "NAME SHA256" of the files that the host
# gets: tarball, manifest, modules, chunks. recipe: see assemble.sh. notes: lines
# for the record, which facts.sh reads: "way up|down FROM emulator|plain
# APP,APP|-" and "lib NAME-VERSION DIGEST"; core/artifact/needs.h has the others.
# data: the upload itself, compressed and in base64, if it is small.
main() {
	enter_root "$arg_root"
	push_places "$arg_version" push.new
	new=$notes/push.new
	[ -n "$arg_data" ] || [ -f "$notes/upload.part" ] ||
		fail "$root/$notes/upload.part is missing: push again"
	told make_files || {
		why=$(reason)
		rm -rf "$new" # the disk may be full
		fail "$root/$notes cannot be written to: $why"
	}
	# shellcheck disable=SC2086
	check_sums $arg_sums
	sync_file "$new"/*
	told put_files || fail "$root/$notes cannot be replaced: $(reason)"
}

# make_files: makes all that the push leaves, under other names.
make_files() {
	[ -z "$arg_data" ] ||
		echo "$arg_data" | base64 -d | gzip -dc >"$notes/upload.part" ||
		return
	assemble "$arg_recipe" "$arg_size" && {
		[ ! -f "$new/tarball" ] || settle_shared "$new/tarball"
	} && number_next .hdeploy/releases >"$new/number" &&
		put_record >"$new/record"
}

put_record() {
	# shellcheck disable=SC2086
	set -- $arg_sums
	echo "identity $arg_identity" && echo "size $arg_size" || return
	while [ "$#" -gt 1 ]; do
		case $1 in
		tarball) echo "sha256 $2" ;;
		manifest) echo "manifest $2" ;;
		esac || return
		shift 2
	done
	printf '%s' "$arg_notes"
}

# check_sums NAME SHA256...: fails, and removes the upload, if a file has another
# digest.
check_sums() {
	found=$(sha256_list_of "$arg_size" "$new"/*)
	while [ "$#" -gt 1 ]; do
		case $found in
		*"$2 "[\ *]"$new/$1"*) ;;
		*) differs "$1" "$2" ;;
		esac
		shift 2
	done
}

# differs NAME SHA256: fails, because that file is not as it was pushed.
differs() {
	digest=$(sha256_of "$new/$1" 2>/dev/null)
	why="differs from the file sent (its SHA-256 is $digest, not $2)"
	[ "$1" != tarball ] || ! file_size "$new/tarball" 2>/dev/null ||
		[ "$hd_size" = "$arg_size" ] ||
		why="has $hd_size bytes instead of $arg_size"
	case $arg_recipe in
	*/*) ;;
	tarball*) push_again "$1" ;;
	esac
	say whole yes
	blamed=$(assemble_blame "$arg_recipe")
	for name in $blamed; do
		assemble_source "$name"
		rm -f "$source"
		say damaged "$name"
	done
	[ -n "$blamed" ] || assemble_forget "$arg_recipe"
	push_again "$1"
}

push_again() { # NAME
	rm -rf "$notes"/*.part "$notes"/*.new
	fail "$root/$new/$1 $why: push again"
}

# put_files: the old record goes first, and the new one comes last, because mv
# moves its arguments in order: without it no other file counts.
put_files() {
	set --
	for name in record verified entry noted modules chunks loose; do
		[ ! -e "$notes/$name" ] || set -- "$@" "$notes/$name"
	done
	[ "$#" = 0 ] || rm -rf "$@" || return
	set -- "$new/manifest" "$new/number"
	for name in modules chunks; do
		[ ! -f "$new/$name" ] || set -- "$@" "$new/$name"
	done
	mv -f "$new/tarball" "$kept" && offer &&
		mv -f "$@" "$new/record" "$notes" || return
	rm -rf "$new" "$notes"/*.part
}

# offer: puts the tarball where the tools of the release look for it.
offer() {
	[ -n "$target" ] || return 0
	push_tidy "$target" "$target.new" || return
	ln "$kept" "$target" 2>/dev/null || {
		cp -p "$kept" "$target.new" && mv -f "$target.new" "$target"
	}
}
