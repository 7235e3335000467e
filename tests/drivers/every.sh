#!/bin/sh
# every.sh [short]: conformance.sh for every row of tests/drivers/rows, ROWS (3)
# at a time, because they mostly wait. short: only the first cases of every eighth
# row, and another row every day (SEED).
set -u
cd "$(dirname "$0")/../.." || exit 1
said=$(mktemp -d)
trap 'rm -rf "$said"' EXIT
seed=${SEED:-$(($(date +%s) / 86400))}
grep -v '^#' tests/drivers/rows | cut -d' ' -f1 |
	awk -v short="${1-}" -v seed="$seed" \
		'short == "" || (NR + seed) % 8 == 0' >"$said/names"
echo "SEED=$seed"
# shellcheck disable=SC2016 # for the inner shell
xargs -P "${ROWS:-3}" -I{} sh -c 'name=$1 said=$2; shift 2
	sh tests/drivers/conformance.sh "$name" "$@" >"$said/$name" 2>&1 || :' \
	sh {} "$said" "$@" <"$said/names"
passed=0
failed=0
while read -r name; do
	sed "s/^/$name: /" "$said/$name"
	counts=$(tail -n 1 "$said/$name" | sed -n \
		's/^\([0-9]*\) passed, \([0-9]*\) failed$/\1 \2/p')
	[ -n "$counts" ] || counts='0 1' # it broke off
	passed=$((passed + ${counts% *}))
	failed=$((failed + ${counts#* }))
done <"$said/names"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
