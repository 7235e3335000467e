# shellcheck shell=sh
# needs: driver trust
# The newest lines of history, each as "past".

# args: count
main() {
	[ -e "$arg_root" ] || return 0
	enter_root "$arg_root"
	[ -f .hdeploy/history.jsonl ] || return 0
	tail -n "$arg_count" .hdeploy/history.jsonl | while IFS= read -r line; do
		say past "$line"
	done
}
