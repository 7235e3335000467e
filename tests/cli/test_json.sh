#!/bin/sh
# With --json, stdout has one object per line and always ends with a summary.
# shellcheck disable=SC2016 # jq expands it
. "$(dirname "$0")/lib.sh"

# summary WHAT STATUS
summary() {
	expect_status "$1" "$2"
	expect "$1: every line is an object with event and time" \
		jq -es 'all(has("event") and (.time | test("Z$")))' out
	expect "$1: the first line names hdeploy and the format" jq -es \
		--arg version "$version" '.[0].event == "version" and
		.[0].hdeploy == $version and .[0].format == 1 and
		(map(select(.event == "version")) | length) == 1' out
	expect "$1: one summary, at the end" jq -es --argjson status "$2" \
		'.[-1].event == "summary" and .[-1].status == $status and
		(map(select(.event == "summary")) | length) == 1' out
}

version=$("$HDEPLOY" --version | sed -n "s/^hdeploy //p")
run push --json
summary "a bad command line" 2
expect "the error is an event" jq -es '.[1].event == "error"' out
expect "stderr has the error too" grep -q '^missing arguments' err
run --json --nope
summary "an unknown option" 2
run --json
summary "no command" 2
run status prod --json
summary "no file" 2

write_ini "echo one; printf 'two\\nthr\\033[1mee'; exit 3" "rel"
here
run push prod --json
summary "a failing build" 7
expect "its output comes line by line" jq -es \
	'map(select(.event == "output") | .text) == ["one", "two", "three"]' out
expect "it is a failed step without a host" jq -es \
	'any(.event == "step" and .step == "build" and
	.result == "failed" and has("ms") and (has("host") | not))' out
expect "no host was touched" jq -es '.[-1].hosts == []' out

write_ini "true" "missing"
here
run push prod --json --quiet
summary "a missing release" 7

run help --json
summary "help" 0
expect "the help itself is on stderr" grep -q '^usage: hdeploy' err
finish
