#!/bin/sh
# A user's command on every host.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
LAB_HOSTS=2
lab_open

before_a_push_there_is_nowhere_to_run() {
	status 4 run lab true
	said 'no release here'
}

# shellcheck disable=SC2016 # for the host
it_runs_in_the_root_with_the_environment() {
	status 0 push lab 0.1.0
	status 0 run lab -- 'pwd; echo "$NODE_NAME"; echo to stderr >&2'
	for n in 1 2; do
		said "web$n  | $LAB/web$n"
		said "web$n  | web$n@127.0.0.1"
		said "web$n  | to stderr"
	done
	jq -es 'any(.event == "output" and .host == "web2" and
		.step == "run" and .text == "to stderr")' "$LAB/events" \
		>/dev/null || flunk 'no output event'
}

# shellcheck disable=SC2016 # for the host
one_failure_hides_no_other_result() {
	status 1 run lab -- 'case $PWD in *web1) exit 3 ;; esac; echo fine'
	host 1 result failed
	host 2 result ok
	said 'exit status 3'
	said 'web2  | fine'
}

words_are_joined_and_quiet_still_shows_the_output() {
	status 0 run -q lab --limit web1 -- echo one -n two
	said 'web1  | one -n two'
}

a_command_names_the_hosts_and_a_group_selects_them() {
	sed -n 's/^host = //p' "$LAB/deploy.ini" >"$LAB/hosts"
	sed "s|^host = web1 .*|hosts = command cat $LAB/hosts\\
group.second = web2\\
canary = second|; /^host = /d" "$LAB/deploy.ini" >"$LAB/asked.ini"
	INI=asked.ini
	status 0 run lab -- pwd
	said "web1  | $LAB/web1"
	said "web2  | $LAB/web2"
	status 0 run lab --limit second -- pwd
	said "web2  | $LAB/web2"
	! grep -q '^web1  |' "$LAB/out" || flunk 'ran on web1'
	echo 'web1 -x' >"$LAB/hosts"
	status 2 run lab -- pwd
	said "line 1 of \`cat"
}

it_cannot_outlive_its_time() {
	sed 's|^path .*|&\nupgrade_timeout = 2s|' "$LAB/deploy.ini" \
		>"$LAB/short.ini"
	INI=short.ini
	mine=99$LAB_PORT # nobody else sleeps for that time
	status 1 run lab --limit web1 sleep "$mine"
	said 'not done within 2 s'
	equal sleeps "$(pgrep -f "^sleep $mine\$")" ''
}

check 'before a push there is nowhere to run' \
	before_a_push_there_is_nowhere_to_run
check 'it runs in the root, with the environment' \
	it_runs_in_the_root_with_the_environment
check 'one failure hides no other result' one_failure_hides_no_other_result
check 'words are joined, and -q still shows the output' \
	words_are_joined_and_quiet_still_shows_the_output
check 'a command names the hosts, and a group selects them' \
	a_command_names_the_hosts_and_a_group_selects_them
check 'it cannot outlive its time' it_cannot_outlive_its_time
check_end
