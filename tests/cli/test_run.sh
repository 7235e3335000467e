#!/bin/sh
# Tests leave nothing behind, in whatever way they end.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/check.sh
LAB=$(mktemp -d) || exit 1
trap 'rm -rf "$LAB"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Leaves a daemon behind and, if it can mount one, a disk.
cat >"$LAB/leaves.sh" <<-END
	#!/bin/sh
	mkdir "\$TMPDIR/a disk"
	mount -t tmpfs -o size=1m tmpfs "\$TMPDIR/a disk" 2>/dev/null
	echo 'echo \$\$ >"$LAB/daemon"; echo "\$0" >"$LAB/where"; while :; do sleep 1; done' \
		>"\$TMPDIR/daemon"
	setsid sh "\$TMPDIR/daemon" &
	while [ ! -s "$LAB/where" ]; do sleep 0.1; done
	: >"$LAB/begun"
	[ ! -e "$LAB/hangs" ] || while :; do sleep 1; done
END

begin() { # as make does
	rm -f "$LAB/daemon" "$LAB/where" "$LAB/begun"
	sh tests/run.sh "$LAB/leaves.sh" >"$LAB/out" 2>&1 &
	run=$!
}

begun() {
	until [ -e "$LAB/begun" ]; do
		kill -0 "$run" || flunk 'the run ended too early'
		sleep 0.1
	done
	daemon=$(cat "$LAB/daemon")
	folder=$(dirname "$(dirname "$(cat "$LAB/where")")")
	[ -d "$folder" ] || flunk "$folder is not a folder"
}

lives() { # PID: is not gone and not a zombie
	[ -n "$(tr -d '\0' 2>/dev/null <"/proc/$1/cmdline")" ]
}

gone() { # waits up to a minute
	naps=0
	while lives "$daemon" || [ -e "$folder" ]; do
		naps=$((naps + 1))
		[ "$naps" -lt 600 ] || flunk "$folder, process $daemon"
		sleep 0.1
	done
}

leftovers_of_a_test_are_ended() {
	rm -f "$LAB/hangs"
	begin
	wait "$run" || flunk 'the run failed'
	daemon=$(cat "$LAB/daemon")
	! lives "$daemon" || flunk 'its daemon lives'
	folder=$(dirname "$(dirname "$(cat "$LAB/where")")")
	gone
}

leftovers_of_a_test_at_its_limit_are_ended() {
	: >"$LAB/hangs"
	LIMIT=2
	export LIMIT
	begin
	unset LIMIT
	! wait "$run" || flunk 'the run passed'
	grep -q 'FAILED .*status 124' "$LAB/out" || flunk 'not ended by its limit'
	! lives "$(cat "$LAB/daemon")" || flunk 'its daemon lives'
}

leftovers_go_if_the_tests_get() { # SIGNAL
	: >"$LAB/hangs"
	begin
	begun
	kill "-$1" "$run"
	wait "$run" || :
	gone
	! pgrep -f "$LAB/leaves.sh" || flunk 'the test lives'
}

terminated() {
	leftovers_go_if_the_tests_get TERM
}

killed() {
	leftovers_go_if_the_tests_get KILL
}

check 'leftovers of a test are ended' leftovers_of_a_test_are_ended
check 'leftovers of a test at its limit are ended' \
	leftovers_of_a_test_at_its_limit_are_ended
check 'leftovers of terminated tests are ended' terminated
check 'leftovers of killed tests are ended' killed
check_end
