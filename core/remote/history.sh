# shellcheck shell=sh disable=SC2015,SC2034,SC2154
# What was changed here, and by whom: the newest COUNT lines.

# main ROOT APP COUNT
main() {
	[ -e "$1" ] || return 0
	enter_root "$1"
	[ -f .hdeploy/history.jsonl ] || return 0
	tail -n "$3" .hdeploy/history.jsonl | while IFS= read -r line; do
		say past "$line"
	done
}
