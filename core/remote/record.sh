# shellcheck shell=sh
# needs: change driver trust
# Records the end of a change: its line of history.

# args: line [verified]
# line: for the history. verified: the version that passed its health checks.
main() {
	enter_root "$arg_root"
	driver_restore
	umask 077
	[ -z "$arg_verified" ] || mark_verified "$arg_verified"
	told with_reserve history_add "$arg_line" ||
		fail "$root/.hdeploy/history.jsonl cannot be written: $(reason)"
	[ ! -f .hdeploy/change ] ||
		journal_end "$(printf '%s\n' "$arg_line" | line_id)"
}

mark_verified() {
	is_version "$1" || fail "bad version"
	told with_reserve put_verified "$1" ||
		fail "$root/.hdeploy/releases/$1/verified cannot be written:" \
			"$(reason)"
}

put_verified() {
	mkdir -p ".hdeploy/releases/$1" && : >".hdeploy/releases/$1/verified"
}
