# shellcheck shell=sh
# The output of an operation: .hdeploy/ops/ID/output. The operation's processes,
# and those that it leaves behind, write to the file directly, so none of them
# can get SIGPIPE. Only cutting the file limits its size.

OUTPUT_MIB=64

OUTPUT_MAX=67108864 # the same in bytes

# output_bound FOLDER: cuts the file at the limit; the first time with a note.
# The processes append, so their next output follows the cut. Only the outer half
# does this: a second cut at the same time could take away the end.
output_bound() {
	hd_size=$( { wc -c <"$1/output"; } 2>/dev/null)
	[ "$((hd_size))" -gt "$OUTPUT_MAX" ] || return 0
	dd if=/dev/null of="$1/output" bs=1048576 seek="$OUTPUT_MIB" 2>/dev/null
	! (set -C && : >"$1/cut") 2>/dev/null ||
		echo "note its output is larger than $OUTPUT_MIB MiB: the host\
 dropped a part of it" >>"$1/answers"
	printf x >>"$1/cut"
}

# output_cuts FOLDER: sets hd_cuts, which is longer after each cut.
output_cuts() {
	hd_cuts=
	[ ! -s "$1/cut" ] || read -r hd_cuts <"$1/cut" || :
}

# output_unmeasured FOLDER: whether its operation, which ended, left output that
# outputs_shorten has not seen.
output_unmeasured() {
	[ -s "$1/output" ] && [ ! -e "$1/measured" ]
}

# outputs_shorten FOLDERS: keeps the beginning and the end of the large outputs
# in these folders, whose names have no spaces.
outputs_shorten() {
	# shellcheck disable=SC2086
	find $1 -name output -type f -size +2048 |
		while IFS= read -r hd_file; do
			output_shorten "$hd_file" || rm -f "$hd_file.new"
		done
	for hd_file in $1; do
		: >"$hd_file/measured"
	done 2>/dev/null
}

output_shorten() { # FILE
	{
		head -c 524288 "$1" && printf '\n[...]\n' &&
			tail -c 524288 "$1"
	} >"$1.new" 2>/dev/null && mv -f "$1.new" "$1"
}
