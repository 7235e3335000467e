#!/bin/sh
# Output that did not arrive is no success.
. "$(dirname "$0")/lib.sh"

if [ -e /dev/full ]; then
	status=0
	"$HDEPLOY" help >/dev/full 2>err || status=$?
	: >out
	expect_status "a full disk" 7
	expect "it is said" grep -q '^stdout could not be written' err
fi

status=0
"$HDEPLOY" help >&- 2>err || status=$?
: >out
expect_status "a closed stdout" 7

# The reader is gone before anything is written.
mkfifo pipe
(
	until [ -e gone ]; do sleep 0.02; done
	status=0
	"$HDEPLOY" help 2>err || status=$?
	echo "$status" >result
) >pipe &
writer=$!
: <pipe
: >gone
wait "$writer"
status=$(cat result)
expect_status "a closed pipe" 7

run help
expect "no colour without a terminal" \
	sh -c '! LC_ALL=C grep -q "[[:cntrl:]]" out'
finish
