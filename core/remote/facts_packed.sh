# shellcheck shell=sh
# needs: facts_proof
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
	[ -n "$packed_from" ] || packed_from=$(
		sed -n '1s/^[^ ]* //p' releases/start_erl.data 2>/dev/null
	)
	for version in "$packed_from" "$packed_to"; do
		is_version "$version" || continue
		awk -v version="$version" '
			$1 == "setting" {
				print "settings " version substr($0, 8, 1000)
			}
			$1 == "argument" {
				print "arguments " version substr($0, 9, 1000)
			}' ".hdeploy/releases/$version/record" 2>/dev/null >&3
	done
	return 0
}
