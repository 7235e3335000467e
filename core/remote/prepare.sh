# shellcheck shell=sh
# needs: clock digest driver folders trust write
# Creates .hdeploy and the folders that a version is shipped to. Answers
# - "id ID": the id of this root;
# - "have INDEX VERSION FILE START": FILE (tarball, manifest or modules) of the
#   kept VERSION has the part whose digest is line INDEX of parts, from byte
#   START, counted from 1;
# - "part SIZE", and "block DIGEST" for each of its blocks: an upload that broke
#   off.

# args: version [parts block]
# parts: digests, each 16 hex digits and a line. block: bytes.
main() {
	enter_root "$arg_root"
	is_version "$arg_version" || fail "bad version"
	shelf=$(driver_shelf "$arg_version")
	shelf=${shelf:-releases/}
	told mkdir -p "${shelf%/*}" ||
		fail "$root/${shelf%/*} cannot be made: $(reason)"
	umask 077
	notes=.hdeploy/releases/$arg_version
	told mkdir -p "$notes" .hdeploy/tarballs .hdeploy/snapshots ||
		fail "$root/.hdeploy cannot be written to: $(reason)"
	# from a push that broke off; an upload can continue
	rm -rf "$notes"/*.new "$notes/manifest.part" "$notes/modules.part"
	[ -s .hdeploy/id ] || told put_id ||
		fail "$root/.hdeploy/id cannot be written: $(reason)"
	say id "$(cat .hdeploy/id)"
	[ -z "$arg_parts" ] || answer_parts
	if [ -s "$notes/upload.part" ] && [ -n "$arg_block" ]; then
		take_part
	else
		rm -rf "$notes/upload.part"
	fi
}

put_id() {
	od -An -N16 -tx1 /dev/urandom | tr -d ' \n' | write_file .hdeploy/id
}

# answer_parts: answers from kept versions, the newest first. A version counts
# only if its tarball has the size that its record names. If awk cannot read a
# file, it reads no later one: then fewer parts are answered.
answer_parts() {
	set --
	kept=
	# shellcheck disable=SC2012
	for version in $(ls -tr .hdeploy/releases | in_order .hdeploy/releases); do
		folder=.hdeploy/releases/$version
		tarball=.hdeploy/tarballs/$version.tar.gz
		is_version "$version" && readable "$folder/record" &&
			readable "$folder/chunks" && readable "$tarball" ||
			continue
		kept="$kept $tarball"
		set -- "$folder/record" "$folder/chunks" "$@"
	done
	[ "$#" = 0 ] || {
		printf '%s\n' "$arg_parts"
		# shellcheck disable=SC2086
		wc -c $kept
	} | awk '
		FILENAME !~ "/" && NF == 1 { wanted[$1] = wanted[$1] " " ++n }
		FILENAME !~ "/" && NF == 2 { size[$2] = $1 }
		FILENAME !~ "/" { next }
		{ split(FILENAME, name, "/") }
		name[4] == "record" && $1 == "size" {
			kept = ".hdeploy/tarballs/" name[3] ".tar.gz"
			whole[name[3]] = size[kept] == $2
		}
		name[4] == "record" || !whole[name[3]] { next }
		NF != 4 || $1 !~ /^(tarball|manifest|modules)$/ ||
			$2 !~ /^[0-9]+$/ || length($2) > 14 ||
			!($4 in wanted) { next }
		{
			m = split(wanted[$4], index_of, " ")
			delete wanted[$4]
			for (i = 1; i <= m; i++)
				printf "have %s %s %s %.0f\n", index_of[i],
					name[3], $1, $2 + 1
		}' - "$@" >&3
}

readable() { # FILE
	[ -f "$1" ] && [ -r "$1" ]
}

# take_part: copies the upload that broke off to a new file, because the process
# of its connection may still write to the old one, and answers what it copied.
# Stops after half a minute: the upload continues from there.
take_part() {
	part=$notes/upload.part
	file_size "$part"
	size=$hd_size
	clock_now
	until=$((hd_now + 30))
	n=0
	taken=
	while [ "$((n * arg_block))" -lt "$size" ]; do
		digest=$(dd if="$part" bs="$arg_block" skip="$n" count=1 \
			2>/dev/null | tee -a "$part.new" 2>/dev/null |
			sha256_stdin)
		taken="$taken$digest "
		n=$((n + 1))
		clock_now
		[ "$hd_now" -lt "$until" ] || break
	done
	moved=$((n * arg_block))
	[ "$moved" -le "$size" ] || moved=$size
	file_size "$part.new"
	if [ "$hd_size" != "$moved" ] || ! mv -f "$part.new" "$part"; then
		rm -rf "$part" "$part.new" # for example, the disk is full
		return 0
	fi
	say part "$moved"
	for digest in $taken; do
		say block "$digest"
	done
}
