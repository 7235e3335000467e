#!/bin/bash
# bench.sh: compares hdeploy with clush, pdsh, parallel-ssh, ansible, scp, sftp
# and rsync, as far as they are installed, and prints for each criterion of
# docs/performance.md whether it is met. This is not a test: its exit status does
# not depend on the numbers.
#
#	BENCH='push far'  only these parts; each is a script of this folder
#	LIMIT=420         seconds after which a part is ended
#	TOTAL=1500        seconds for all parts
set -u
cd "$(dirname "$0")/../.." || exit 1
PARTS='status push delta pack trips hot store far fleet'
LIMIT=${LIMIT:-420} TOTAL=${TOTAL:-1500}

. tests/bench/peers.sh
verdicts=$(mktemp) || exit 1
trap 'rm -f "$verdicts"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
for part in ${BENCH:-$PARTS}; do
	[ -f "tests/bench/$part.sh" ] || {
		echo "bench: there is no part $part: $PARTS" >&2
		exit 2
	}
done

echo "costs of hdeploy: $(nproc) processors, $(uname -sm), load" \
	"$(cut -d' ' -f1 /proc/loadavg) at the beginning"
name_missing ssh scp sftp rsync clush pdsh pssh ansible nginx
for part in ${BENCH:-$PARTS}; do
	printf '\n== %s\n' "$part"
	begin=$SECONDS
	left=$((TOTAL - begin))
	[ "$left" -gt 10 ] || {
		echo "$part: no time left: make bench BENCH=$part"
		continue
	}
	VERDICTS=$verdicts timeout --foreground -k 60 \
		$((left < LIMIT ? left : LIMIT)) \
		bash "tests/bench/$part.sh"
	status=$?
	[ "$status" = 0 ] || echo "$part: status $status" |
		sed 's/status 124/ended after its time limit/'
	echo "== $part: $((SECONDS - begin)) s"
done
printf '\n'
cat "$verdicts"
