# shellcheck shell=sh
# needs: clock digest pushed
# Prepares a push that cannot simply begin: makes the folders of an empty root,
# or takes over an upload that broke off. Answers "part SIZE", and "block DIGEST"
# for each of its blocks.

# args: version [block]
# block: bytes.
main() {
	enter_root "$arg_root"
	push_places "$arg_version"
	if [ -s "$notes/upload.part" ] && [ -n "$arg_block" ]; then
		take_part
	else
		rm -rf "$notes/upload.part"
	fi
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
