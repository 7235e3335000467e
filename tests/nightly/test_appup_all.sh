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

# shellcheck disable=SC2119 # all rows
appup_open || exit 1
check "every kind of change leads to the new code, or says what is missing" \
	drafted
check_end
