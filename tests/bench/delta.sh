#!/bin/bash
# delta.sh: the push of the second version of a small release, 0.1.0 to 0.2.0 of
# the fixtures, against rsync of the tarball onto the old one and of the unpacked
# trees.
#
#	COPIES=32 TIMES=3
set -u
. "$(dirname "$0")/lab.sh"
COPIES=${COPIES:-32}
bench_open "$COPIES"
cp web1/.hdeploy/tarballs/0.1.0.tar.gz old.tar.gz
hd -q push lab 0.2.0 --limit web1 >said 2>&1 || cat said
cp web1/.hdeploy/tarballs/0.2.0.tar.gz new.tar.gz
forget 0.2.0 1 1
clone
mkdir old.tree new.tree
tar -xzf old.tar.gz -C old.tree
tar -xzf new.tar.gz -C new.tree

before_delta() { # N
	forget 0.2.0 1 "$1"
	rm -rf to
	mkdir to
	# Only some of these have the old version under the new name.
	for address in $(list "$1"); do
		cp old.tar.gz "to/$address"
		cp -al old.tree "to/$address.tree"
	done
}
hdeploy_delta() { hd push lab 0.2.0 --json --limit "$(web "$1")"; }
rsync_delta() { each "$1" "exec rsync -e 'ssh $F' new.tar.gz {}:$LAB/to/{}"; }
rsync_whole_delta() {
	each "$1" "exec rsync -e 'ssh $F' new.tar.gz {}:$LAB/to/{}.new"
}
rsync_trees_delta() {
	each "$1" "exec rsync -az --delete -e 'ssh $F' \
		new.tree/ {}:$LAB/to/{}.tree"
}
# A login alone: no push can take less.
ssh_delta() { each "$1" "exec ssh $F {} true </dev/null"; }
scp_delta() { each "$1" "exec scp -q $F new.tar.gz {}:$LAB/to/{}.new"; }

# sent: what hdeploy says that it sent to a host: the largest number.
sent() {
	sed -n 's/.*"event":"step".*"step":"ship".*"sent":\([0-9]*\).*/\1/p' \
		said | sort -n | tail -n 1
}

echo "push of the second version of a release of $(wc -c <new.tar.gz) bytes."
echo 'rsync has the old tarball under that name, rsync_whole does not;'
echo 'rsync_trees compares the unpacked trees and compresses; ssh only logs in and'
echo 'runs true:'
tools='hdeploy rsync rsync_whole rsync_trees scp ssh'
for n in 1 "$COPIES"; do
	echo "$n hosts:"
	# shellcheck disable=SC2086 # words
	compare delta "$n" $tools
	text="wall of a delta push to $n hosts, against rsync"
	at_most 2 "$text of the tarball" 0.5 rsync_whole
	at_most 2 "$text of the tarball onto the old one" 0.5 rsync
done
before_delta 1
hdeploy_delta 1 >said 2>&1
verdict 2 'bytes sent to a host, as hdeploy reports them' "$(sent)" 30000

echo
echo 'bytes of one connection, counted by a proxy, with the login; those of'
echo 'hdeploy contain the text of its scripts:'
proxy_open -r 0
for name in $tools; do
	needs "$name" || continue
	before_delta 1
	proxy_lines "${name}_delta" 1
	printf '  %-14s %8.0f sent, %8.0f received\n' "$name" \
		"$(middle 1)" "$(middle 2)"
done
proxy_close
