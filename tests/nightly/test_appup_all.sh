#!/bin/sh
# All kinds of change that tests/support/appup.sh lists: the draft leads a real
# node to the new code and back, or says what a person must write.
cd "$(dirname "$0")/../.." || exit 1
. tests/support/check.sh
. tests/support/appup.sh
HDEPLOY=${HDEPLOY:-$PWD/build/hdeploy}
LAB=$(mktemp -d)
trap 'rm -rf "$LAB"' EXIT

drafted() {
	appup 0 old new
	appup_table >"$LAB/rows"
	equal rows "$(cut -d' ' -f1 "$LAB/rows" | sort)" \
		"$(ls tests/fixtures/appups)"
	appup_rows <"$LAB/rows"
}

# damaged KIND STATUS TEXT: a module of the new release
damaged() {
	rm -rf "$LAB/bad" "$LAB/appup"
	cp -a "$LAB/new" "$LAB/bad"
	escript tests/support/appup_hostile.escript \
		"$LAB/bad/lib/state-2/ebin/state_server.beam" "$1"
	appup "$2" old bad
	said "$3"
}

hostile() {
	rm -f "$LAB/new/lib/state-2/ebin/state.appup"
	damaged truncated 4 'state_server.beam is not a compiled module'
	damaged huge 4 'state_server.beam is larger than 32 MiB'
	damaged bomb 4 'state_server.beam is larger than 32 MiB'
	damaged literals 4 'state_server.beam is larger than 32 MiB'
	damaged renamed 4 'contains the module state_server_other'
	damaged code 4 'cannot read the code in NEW/lib/state-2/ebin/state_server.beam'
	damaged bare 0 'state_server: its state changes from #{money => _} to #{salary => _}'
}

# shellcheck disable=SC2119 # all rows
appup_open || exit 1
check "every kind of change leads to the new code, or says what is missing" \
	drafted
check "damaged and hostile modules are refused" hostile
check_end
