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

count() { # LOG STATUS: "passed failed skipped", of its cases if it has some
	case $2:$(tail -n 1 "$1") in
	77:*) echo 0 0 1 ;;
	*:[0-9]*' passed, '[0-9]*' failed') tail -n 1 "$1" |
		awk -v s="$2" '{ print $1, $3 + (s && !$3), 0 }' ;;
	0:*) echo 1 0 0 ;;
	*) echo 0 1 0 ;;
	esac
}

run_one() { # SCRIPT, in $scratch
	name=$(basename "$1" .sh)
	TMPDIR=$(mktemp -d "$scratch/t.XXXX")
	chmod 711 "$TMPDIR" # a test may work as another user
	export TMPDIR
	began=$(date +%s)
	status=0
	shell=$(sed -n '1s/^#!//p' "$1")
	# shellcheck disable=SC2086 # "/usr/bin/env bash" is two words
	sh "$here/../support/sanitized.sh" timeout --foreground -k 20 600 \
	    ${shell:-/bin/sh} "$1" >"$TMPDIR.log" 2>&1 </dev/null || status=$?
	took=$(($(date +%s) - began))s
	case $status in
	0) echo "ok       $name ($took)" ;;
	77) echo "skipped  $name: $(tail -n 1 "$TMPDIR.log")" ;;
	*)
		echo "FAILED   $name (status $status, $took), it said:"
		sed 's/^/         | /' "$TMPDIR.log"
		;;
	esac >"$TMPDIR.report"
	cat "$TMPDIR.report"
	count "$TMPDIR.log" "$status" >>"$scratch/counts"
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
chmod 711 "$scratch"
export scratch
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
[ $# -gt 0 ] || set -- "$here"/test_*.sh
for name; do find_script "$name"; done >"$scratch/scripts"

xargs -P "${JOBS:-2}" -I{} sh "$0" --one {} <"$scratch/scripts"

awk '{ passed += $1; failed += $2; skipped += $3 }
	END {
		if (skipped)
			print skipped " skipped"
		print passed + 0 " passed, " failed + 0 " failed"
		exit failed || !passed
	}' "$scratch/counts"
