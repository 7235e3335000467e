#!/bin/sh
# run.sh [NAME...]: runs test scripts, by default every test_*.sh of this
# folder, two at a time (JOBS=N for another number). A NAME is a path, or
# stands for test_NAME.sh here. HDEPLOY is the program under test.
# A script passes with status 0; with 77 it could not run here and its last
# line says why. Each gets its own TMPDIR, which goes away with it, and at
# most ten minutes.
set -eu
here=$(cd "$(dirname "$0")" && pwd)

find_script() { # NAME: prints its path
	for path in "$1" "$here/$1" "$here/test_$1.sh"; do
		[ ! -f "$path" ] || { echo "$path" && return; }
	done
	echo "$1: no such test" >&2
	return 1
}

run_one() { # SCRIPT, in $scratch
	name=$(basename "$1" .sh)
	TMPDIR=$(mktemp -d "$scratch/t.XXXX")
	export TMPDIR
	began=$(date +%s)
	status=0
	shell=$(sed -n '1s/^#!//p' "$1")
	# shellcheck disable=SC2086 # "/usr/bin/env bash" is two words
	timeout --foreground -k 20 600 ${shell:-/bin/sh} "$1" \
	    >"$TMPDIR.log" 2>&1 </dev/null || status=$?
	took=$(($(date +%s) - began))s
	case $status in
	0) echo "ok       $name ($took)" ;;
	77) echo "skipped  $name: $(tail -n 1 "$TMPDIR.log")" ;;
	*)
		echo "$name" >>"$scratch/failed"
		echo "FAILED   $name (status $status, $took), it said:"
		sed 's/^/         | /' "$TMPDIR.log"
		;;
	esac >"$TMPDIR.report"
	cat "$TMPDIR.report"
	echo "$status" >>"$scratch/all"
	rm -rf "$TMPDIR"
}

if [ "${1-}" = --one ]; then
	run_one "$2"
	exit
fi

if [ "${HDEPLOY:+set}" != set ]; then
	HDEPLOY=$(cd "$here/../.." && pwd)/build/hdeploy
	export HDEPLOY
fi
scratch=$(mktemp -d)
export scratch
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
[ $# -gt 0 ] || set -- "$here"/test_*.sh
: >"$scratch/all"
: >"$scratch/failed"
for name; do find_script "$name"; done >"$scratch/scripts"

xargs -P "${JOBS:-2}" -I{} sh "$0" --one {} <"$scratch/scripts"

failed=$(wc -l <"$scratch/failed")
skipped=$(grep -c '^77$' "$scratch/all" || :)
passed=$(($(wc -l <"$scratch/all") - failed - skipped))
[ "$skipped" = 0 ] || echo "$skipped skipped"
echo "$passed passed, $((failed)) failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
