#!/bin/sh
# A run whose output is lost does not succeed.
# shellcheck disable=SC2016 # must not be expanded
. "$(dirname "$0")/lib.sh"

if [ -e /dev/full ]; then
	status=0
	"$HDEPLOY" help >/dev/full 2>err || status=$?
	: >out
	expect_status "a full disk" 7
	expect "it says so" grep -q '^cannot write to stdout' err
fi

status=0
"$HDEPLOY" help >&- 2>err || status=$?
: >out
expect_status "a closed stdout" 7

# The reader ends before anything is written.
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

# Unreachable hosts stop a run, which names the command that leaves them out.
cat >deploy.ini <<EOF
[app]
name    = hotcode
release = rel
[prod]
path = $scratch/{host}
host = web[1-4] 127.0.0.[1-4]:9
host = db 127.0.0.9:9
host = here localhost
[prod:here]
connection = local
EOF
run resume prod --cold --limit '!web4'
expect_status "hosts that cannot be reached" 3
expect_line "the command without these hosts" err "4 of 5 hosts cannot be reached, so\
 no host is changed; \`hdeploy resume prod --cold --limit '!web4,!web[1-3],!db'\`\
 continues without them"
expect "their common reason is shown once" sh -c \
	'[ "$(grep -c "cannot connect" out)" = 1 ]'
expect_line "with all their names" out \
	'web[1-3], db unreachable: cannot connect to {host} port 9: Connection refused (4 attempts)'
# Run the advised command in a shell.
sed -n 's/.*`hdeploy \(.*\)`.*/\1/p' err | head -n 1 >advised
eval "run $(cat advised)"
expect_status "the command that was advised" 0
mkdir here
run run prod -- secret
expect "a command is not repeated" sh -c '! grep -q secret err'
expect "its limit is repeated" grep -qF "\`--limit '!web[1-4],!db'\` continues" err
run status prod
expect "status does not stop" sh -c '! grep -q "continues without" err'

run help
expect "no colour without a terminal" \
	sh -c '! LC_ALL=C grep -q "[[:cntrl:]]" out'
finish
