# shellcheck shell=sh
# The last line that an operation, or a command in it, printed.

# said_begin: said_last looks only at output of this operation after this call.
said_begin() {
	hd_said=$( { wc -c <"${0%/*}/output"; } 2>/dev/null)
	hd_said=$((${hd_said:-0}))
}

# said_last: prints ": LINE", the last line of that output, for a reason,
# because output scrolls away. Nothing if there was none.
said_last() {
	hd_line=$(tail -c "+$((hd_said + 1))" "${0%/*}/output" 2>/dev/null |
		last_line)
	printf '%s' "${hd_line:+: $hd_line}"
}

# last_line: prints the last line of stdin that is not blank, without colours,
# cut to 300 bytes.
last_line() {
	tail -c 4000 | tr '\r\t' '\n ' |
		sed -e "s/$(printf '\033')\\[[0-9;]*[A-Za-z]//g" \
			-e 's/^ *//' -e 's/ *$//' -e '/^$/d' |
		tail -n 1 | cut -c1-300
}
