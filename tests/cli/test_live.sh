#!/bin/sh
# Live lines are for people at a terminal that can show them, and leave
# nothing of themselves behind.
# shellcheck disable=SC2016 # the build's shell expands it
. "$(dirname "$0")/lib.sh"
unset CI

if ! script -qec true /dev/null >/dev/null 2>&1 </dev/null; then
	echo "there is no script(1) of util-linux here"
	exit 77
fi

# at_a_terminal VARIABLE=VALUE... ARGUMENT...: leaves $status and the file out.
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
expect "it is drawn" grep -q "^build  0s$escape\[K" out
expect "it goes up again" grep -q "${escape}\[1A" out
expect "no other control sequences" sh -c \
	"! sed 's/$escape\[[0-9]*[AJKm]//g' out | grep -q '$escape'"
# What was drawn last is erased before the end is told.
sed "s/.*$escape\[J//" out | sed "s/$escape\[[0-9]*[Km]//g" |
	grep -v '^build  [01]s$' >end
expect "its output stands there" grep -qx '| two' end
expect "the last line is the verdict" sh -c \
	'tail -n 1 end | grep -q "^status 7: failed on this machine"'

at_a_terminal TERM=xterm NO_COLOR=1 "$HDEPLOY" build
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

# An interruption is told once, and the end is in order.
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
expect "it is told once" [ "$(grep -c '^.*interrupted: finishing' out)" = 1 ]
finish
