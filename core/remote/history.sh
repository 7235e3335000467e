# shellcheck shell=sh
# needs: driver trust
# What was changed here, and by whom: the newest lines of history, as "past".

# args: count
main() {
	[ -e "$arg_root" ] || return 0
	enter_root "$arg_root"
	[ -f .hdeploy/history.jsonl ] || return 0
	tail -n "$arg_count" .hdeploy/history.jsonl | while IFS= read -r line; do
		say past "$line"
	done
}
