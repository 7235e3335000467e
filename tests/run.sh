#!/bin/sh
# run.sh TEST...: runs tests, which are programs or scripts. Those in the file
# `longest` run first. At a time it runs five more than there are processors,
# because most tests mostly wait (JOBS=N: N at a time). HDEPLOY is the program
# under test. A test passes with status 0; with 77 it cannot run here, and its
# last line is the reason. Each test gets its own TMPDIR and at most fourteen
# minutes (LIMIT=N: seconds). TMPDIR and all processes from it are removed
# afterwards, however run.sh itself ends.
set -eu
# Tests see the same output in every system that runs them.
unset FORCE_COLOR CLICOLOR_FORCE GITHUB_ACTIONS GITLAB_CI
here=$(cd "$(dirname "$0")" && pwd)
. "$here/support/sweep.sh"

longest_first() { # PATH...
	for path; do
		[ -f "$path" ] || {
			echo "$path: no such test" >&2
			return 1
		}
		name=$(basename "$path" .sh)
		rank=$(grep -n -x -e "$name" "$here/longest" || :)
		printf '%s %s\n' "${rank%%:*}" "$path"
	done | sed 's/^ /999 /' | sort -s -n -k 1,1 | cut -d' ' -f2-
}

count() { # LOG STATUS: "passed failed skipped"; cases, if the test has any
	case $2:$(tail -n 1 "$1") in
	77:*) echo 0 0 1 ;;
	*:[0-9]*' passed, '[0-9]*' failed') tail -n 1 "$1" |
		awk -v s="$2" '{ print $1, $3 + (s && !$3), 0 }' ;;
	0:*) echo 1 0 0 ;;
	*) echo 0 1 0 ;;
	esac
}

run_one() { # TEST, in $scratch
	name=$(basename "$1" .sh)
	TMPDIR=$(mktemp -d "$scratch/t.XXXX")
	chmod 711 "$TMPDIR" # some tests work as another user
	export TMPDIR XDG_CACHE_HOME="$TMPDIR.cache"
	began=$(date +%s)
	status=0
	shell=
	case $1 in
	*.sh) shell=$(sed -n '1s/^#!//p' "$1") ;;
	esac
	# shellcheck disable=SC2086 # "/usr/bin/env bash" is two words
	sh "$here/support/sanitized.sh" timeout --foreground -k 20 \
	    "${LIMIT:-840}" $shell "$1" >"$TMPDIR.log" 2>&1 </dev/null || status=$?
	took=$(($(date +%s) - began))s
	case $status in
	0) echo "ok       $name ($took)" ;;
	77) echo "skipped  $name: $(tail -n 1 "$TMPDIR.log")" ;;
	*)
		echo "FAILED   $name (status $status, $took), its output:"
		sed 's/^/         | /' "$TMPDIR.log"
		;;
	esac >"$TMPDIR.report"
	cat "$TMPDIR.report"
	count "$TMPDIR.log" "$status" >>"$scratch/counts"
	sweep "$TMPDIR" || :
}

# run.sh can be ended alone, even with SIGKILL, so another process waits for its
# end and sweeps. It finds the tests by "$scratch/" in their arguments.
sweep_after() { # PID
	trap '' HUP INT TERM
	while kill -0 "$1" 2>/dev/null; do sleep 0.5; done
	sweep "$scratch"
}

case ${1-} in
--one)
	run_one "$3"
	exit
	;;
--sweep)
	sweep_after "$2"
	exit
	;;
esac

[ $# -gt 0 ] || {
	echo 'run.sh: no such test' >&2
	exit 1
}
scratch=$(mktemp -d)
chmod 711 "$scratch"
export scratch
setsid sh "$0" --sweep "$$" </dev/null >/dev/null 2>&1 &
longest_first "$@" >"$scratch/tests"

cores=$(getconf _NPROCESSORS_ONLN)
xargs -P "${JOBS:-$((cores + 5))}" -I{} sh "$0" --one "$scratch/" {} \
	<"$scratch/tests"

awk '{ passed += $1; failed += $2; skipped += $3 }
	END {
		if (skipped)
			print skipped " skipped"
		print passed + 0 " passed, " failed + 0 " failed"
		exit failed || !passed
	}' "$scratch/counts"
