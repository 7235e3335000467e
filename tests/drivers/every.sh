#!/bin/sh
# every.sh [short]: conformance.sh for every row of tests/drivers/rows.
set -u
cd "$(dirname "$0")/../.." || exit 1
passed=0
failed=0
# shellcheck disable=SC2013 # names have no spaces
for name in $(grep -v '^#' tests/drivers/rows | cut -d' ' -f1); do
	echo "$name:"
	said=$(sh tests/drivers/conformance.sh "$name" "$@" 2>&1)
	printf '%s\n' "$said"
	counts=$(printf '%s\n' "$said" | tail -n 1 | sed -n \
		's/^\([0-9]*\) passed, \([0-9]*\) failed$/\1 \2/p')
	[ -n "$counts" ] || counts='0 1' # it broke off
	passed=$((passed + ${counts% *}))
	failed=$((failed + ${counts#* }))
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
