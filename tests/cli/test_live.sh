#!/bin/sh
# Live lines appear only on a capable terminal and leave no remains on it.
# shellcheck disable=SC2016 # the build's shell expands it
. "$(dirname "$0")/lib.sh"
unset CI

if ! script -qec true /dev/null >/dev/null 2>&1 </dev/null; then
	echo "needs script(1) of util-linux"
	exit 77
fi

# at_a_terminal VARIABLE=VALUE... ARGUMENT...: sets $status, writes out.
at_a_terminal() {
	set -- env "$@"
	status=0
	script -qec "$*" /dev/null </dev/null >typescript || status=$?
	tr -d '\r' <typescript >out
	: >err
}

escape=$(printf '\033')
has_escapes() {
	grep -q "$escape" out
}

write_ini 'echo one; sleep 1; echo two; exit 3' rel
at_a_terminal TERM=xterm "$HDEPLOY" build
expect_status "a build at a terminal" 7
expect "the block is drawn" grep -q "^build  0s$escape\[K" out
expect "the cursor moves up again" grep -q "${escape}\[1A" out
expect "no other control sequences" sh -c \
	"! sed 's/$escape\[[0-9]*[AJKm]//g' out | grep -q '$escape'"
# The last block is erased before the summary is printed.
sed "s/.*$escape\[J//" out | sed "s/$escape\[[0-9]*[Km]//g" |
	grep -v '^build  [01]s$' >end
expect "its output remains" grep -qx '| two' end
expect "the last line is the verdict" sh -c \
	'tail -n 1 end | grep -q "^status 7: failed on this machine"'

at_a_terminal TERM=xterm NO_COLOR=1 FORCE_COLOR=1 "$HDEPLOY" build
expect "live without colours" has_escapes
expect "no colours" sh -c "! grep -q '$escape\[[0-9]*m' out"

for plain in 'TERM=dumb' 'TERM=' 'TERM=xterm CI=true'; do
	# shellcheck disable=SC2086
	at_a_terminal $plain "$HDEPLOY" build
	expect_status "$plain" 7
	expect "$plain: plain" sh -c "! grep -q '$escape\[[0-9]*[AJK]' out"
done
for option in --plain --verbose --quiet; do
	at_a_terminal TERM=xterm "$HDEPLOY" build "$option"
	expect "$option: plain" sh -c "! grep -q '$escape\[[0-9]*[AJK]' out"
done
TERM=xterm run build
expect "a pipe: plain" sh -c "! grep -q '$escape' out"

for force in FORCE_COLOR=1 CLICOLOR_FORCE=1 FORCE_COLOR=true; do
	status=0
	env "$force" "$HDEPLOY" build >out 2>err </dev/null || status=$?
	cat err >>out
	expect "$force: colours in a pipe" grep -q "$escape\[31mfailed" out
	expect "$force: nothing else" sh -c "! grep -q '$escape\[[0-9]*[AJK]' out"
done
for force in FORCE_COLOR=0 CLICOLOR_FORCE=0 FORCE_COLOR= \
	'FORCE_COLOR=1 NO_COLOR=1'; do
	status=0
	# shellcheck disable=SC2086 # two assignments
	env $force "$HDEPLOY" build >out 2>&1 </dev/null || status=$?
	expect "$force: no colours" sh -c "! grep -q '$escape' out"
done

# An interruption is announced once, and the run ends in order.
write_ini 'echo $$ >started; exec sleep 60' rel
script -qec "env TERM=xterm $HDEPLOY build" /dev/null </dev/null >typescript &
pid=$!
tries=3000
until [ -s started ] || [ $((tries -= 1)) -eq 0 ]; do
	sleep 0.02
done
kill -s TERM "$(cut -d' ' -f4 "/proc/$(cat started)/stat")"
status=0
wait "$pid" || status=$?
tr -d '\r' <typescript >out
expect_status "interrupted at a terminal" 130
expect "it is announced once" [ "$(grep -c '^.*interrupted: finishing' out)" = 1 ]
finish
