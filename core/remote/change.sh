# shellcheck shell=sh
# needs: lib write
# The journal and the history. The journal, .hdeploy/change, exists from before
# the first operation of a change until the change has its line of history. Each
# operation and its status is in .hdeploy/ops. core/past.c defines both lines.

# journal_begin LINE: LINE says whether the change goes forward or back.
journal_begin() {
	hd_line=
	[ ! -f .hdeploy/change ] || IFS= read -r hd_line <.hdeploy/change || :
	[ "$hd_line" != "$1" ] || return 0
	told with_reserve journal_put "$1" ||
		fail "$root/.hdeploy/change cannot be written: $(reason)"
}

journal_put() {
	private write_text .hdeploy/change "$1"
}

# line_id: the id of the change in the line on stdin.
line_id() {
	sed -n '1s/^{"id":"\([0-9a-z-]*\)".*/\1/p'
}

# line_command: the command in the line on stdin.
line_command() {
	sed -n '1s/.*"command":"\([a-z]*\)".*/\1/p'
}

# version_lines: the lines on stdin whose change was to another version.
version_lines() {
	sed -n -e '/"command":"upgrade"/p' -e '/"command":"rollback"/p'
}

# history_line ID WHO COMMAND FROM TO RESULT: a line that the host itself
# writes.
history_line() {
	printf '{"id":"%s","time":"%s","who":"%s","command":"%s",' \
		"$1" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$2" "$3"
	printf '"from":"%s","to":"%s","result":"%s"}\n' "$4" "$5" "$6"
}

# journal_end ID: that change has its line of history.
journal_end() {
	[ ! -f .hdeploy/change ] ||
		[ "$(line_id <.hdeploy/change)" != "$1" ] ||
		rm -f .hdeploy/change
}

# history_add LINE: appends it. A last line that was cut short stays a line of
# its own.
history_add() {
	hd_new=.hdeploy/history.jsonl.new
	[ ! -e "$hd_new" ] && [ ! -L "$hd_new" ] || rm -f "$hd_new" || return
	history_next "$1" >"$hd_new" &&
		sync_file "$hd_new" &&
		mv -f "$hd_new" .hdeploy/history.jsonl || {
		rm -f "$hd_new"
		return 1
	}
}

history_next() {
	[ ! -f .hdeploy/history.jsonl ] ||
		awk '{ line[NR] = $0; delete line[NR - 499] }
			END { for (i = 1; i <= NR; i++)
				if (i in line) print line[i] }' \
			.hdeploy/history.jsonl || return
	printf '%s\n' "$1"
}
