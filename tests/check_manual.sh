#!/bin/sh
# check_manual.sh PAGE...: mandoc finds nothing to improve in the manual pages.
# Pages that they name, such as ssh(1), need not be installed.
set -eu
found=$(mandoc -T lint -W style "$@" 2>&1 |
	grep -v -e 'STYLE: referenced manual not found' \
		-e 'outdated mandoc.db lacks' || :)
[ -z "$found" ] || {
	echo "$found" >&2
	exit 1
}
