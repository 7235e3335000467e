#!/bin/sh
# Runs that are interrupted or killed: what they leave, and how the next run
# finds it.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
LAB_HOSTS=2
[ "${NIGHT-}" != yes ] || LAB_HOSTS=4 # for some of the rare cases
LAB_PATH=gate
LAB_FIRST=commit_gate

# After waits_at N commit, the commit waits before it does anything.
commit_gate() {
	mkdir "$LAB/gate"
	cat >"$LAB/gate/setsid" <<-END
		#!/bin/sh
		case \$* in
		*-commit-*/script' 'inside)
			at=$LAB/\${PWD##*/}
			[ "\$(cat "\$at.at" 2>/dev/null)" != commit ] || {
				mv "\$at.at" "\$at.waits"
				while [ -e "\$at.waits" ]; do sleep 0.1; done
			} ;;
		esac
		exec $(command -v setsid) "\$@"
	END
	chmod +x "$LAB/gate/setsid"
}
lab_open
# hdeploy gives up a server that is silent for three connect_timeouts.
sed 's|^path .*|&\nconnect_timeout = 2s\nupload_timeout = 3s|' \
	"$LAB/deploy.ini" >"$LAB/quick.ini"

# when_reached N DO...: runs DO when the control script of host N waits.
when_reached() {
	until [ -e "$LAB/web$1.waits" ]; do
		kill -0 "$run" || flunk 'it ended before that'
		sleep 0.05
	done
	reached=$LAB/web$1.waits
	shift
	"$@"
}

when_install() { # DO...
	when_reached 1 "$@"
	rm "$reached"
}

# Every control script looks for web<N>.at first. Edited once, before a release
# is unpacked and compared with it.
hook_all() {
	for n in $(seq "$LAB_HOSTS"); do lab_when "$n" none :; done
	cat >"$LAB/hook" <<-END
		#!/bin/sh
		at=$LAB/\${PWD##*/}
		[ "\$*" = "\$(cat "\$at.at" 2>/dev/null)" ] || exit 0
		mv "\$at.at" "\$at.waits"
		while [ -e "\$at.waits" ]; do sleep 0.1; done
	END
}

# waits_at N WORDS: the control script of host N waits once, when called with
# WORDS.
waits_at() {
	echo "$2" >"$LAB/web$1.at"
}

install_waits() {
	waits_at 1 'upgrade 0.2.0 --no-permanent'
}

# killed_at N WORDS OPTION...: kills a run that upgrades host N while its
# control script waits at WORDS.
killed_at() {
	n=$1
	waits_at "$n" "$2"
	shift 2
	meanwhile upgrade lab 0.2.0 --limit "web$n" "$@"
	when_reached "$n" kill -KILL "$run"
	wait "$run" || :
}

on() { # N VERSION
	runs "$1" "$2"
	boots "$1" "$2"
	nothing_left "$1"
}

# began N SCRIPT COUNT: the newest change of host N has COUNT operations of
# SCRIPT
began() {
	# shellcheck disable=SC2012
	change=$(ls -t "$LAB/web$1/.hdeploy/ops" | head -n 1)
	change=${change%%-*}
	equal "$2 on web$1" "$(find "$LAB/web$1/.hdeploy/ops" \
		-name "$change-$2-*" | wc -l)" "$3"
}

no_change() { # N: has no unfinished change
	[ ! -e "$LAB/web$1/.hdeploy/change" ] || flunk "web$1 has a journal"
}

an_interrupt_lets_the_running_host_finish() {
	status 0 push lab 0.1.0
	status 0 start lab
	hook_all
	status 0 push lab 0.2.0
	install_waits
	meanwhile upgrade lab 0.2.0
	when_install kill -TERM "$run"
	ended_with 130
	host 1 result ok
	host 2 result skipped
	on 1 0.2.0
	on 2 0.1.0
	status 0 rollback lab --limit web1
	on 1 0.1.0
}

# The connections were cut, that of web2 while it waited for its wave.
all_went_well() {
	ended_with 0
	host 1 result ok
	host 2 result ok
	said 'the operation continues on the host; connecting again'
	said 'connected again'
	began 1 install 1
	on 1 0.2.0
	on 2 0.2.0
}

cut_connections_are_opened_again() {
	install_waits
	meanwhile upgrade lab 0.2.0 --limit 'web[12]'
	when_install lab_sessions KILL
	all_went_well
	# what web1 had printed is not shown again
	printed=$(jq -rs '.[] | select(.host == "web1" and .event == "output"
		and .step == "install") | .text' "$LAB/events")
	# shellcheck disable=SC2012 # names of hdeploy's own
	newest=$(ls -dt "$LAB/web1/.hdeploy/ops"/*-install-* | head -n 1)
	equal printed "$printed" "$(cat "$newest/output")"
	status 0 rollback lab --limit 'web[12]'
}

a_frozen_server_is_left_for_another() {
	INI=quick.ini
	install_waits
	meanwhile upgrade lab 0.2.0 --limit 'web[12]'
	when_install lab_sessions STOP
	all_went_well
	lab_sessions KILL
	INI=deploy.ini
	status 0 rollback lab --limit 'web[12]'
}

interrupt_and_cut() {
	kill -TERM "$run"
	lab_sessions KILL
}

an_interrupted_run_still_ends_what_it_began() {
	install_waits
	meanwhile upgrade lab 0.2.0 --limit 'web[12]'
	when_install interrupt_and_cut
	ended_with 130
	host 1 result ok
	host 2 result skipped
	on 1 0.2.0
	on 2 0.1.0
	status 0 rollback lab --limit web1
}

insist() {
	kill -TERM "$run"
	sleep 0.7
	kill -TERM "$run"
	ended_with 130
}

a_second_interrupt_stops_at_once() {
	install_waits
	meanwhile upgrade lab 0.2.0 --limit 'web[12]'
	when_install insist
	summary 130
	host 1 result left
	said "install 0.2.0 was in progress: \`hdeploy resume lab --limit web1"
	host 2 result skipped
	status 0 run lab --limit web2 -- true
	! grep 'locked by' "$LAB/out" || flunk 'web2 was not given back'
	WAIT=0s
	status 0 resume lab
	on 1 0.2.0
	on 2 0.1.0
	status 0 rollback lab --limit web1
}

# The listener does not answer either.
vanish() {
	kill -STOP "$LAB_SSHD"
	lab_sessions KILL
}

a_host_that_stays_away_goes_on_by_itself() {
	sed 's|^path .*|&\nupgrade_timeout = 12s|' "$LAB/quick.ini" \
		>"$LAB/away.ini"
	INI=away.ini
	install_waits
	meanwhile upgrade lab 0.2.0 --limit web1
	when_install vanish
	ended_with 6
	kill -CONT "$LAB_SSHD"
	INI=deploy.ini
	host 1 result broken
	said "and the step might still run on it: run \`hdeploy status lab --limit web1"
	runs 1 0.2.0
	boots 1 0.1.0
	status 0 resume lab
	on 1 0.2.0
	status 0 rollback lab --limit web1
}

# Without --wait, and without a second attempt.
the_run_after_a_killed_one_finishes_it_or_takes_it_back() {
	killed_at 1 'upgrade 0.2.0 --no-permanent'
	killed_at 2 'upgrade 0.2.0 --no-permanent'
	status 1 status lab --limit web1
	said 'was cut off, its install still runs'
	rm "$LAB"/web[12].waits
	WAIT=1ms
	status 0 upgrade lab 0.2.0 --limit web1
	said 'that run is gone'
	on 1 0.2.0
	no_change 1
	began 1 install 1
	status 0 rollback lab --limit web2
	on 2 0.1.0
	no_change 2
	status 0 status lab
	status 0 rollback lab --limit web1
	on 1 0.1.0
}

# During install, commit, going back, and a cold upgrade.
one_resume_ends_what_killed_runs_have_left() {
	sed 's|^path .*|&\nhealth = command test ! -e releases/0.2.0/start.boot\nhealth_retries = 0|' \
		"$LAB/deploy.ini" >"$LAB/sick.ini"
	killed_at 4 stop --cold
	killed_at 1 'upgrade 0.2.0 --no-permanent'
	killed_at 2 commit
	INI=sick.ini
	killed_at 3 'upgrade 0.1.0 --no-permanent'
	INI=deploy.ini
	(
		sleep 3
		rm "$LAB"/web[1234].waits
	) &
	WAIT=1ms
	status 0 resume lab
	said 'waiting for its install to end'
	said 'its install succeeded'
	on 1 0.2.0
	on 2 0.2.0
	on 3 0.1.0
	on 4 0.2.0
	began 1 install 1
	began 3 install 2
	for n in 1 2 3 4; do no_change "$n"; done
	status 0 status lab
	status 0 resume lab
	said 'no change was cut off here'
	status 0 rollback lab --from 0.2.0
	for n in 1 2 4; do on "$n" 0.1.0; done
}

# The cold upgrade ended after its stop: nothing runs on the host.
a_rollback_takes_back_an_upgrade_that_ended_with_nothing_running() {
	killed_at 4 stop --cold
	rm "$LAB/web4.waits"
	status 0 rollback lab --limit web4
	on 4 0.1.0
	no_change 4
	status 0 status lab --limit web4
}

# kill_halves N HALF...: of the operation that runs on host N
kill_halves() {
	for op in "$LAB/web$1"/.hdeploy/ops/*/; do
		[ ! -e "$op/status" ] && read -r pid _ <"$op/pid" &&
			kill -0 "$pid" && break
	done
	shift
	for half; do
		read -r pid _ <"$op/$half"
		kill -KILL "$pid"
	done
}

# Neither the run that follows the operation nor the next run sees that.
an_operation_goes_on_without_its_outer_half() {
	waits_at 1 'upgrade 0.2.0 --no-permanent'
	meanwhile upgrade lab 0.2.0 --limit web1
	when_install kill_halves 1 pid
	ended_with 0
	on 1 0.2.0
	status 0 rollback lab --limit web1
	killed_at 1 'upgrade 0.2.0 --no-permanent'
	kill_halves 1 pid
	status 1 status lab --limit web1
	said 'its install still runs'
	(
		sleep 3
		rm "$LAB/web1.waits"
	) &
	WAIT=1ms
	status 0 resume lab --limit web1
	said 'its install succeeded'
	on 1 0.2.0
	no_change 1
	nothing_new 1
	status 0 rollback lab --limit web1
}

# The control script that the inner half called continues as well.
what_a_killed_operation_had_begun_is_waited_for() {
	killed_at 1 'upgrade 0.2.0 --no-permanent'
	kill_halves 1 pid inner
	status 1 status lab --limit web1
	said 'its install still runs'
	(
		sleep 3
		rm "$LAB/web1.waits"
	) &
	WAIT=1ms
	status 0 resume lab --limit web1
	said 'its install was killed: the result is unknown'
	on 1 0.2.0
	no_change 1
	status 0 rollback lab --limit web1
	on 1 0.1.0
	nothing_new 1
}

nothing_new() { # N: files that were not written whole
	equal "web$1 new" "$(find "$LAB/web$1/.hdeploy" -name '*.new')" ''
}

a_run_beside_an_operation_is_refused() {
	op=$LAB/web1/.hdeploy/ops/still-going
	mkdir "$op"
	echo install >"$op/name"
	echo 'sleep 60' >"$op/script"
	sh "$op/script" &
	echo "$!" >"$op/pid"
	status 4 upgrade lab 0.2.0
	said 'earlier operation still runs on the host (still-going install)'
	status 1 status lab
	said 'an operation still runs: still-going install'
	kill "$(cat "$op/pid")"
	rm -r "$op"
	on 1 0.1.0
}

check 'an interrupt lets the running host finish' \
	an_interrupt_lets_the_running_host_finish
check 'cut connections are opened again' cut_connections_are_opened_again
rarely 'a frozen server is left for another' a_frozen_server_is_left_for_another
rarely 'an interrupted run still ends what it began' \
	an_interrupted_run_still_ends_what_it_began
rarely 'a second interrupt stops at once' a_second_interrupt_stops_at_once
rarely 'a host that stays away goes on by itself' \
	a_host_that_stays_away_goes_on_by_itself
check 'the run after a killed one finishes it, or takes it back' \
	the_run_after_a_killed_one_finishes_it_or_takes_it_back
rarely 'one resume ends what killed runs have left' \
	one_resume_ends_what_killed_runs_have_left
rarely 'a rollback takes back an upgrade that ended with nothing running' \
	a_rollback_takes_back_an_upgrade_that_ended_with_nothing_running
rarely 'an operation goes on without its outer half' \
	an_operation_goes_on_without_its_outer_half
rarely 'the work of a killed operation is waited for' \
	what_a_killed_operation_had_begun_is_waited_for
check 'a run beside an operation is refused' \
	a_run_beside_an_operation_is_refused
check_end
