#!/bin/bash
# push.sh: the first push of a version that shares nothing with the kept
# versions, against plain copies, and against copies with the digest and the
# sync that hdeploy needs on a host.
#
#	COPIES=32 SIZE=20 (MB) TIMES=3
set -u
. "$(dirname "$0")/lab.sh"
COPIES=${COPIES:-32} SIZE=${SIZE:-20}
bench_open "$COPIES"
clone
release_of "$SIZE" big

hdeploy_proved() { hdeploy_push "$1"; }
before_proved() { before_push "$1"; }

echo "push of $SIZE MB to $COPIES hosts. The other tools only copy; hdeploy also"
echo 'reads the release, compares digests on the host and syncs its disk:'
compare push "$COPIES" hdeploy scp sftp clush rsync
at_most 1 "push of $SIZE MB to $COPIES hosts, against a copy" 1.0 \
	scp sftp clush
echo
echo 'the same; the other tools as well run sha256sum and sync on each copy:'
compare proved "$COPIES" hdeploy scp sftp clush
at_most 1 'the same, against copy + sha256sum + sync' 0.8 scp sftp clush

# The time of each part of a push, from its events.
parts() {
	awk -F '"' '
	function ms(line,    t) {
		match(line, /T[0-9][0-9]:[0-9][0-9]:[0-9][0-9][.][0-9]+/)
		t = substr(line, RSTART + 1, RLENGTH - 1)
		return ((substr(t, 1, 2) * 60 + substr(t, 4, 2)) * 60 + \
			substr(t, 7)) * 1000
	}
	/"event":"version"/ { begin = last = ms($0) }
	/"step":"pack","result":"ok"/ { pack = ms($0) }
	/"event":"plan"/ { plan = ms($0) }
	/"step":"ship".*"result":"ok"/ { ship = ms($0) }
	/"step":"record".*"result":"ok"/ { record = ms($0) }
	/"event":"summary"/ { last = ms($0) }
	END {
		printf "  read the tarball %d ms; log in, lock and facts %d;" \
			" ship %d; record %d; the rest %d\n", pack - begin,
			plan - pack, ship - plan, record - ship, last - record
	}'
}
echo
echo 'one such push, until the last host is done with each part:'
before_push "$COPIES"
hd push lab 0.2.0 --json 2>/dev/null | parts

echo
echo 'once, two tools that take long:'
TIMES=1
compare push "$COPIES" hdeploy pssh ansible
