#!/bin/sh
# Work in flight: processes that run on in the code that a change replaced.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
LAB_HOSTS=1
lab_open

# with LINE...: what deploy.ini says besides
with() {
	printf '%s\n' "$@" >"$LAB/lines"
	sed "/^path /r $LAB/lines" "$LAB/deploy.ini" >"$LAB/drain.ini"
	INI=drain.ini
}

# job: lingers in today's code of demo_server; how it ended is kept.
job() {
	lab_call 1 "persistent_term:put(ended, no), spawn(fun() ->
		{P, R} = spawn_monitor(demo_server, linger, [100000]),
		persistent_term:put(job, P),
		receive {'DOWN', R, _, _, Why} ->
			persistent_term:put(ended, Why) end end), ok." \
		>/dev/null
}

# job_ends_when TEXT: has been said
job_ends_when() {
	while ! grep -q "$1" "$LAB/out"; do sleep 0.2; done
	job_end
}

job_end() {
	lab_call 1 'persistent_term:get(job) ! stop.' >/dev/null
}

ended() { # WANTED: no, normal or killed
	equal job "$(lab_call 1 'persistent_term:get(ended).')" "$1"
}

a_short_one_is_waited_for() {
	status 0 push lab 0.1.0
	status 0 start lab
	status 0 push lab 0.2.0
	job
	job_ends_when 'waiting for their end' &
	status 0 upgrade lab 0.2.0
	said '1 process still runs the code before 0.2.0 (demo_server: <'
	said 'demo_server:linger/1): waiting for their end'
	jq -es 'map(select(.step == "drain" and .result == "ok"))[0].ms > 500' \
		"$LAB/events" >/dev/null || flunk 'it was not waited for'
	ended normal
	boots 1 0.2.0
	status 0 rollback lab
}

a_long_one_is_left_alone() {
	job
	with 'drain = 1s' 'undo = cold'
	status 6 upgrade lab 0.2.0
	said 'not undone, which would end them too; 0.2.0 runs and 0.1.0 boots'
	host 1 result broken
	runs 1 0.2.0
	boots 1 0.1.0
	ended no
}

neither_does_a_rollback_end_it() {
	with 'drain = 0s'
	status 1 rollback lab
	said 'it would be ended'
	said 'nothing was changed'
	host 1 result failed
	runs 1 0.2.0
	ended no
	job_end
	status 0 rollback lab
	ended normal
	runs 1 0.1.0
	boots 1 0.1.0
}

it_is_ended_where_it_may_be() {
	job
	with 'drain = 0s' 'old_processes = kill'
	status 0 upgrade lab 0.2.0
	said 'ended (old_processes = kill)'
	ended killed
	boots 1 0.2.0
}

# The relup of 0.3.0 has soft_purge.
what_the_relup_may_not_end_is_refused() {
	status 0 push lab 0.3.0
	job
	lab_call 1 'code:load_file(demo_server).' >/dev/null
	with 'drain = 0s'
	status 1 upgrade lab 0.3.0
	said 'processes still run code of demo_server'
	host 1 result undone
	runs 1 0.2.0
	ended no
}

and_tried_again() {
	with 'retry = 20 every 1s'
	job_ends_when '(1 of 20)' &
	status 0 upgrade lab 0.3.0
	said 'tried again in 1 s (1 of 20)'
	ended normal
	runs 1 0.3.0
	status 0 rollback lab
	status 0 rollback lab 0.1.0
}

a_way_back_that_fails_is_gone_cold_where_it_may_be() {
	with 'undo = cold' 'command.downgrade = exit 4' 'health_retries = 0' \
		"health = command bin/hotcode eval 'demo_server:get().' | grep money"
	was=$(vm_id 1)
	status 1 upgrade lab 0.2.0
	said 'going back by stop and start instead'
	host 1 result undone
	runs 1 0.1.0
	boots 1 0.1.0
	[ "$(vm_id 1)" != "$was" ] || flunk 'same VM'
}

check 'a short one is waited for' a_short_one_is_waited_for
check 'a long one is left alone' a_long_one_is_left_alone
check 'neither does a rollback end it' neither_does_a_rollback_end_it
check 'it is ended where it may be' it_is_ended_where_it_may_be
check 'what the relup may not end is refused' \
	what_the_relup_may_not_end_is_refused
check '... and tried again' and_tried_again
check 'a way back that fails is gone cold where it may be' \
	a_way_back_that_fails_is_gone_cold_where_it_may_be
check_end
