#!/bin/sh
# Work in flight: processes that still run the code that a change replaced.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
LAB_HOSTS=1
lab_open

# with LINE...: adds lines to deploy.ini
with() {
	printf '%s\n' "$@" >"$LAB/lines"
	sed "/^path /r $LAB/lines" "$LAB/deploy.ini" >"$LAB/drain.ini"
	INI=drain.ini
}

# job_ends_when TEXT: ends the job when TEXT was printed
job_ends_when() {
	while ! grep -q "$1" "$LAB/out"; do sleep 0.2; done
	lab_job_end 1
}

ended() { # WANTED
	equal job "$(lab_job_ended 1)" "$1"
}

a_long_one_is_left_alone() {
	status 0 push lab 0.1.0
	status 0 start lab
	status 0 push lab 0.2.0
	lab_job 1
	with 'drain = 1s' 'undo = cold' 'soak = 1s' 'hook.on_failure = remote true'
	status 6 upgrade lab 0.2.0
	said '1 process still runs code that 0.2.0 replaced (demo_server: <'
	said 'demo_server:linger/1): waiting for it to end'
	said 'not undone: that would end those processes too; 0.2.0 runs and 0.1.0 boots'
	said "goes back; without either, the host goes back by itself"
	[ -e "$LAB/web1/.hdeploy/watching" ] || flunk 'it does not'
	host 1 result broken
	runs 1 0.2.0
	boots 1 0.1.0
	ended no
}

neither_does_a_rollback_end_it() {
	with 'drain = 0s'
	status 6 rollback lab
	said 'the next step would end it'
	said 'nothing was changed: 0.2.0 runs and 0.1.0 boots; try again when'
	host 1 result broken
	runs 1 0.2.0
	ended no
}

a_short_one_is_waited_for() {
	job_ends_when 'waiting for it to end' &
	status 0 upgrade lab 0.2.0
	ended normal
	runs 1 0.2.0
	boots 1 0.2.0
}

# The relup of 0.3.0 has soft_purge. Code that is loaded again becomes old code
# too.
what_the_relup_may_not_end_is_refused() {
	status 0 push lab 0.3.0
	lab_job 1
	lab_call 1 'code:load_file(demo_server).' >/dev/null
	with 'drain = 0s'
	status 4 upgrade lab 0.3.0
	said 'refuses it while it finds 1 process that runs old code of demo_server'
	host 1 verdict refused
	runs 1 0.2.0
	ended no
}

and_tried_again() {
	with 'retry = 100 every 1s'
	job_ends_when '(1 of 100)' &
	status 0 upgrade lab 0.3.0
	ended normal
	runs 1 0.3.0
}

it_is_ended_where_it_may_be() {
	lab_job 1
	lab_call 1 'code:load_file(demo_server).' >/dev/null
	with 'drain = 0s' 'old_processes = kill'
	status 0 rollback lab
	said 'ending them (old_processes = kill)'
	ended killed
	runs 1 0.2.0
	boots 1 0.2.0
}

a_way_back_that_fails_is_gone_cold_where_it_may_be() {
	with 'undo = cold' 'command.downgrade = exit 4' 'health_retries = 0' \
		"health = command bin/hotcode eval 'demo_server:version().' | grep 0.2.0"
	was=$(vm_id 1)
	status 1 upgrade lab 0.3.0
	said 'going back by stop and start instead'
	host 1 result undone
	runs 1 0.2.0
	boots 1 0.2.0
	[ "$(vm_id 1)" != "$was" ] || flunk 'same VM'
}

check 'a long one is left alone' a_long_one_is_left_alone
check 'neither does a rollback end it' neither_does_a_rollback_end_it
check 'a short one is waited for' a_short_one_is_waited_for
check 'a process that the relup must not end is refused' \
	what_the_relup_may_not_end_is_refused
check '... and tried again' and_tried_again
check 'it is ended where it may be' it_is_ended_where_it_may_be
rarely 'a way back that fails is gone cold where it may be' \
	a_way_back_that_fails_is_gone_cold_where_it_may_be
check_end
