# shellcheck shell=sh disable=SC2015,SC2034,SC2154
# The journal of a change as a whole: .hdeploy/change is there from before its
# first operation until its line of history is written. What each operation was
# and how it ended lies in .hdeploy/ops.

# change_begin LINE: it goes on, or goes back: LINE says which.
change_begin() {
	[ ! -f .hdeploy/change ] ||
		[ "$(head -n 1 .hdeploy/change)" != "$1" ] || return 0
	told with_reserve change_put "$1" ||
		fail "$root/.hdeploy/change cannot be written: $(reason)"
}

change_put() {
	(umask 077 && write_text .hdeploy/change "$1")
}

# change_id: of the line on stdin, a journal's or history's.
change_id() {
	sed -n '1s/^{"id":"\([0-9a-z-]*\)".*/\1/p'
}

# change_command: likewise.
change_command() {
	sed -n '1s/.*"command":"\([a-z]*\)".*/\1/p'
}

# change_end ID: its line of history is written.
change_end() {
	[ ! -f .hdeploy/change ] ||
		[ "$(change_id <.hdeploy/change)" != "$1" ] ||
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
