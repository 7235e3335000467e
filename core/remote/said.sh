# shellcheck shell=sh
# The last words of what an operation, or a command in it, put out.

# said_begin: what this operation's output gets from now on counts for said_last.
said_begin() {
	hd_said=$( { wc -c <"${0%/*}/output"; } 2>/dev/null)
	hd_said=$((${hd_said:-0}))
}

# said_last: ": LINE", the last line of that, for a reason: output scrolls away.
# Nothing if nothing was said.
said_last() {
	hd_line=$(tail -c "+$((hd_said + 1))" "${0%/*}/output" 2>/dev/null |
		last_line)
	printf '%s' "${hd_line:+: $hd_line}"
}

# last_line: of stdin, the last one with something in it, without colours and
# not too much of it.
last_line() {
	tail -c 4000 | tr '\r\t' '\n ' |
		sed -e "s/$(printf '\033')\\[[0-9;]*[A-Za-z]//g" \
			-e 's/^ *//' -e 's/ *$//' -e '/^$/d' |
		tail -n 1 | cut -c1-300
}
