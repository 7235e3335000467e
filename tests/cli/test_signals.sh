#!/bin/sh
# After the first signal the run ends in order, after a second one at once.
# shellcheck disable=SC2016 # the build's shell expands it
. "$(dirname "$0")/lib.sh"

# until_there FILE: waits up to a minute for text in FILE.
until_there() {
	tries=3000
	until [ -s "$1" ] || [ $((tries -= 1)) -eq 0 ]; do
		sleep 0.02
	done
}

write_ini 'echo $$ >started; exec sleep 60' rel
for signal in TERM HUP; do
	rm -f started
	"$HDEPLOY" build --json >out 2>err </dev/null &
	pid=$!
	until_there started
	kill -s "$signal" "$pid"
	status=0
	wait "$pid" || status=$?
	expect_status "$signal" 130
	expect_line "$signal says so" err \
		"interrupted: finishing changes in progress; interrupt again to stop at once"
	expect "$signal: the last event is a summary" jq -es \
		'.[-1].event == "summary" and .[-1].status == 130' out
	expect "$signal: the build is gone" sh -c '! kill -0 "$(cat started)" 2>/dev/null'
done

# Duplicates do not count: timeout(1) sends its signal twice, and when a
# terminal closes, both the shell and the kernel send SIGHUP.
write_ini 'trap "sleep 2; exit 1" TERM; echo $$ >started; sleep 60 & wait' rel
for signal in TERM HUP; do
	rm -f started
	"$HDEPLOY" build --json >out 2>err </dev/null &
	pid=$!
	until_there started
	kill -s "$signal" "$pid"
	until_there err
	kill -s "$signal" "$pid"
	[ "$signal" != HUP ] || { sleep 0.7 && kill -s HUP "$pid"; }
	status=0
	wait "$pid" || status=$?
	expect_status "$signal twice" 130
	expect "$signal twice: it ends in order" jq -es \
		'.[-1].event == "summary" and .[-1].status == 130' out
done

# A build that ignores SIGTERM.
write_ini 'trap "" TERM; echo $$ >started; while :; do sleep 0.1; done' rel
rm -f started
"$HDEPLOY" build >out 2>err </dev/null &
pid=$!
until_there started
kill -s TERM "$pid"
until_there err
sleep 0.7
kill -s TERM "$pid"
status=0
wait "$pid" || status=$?
expect_status "two signals" 130
expect_line "two signals: it says how it ended" err "status 130: interrupted"
expect "two signals: the build is gone" sh -c '! kill -0 "$(cat started)" 2>/dev/null'
finish
