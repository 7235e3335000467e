# shellcheck shell=sh
# needs: lib write
# The journal, .hdeploy/change: it is there from before the first operation of a
# change until the line of history is written. Each operation and how it ended is
# in .hdeploy/ops. And history. core/past.c says what a line of both looks like.

# journal_begin LINE: the change goes on, or goes back: LINE says which.
journal_begin() {
	[ ! -f .hdeploy/change ] ||
		[ "$(head -n 1 .hdeploy/change)" != "$1" ] || return 0
	told with_reserve journal_put "$1" ||
		fail "$root/.hdeploy/change cannot be written: $(reason)"
}

journal_put() {
	(umask 077 && write_text .hdeploy/change "$1")
}

# line_id: the id of the change in the line on stdin.
line_id() {
	sed -n '1s/^{"id":"\([0-9a-z-]*\)".*/\1/p'
}

# line_command: its command.
line_command() {
	sed -n '1s/.*"command":"\([a-z]*\)".*/\1/p'
}

# version_lines: of those on stdin the changes of the version.
version_lines() {
	sed -n -e '/"command":"upgrade"/p' -e '/"command":"rollback"/p'
}

# history_line ID WHO COMMAND FROM TO RESULT: a line that this host itself writes.
history_line() {
	printf '{"id":"%s","time":"%s","who":"%s","command":"%s",' \
		"$1" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$2" "$3"
	printf '"from":"%s","to":"%s","result":"%s"}\n' "$4" "$5" "$6"
}

# journal_end ID: the line of history of that change is written.
journal_end() {
	[ ! -f .hdeploy/change ] ||
		[ "$(line_id <.hdeploy/change)" != "$1" ] ||
		rm -f .hdeploy/change
}

# history_add LINE. One before it that was cut short stays a line of its own.
history_add() {
	{
		[ ! -f .hdeploy/history.jsonl ] ||
			tail -n 499 .hdeploy/history.jsonl | awk 1
		printf '%s\n' "$1"
	} | write_file .hdeploy/history.jsonl
}
