# shellcheck shell=sh
# needs: facts_host facts_proof
# The configuration that versions came with, from their records: of the version
# to go to, and of the one that runs, else boots.

# arg_goal: a version. arg_target: "-" stands for the one that a rollback would
# go to. Asked only before a change.
facts_packed() {
	packed_to=$arg_goal
	[ "$arg_target" != - ] || packed_to=${proof_to-}
	is_version "$packed_to" || return 0
	say packed "$packed_to"
	packed_from=$(proof_running)
	[ -n "$packed_from" ] || [ ! -r releases/start_erl.data ] ||
		read -r erts packed_from <releases/start_erl.data || :
	set --
	for version in "$packed_from" "$packed_to"; do
		! is_file ".hdeploy/releases/$version/" record ||
			set -- "$@" ".hdeploy/releases/$version/record"
	done
	[ "$#" = 0 ] || awk '
		{ split(FILENAME, part, "/") }
		$1 == "setting" {
			print "settings " part[3] substr($0, 8, 1000)
		}
		$1 == "argument" {
			print "arguments " part[3] substr($0, 9, 1000)
		}' "$@" 2>/dev/null >&3
	return 0
}
