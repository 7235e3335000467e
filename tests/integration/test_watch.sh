#!/bin/sh
# status --watch over real connections: what changes, what breaks, what it costs.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
LAB_HOSTS=3
. tests/support/unreachable.sh
unreachable_open
unset CI

# changes N: "NAME BEFORE AFTER" of host N, a line each
changes() {
	jq -rs --arg h "web$1" 'map(select(.event == "change" and
		.host == $h)) | map("\(.name) \(.before) \(.after)") |
		join("\n")' "$LAB/events"
}

passes() {
	grep -c '^{"event":"pass"' "$LAB/events"
}

# Waits for N passes more, which were asked from now on.
more_passes() {
	wanted_passes=$(($(passes) + $1))
	until [ "$(passes)" -ge "$wanted_passes" ]; do
		kill -0 "$run" || flunk 'it ended'
		sleep 0.1
	done
}

meanwhile_do() { # STATUS ARG...: another run
	other=$1
	shift
	got=0
	hd "$@" >"$LAB/other" 2>&1 || got=$?
	equal "$*" "$got" "$other"
}

changes_are_told() {
	once_said '  3 of 3 answered'
	meanwhile_do 0 upgrade lab 0.2.0 --limit web1
	once_said 'running 0.1.0 -> 0.2.0'
	meanwhile_do 0 stop lab --limit web2
	once_said '  web2  ok -> failed, running 0.1.0 -> nothing: '
}

passes_need_one_login() {
	before=$(grep -c Accepted "$LAB/ssh/log")
	more_passes 2
	equal logins "$(grep -c Accepted "$LAB/ssh/log")" "$before"
}

broken_connections_are_opened_again() {
	lab_sessions KILL "$(sshd_of 3)"
	more_passes 2
	equal changes "$(changes 3)" ''
}

a_frozen_host_does_not_delay_the_others() {
	frozen 3
	lab_sessions KILL "$(sshd_of 3)"
	once_said '  web3  ok -> unreachable: '
	meanwhile_do 0 start lab --limit web2
	once_said 'running nothing -> 0.1.0'
	once_said '  web2  failed -> ok'
	equal 'web3 now' "$(changes 3)" 'result ok unreachable'
	well 3
	once_said '  web3  unreachable -> ok'
	equal 'web3 again' "$(changes 3)" 'result ok unreachable
result unreachable ok'
}

it_tells_what_changes_and_survives_what_breaks() {
	status 0 deploy lab 0.1.0
	said 'wave 1 of 3 took '
	said '; less than a minute left'
	grep -q '^wave 3 of 3 took [0-9.ms]*$' "$LAB/out" || flunk 'no last wave'
	equal waves "$(jq -rs 'map(select(.event == "wave")) |
		map("\(.number) \(has("left_ms"))") | join(", ")' \
		"$LAB/events")" '1 true, 2 true, 3 false'
	status 0 push lab 0.2.0 --limit web1
	meanwhile status lab --watch 1s
	changes_are_told
	passes_need_one_login
	broken_connections_are_opened_again
	a_frozen_host_does_not_delay_the_others
	kill -TERM "$run"
	ended_with 0
	summary 0
	host 1 after 0.2.0
	! grep -q interrupted "$LAB/out" || flunk 'it is called interrupted'
	equal sessions "$(pgrep -P "$(sshd_of 1)")" ''
}

its_status_is_that_of_the_last_pass() {
	meanwhile_do 0 stop lab --limit web1
	meanwhile status lab --watch 1s
	once_said 'web1  -'
	kill -TERM "$run"
	ended_with 1
	summary 1
}

# The reader ends after the first line. A host is down, which is worse.
a_closed_pipe_ends_it() {
	{
		got=0
		hd status lab --watch 1s -v 2>"$LAB/out" || got=$?
		echo "$got" >"$LAB/got"
	} | head -n 1 >/dev/null
	equal status "$(cat "$LAB/got")" 1
	said 'cannot write to stdout'
}

# A terminal shows one table in place: each frame goes back to its top.
a_terminal_shows_the_table_in_place() {
	escape=$(printf '\033')
	script -qec "env TERM=xterm $HDEPLOY -f $LAB/deploy.ini status lab \
		--watch 1s & pid=\$!; until [ -e $LAB/enough ]; do sleep 0.1; done
		kill -TERM \$pid; wait \$pid" /dev/null \
		>"$LAB/typescript" </dev/null &
	run=$!
	until [ "$(grep -c 'answered in' "$LAB/typescript")" -gt 2 ]; do
		sleep 0.1
	done
	touch "$LAB/enough"
	ended_with 1
	tr -d '\r' <"$LAB/typescript" >"$LAB/out"
	said "3 of 3 answered in"
	grep -q "${escape}\[[0-9]*A" "$LAB/out" || flunk 'not in place'
	sed "s/.*$escape\[J//; s/$escape\[[0-9;]*m//g" "$LAB/out" |
		tail -n 12 >"$LAB/end"
	! grep -q 'answered in' "$LAB/end" || flunk 'the table was left'
	equal 'last line' "$(tail -n 1 "$LAB/end")" \
		'status 1: failed, or something is wrong: see each host'
}

check 'it tells what changes and survives what breaks' \
	it_tells_what_changes_and_survives_what_breaks
check 'its status is that of the last pass' \
	its_status_is_that_of_the_last_pass
check 'a closed pipe ends it' a_closed_pipe_ends_it
check 'a terminal shows the table in place' \
	a_terminal_shows_the_table_in_place
check_end
