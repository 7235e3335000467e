#!/bin/sh
# hdeploy explain: why a plan is what it is, from saved facts alone.
# shellcheck disable=SC2016 # jq expands it
plans=$(cd "$(dirname "$0")/../plans" && pwd)
. "$(dirname "$0")/lib.sh"

# explain CASE ARG...
explain() {
	case=$1
	shift
	run explain "$plans/$case/facts" "$@"
}

# says TEXT: among the sentences
says() {
	expect "$case: $1" grep -qF -e "$1" out
}

explain upgraded-hot rollback
expect_status "a rollback" 0
expect_line "it begins with the host" out web1
says '0.2.0 runs: the node, process 1001, reports so itself'
says 'it was upgraded while it ran: it was started as 0.1.0'
says 'a start would start 0.2.0'
says 'leads from 0.2.0 to 0.1.0: that of 0.2.0 has an entry for 0.1.0'
says '9 steps, after which 0.1.0 runs'
says 'drain 0.2.0: processes that still run the replaced code get 30 s'
says '--cold, or upgrade = cold: the plan would be: snapshot 0.2.0'
explain upgraded-hot rollback --cold
says '--cold was given'
says '--hot, or upgrade = hot: the plan would be: snapshot 0.2.0, check'

explain no-relup-leads-there upgrade 0.3.0
says 'no relup, the list of instructions that changes a running node'
says 'plan      refused: no relup leads from'
explain stopped
says 'nothing runs from'
explain cut-at-verify resume
says 'a change is not finished: upgrade from 0.1.0 to 0.2.0'
explain app-runs upgrade 0.2.0
says 'was started from the folder of this version'
says 'driver = app has no hot upgrade'

explain upgraded-hot rollback --json
expect "programs get each sentence with its topic" jq -es '
	map(select(.event == "explain")) | length > 10 and
	all(.host == "web1" and (.text | length) > 0) and
	(map(.topic) | unique) == ["boots", "goal", "mode", "plan", "relup",
	"runs", "setting", "step", "verdict", "versions"]' out

# every stored host can be explained, in every state, and each step has a reason
for case in "$plans"/*/; do
	case=$(basename "$case")
	for goal in 'upgrade 0.2.0' resume; do
		# shellcheck disable=SC2086 # words
		explain "$case" $goal
		[ "$status" = 0 ] || fail "explain $case $goal: $status"
		! grep -q 'null' out || fail "explain $case $goal: null"
	done
done

explain upgraded-hot upgrade
expect_status "without its version" 2
explain upgraded-hot rolback
expect_line "a command that does not exist" err \
	'explain does not know the command "rolback"; did you mean "rollback"?'
run explain missing
expect_status "a file that is missing" 2
finish
