#!/bin/sh
# inspect with releases that relx, mix and Distillery made.
# shellcheck disable=SC2016 # jq expands it
top=$(cd "$(dirname "$0")/../.." && pwd)
. "$top/tests/cli/lib.sh"
FIXTURES=${FIXTURES:-$top/build/fixtures}

# json FILTER: of the events of the last run.
json() {
	jq -es "$1" out
}

run inspect "$FIXTURES/0.2.0.tar.gz" --json
expect_status "relx" 0
expect "its applications" json 'map(select(.event == "application") |
	select(.name == "hotcode")) | length == 1 and .[0].version == "0.2.0"'
expect "its needs" json 'any(.event == "need" and .name == "libc.so.6" and
	(.path | startswith("erts-")))'
expect "no problems" json 'all(.event != "problem")'

run inspect "$FIXTURES/0.1.0.tar.gz" "$FIXTURES/0.2.0.tar.gz" --json
expect_status "relx, an upgrade" 0
expect "one module differs, and is loaded" json '
	map(select(.of == "module")) | length == 1 and
	.[0].name == "demo_server" and .[0].up == "load, code_change" and
	.[0].down == "load, code_change"'
expect "so there are no problems" json 'all(.event != "problem")'

run inspect "$FIXTURES/0.2.0.tar.gz" "$FIXTURES/0.6.0.tar.gz" --json
expect_status "relx, an empty appup" 0
expect "the module keeps its old code" json 'any(.of == "module" and
	.name == "demo_server" and .missed == "up, down" and
	.up == "none: old code keeps running")'
expect "which is a problem, up and down" json '
	map(select(.event == "problem") | .text | test("^hot in name only")) ==
	[true, true]'

run inspect "$FIXTURES/0.2.0.tar.gz" "$FIXTURES/0.5.0.tar.gz" --json
expect "relx, a restart of the application" json 'any(.event == "relup" and
	.direction == "up" and .mode == "restarts applications" and
	.restarts == "hotcode")'
expect "its modules are loaded" json 'map(select(.of == "module")) |
	length > 0 and all(.missed == null)'

run inspect "$FIXTURES/0.2.0.tar.gz" "$FIXTURES/0.2.0-rebuilt.tar.gz"
expect_line "a rebuild" out 'hotcode 0.2.0, two builds'
expect_line "it is the same" out 'no differences'
run inspect "$FIXTURES/0.2.0.tar.gz" "$FIXTURES/0.2.0-other.tar.gz" --json
expect "other bits under one version" json 'any(.event == "problem" and
	(.text | startswith("two different builds of 0.2.0")))'
expect "there is no relup between them" json 'all(.event != "relup")'

run inspect 0.1.0 "$FIXTURES/rel/hotcode" --json
expect_status "a folder with two versions" 0
expect "both are read" json 'map(select(.event == "release") | .version) ==
	["0.1.0", "0.2.0"]'

run inspect "$FIXTURES/mix/0.1.0.tar.gz" "$FIXTURES/mix/0.2.0.tar.gz" --json
expect_status "mix" 0
expect "a relup that hdeploy made" json 'map(select(.event == "relup") | .mode) ==
	["hot", "hot"]'
expect "a module that it converts" json 'any(.of == "module" and
	.name == "demo_server" and .up == "load, code_change")'
expect "a consolidated protocol" json 'any(.of == "module" and
	.name == "Elixir.Hotcode.Label (consolidated)" and .up == "none needed")'
expect "no module is missed" json 'all(.missed == null)'
expect "no secret is shown" sh -c \
	'! grep -qF "$(tar -xzOf "$1" releases/COOKIE)" out err' sh \
	"$FIXTURES/mix/0.2.0.tar.gz"

run inspect "$FIXTURES/distillery-2.1/0.1.0.tar.gz" \
	"$FIXTURES/distillery-2.1/0.2.0.tar.gz" --json
expect_status "Distillery" 0
sum=$(sha256sum <"$FIXTURES/distillery-2.1/0.2.0.tar.gz")
expect "the tarball was not packed again" json "any(.event == \"release\" and
	.version == \"0.2.0\" and .sha256 == \"${sum%% *}\")"
expect "its relup leads up and down" json '
	map(select(.event == "relup") | .mode) == ["hot", "hot"]'
expect "and misses no module" json 'all(.missed == null)'

for pair in '0.1.0.tar.gz 0.2.0.tar.gz' 'mix/0.1.0.tar.gz mix/0.2.0.tar.gz'; do
	run inspect "$FIXTURES/${pair% *}" "$FIXTURES/${pair#* }" --verbose
	expect "$pair fits a terminal" awk 'length > 80 { exit 1 }' out
done

finish
