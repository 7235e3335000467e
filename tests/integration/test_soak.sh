#!/bin/sh
# A change soaks before it counts, and perhaps needs a new connection.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
LAB_HOSTS=1
lab_open
sed 's/^path .*/&\nsoak = 6s/' "$LAB/deploy.ini" >"$LAB/soak.ini"
sed 's/^path .*/&\nconfirm = new_connection\nconnect_timeout = 3s\
connect_retries = 0/' "$LAB/deploy.ini" >"$LAB/confirm.ini"
sed "/^\[lab\]/a hook.before_host = local kill \$(cat $LAB/sshd)" \
	"$LAB/confirm.ini" >"$LAB/deaf.ini"
INI=soak.ini

in_soak() { # returns when an upgrade soaks
	meanwhile upgrade lab 0.2.0
	once_said 'soak 0.2.0 ...'
}

a_change_that_holds_counts_after_its_soak() {
	status 0 push lab 0.1.0
	status 0 start lab
	status 0 push lab 0.2.0
	was=$(vm_id 1)
	in_soak
	runs 1 0.2.0
	boots 1 0.1.0
	layout 1
	ended_with 0
	jq -es 'map(select(.step == "soak" and .result == "ok"))[0].ms >= 6000' \
		"$LAB/events" >/dev/null || flunk 'it did not last'
	boots 1 0.2.0
	equal vm "$(vm_id 1)" "$was"
	status 0 rollback lab
}

a_crash_in_the_soak_is_caught() {
	in_soak
	sleep 2
	kill -9 "$(lab_beams "$LAB/web1")"
	ended_with 1
	host 1 result undone
	runs 1 0.1.0
	boots 1 0.1.0
}

# its_lock_is_over: waits until the lock of a run that is gone ends
its_lock_is_over() {
	until [ "$(sed -n 's/^expires //p' "$LAB"/web1/.hdeploy/lock.* |
		sort -n | tail -n 1)" -lt "$(date +%s)" ]; do
		sleep 0.5
	done
}

a_run_that_is_killed_leaves_no_third_state() {
	lab_job 1
	in_soak
	kill -9 "$run"
	ended_with 137
	was=$(vm_id 1)
	its_lock_is_over
	sleep 5
	runs 1 0.2.0
	status 1 status lab
	said 'the host will go back to 0.1.0 by itself'
	equal 'work in flight' "$(lab_job_ended 1)" no
	lab_job_end 1
	naps=0
	until (runs 1 0.1.0) >/dev/null 2>&1; do
		naps=$((naps + 1))
		[ "$naps" -lt 600 ] || flunk 'it did not go back'
		sleep 0.1
	done
	equal vm "$(vm_id 1)" "$was"
	boots 1 0.1.0
	INI=deploy.ini
	status 0 resume lab
	said 'no change was cut off here'
	status 0 upgrade lab 0.2.0
	status 0 history lab
	said 'undone, by this host itself'
	status 0 rollback lab
}

# kill_watcher: kills the process that reverts
kill_watcher() {
	read -r pid _ <"$LAB/web1/.hdeploy/watcher"
	kill -9 "$pid"
}

a_watcher_that_is_killed_stops_no_run_and_is_not_said_to_wait() {
	in_soak
	kill_watcher
	ended_with 0
	boots 1 0.2.0
	status 0 rollback lab
	in_soak
	kill_watcher
	kill -9 "$run"
	ended_with 137
	its_lock_is_over
	status 1 status lab
	said 'was cut off after'
	! grep -q 'by itself' "$LAB/out" || flunk 'nobody goes back'
	INI=deploy.ini
	status 0 resume lab
	runs 1 0.2.0
	boots 1 0.2.0
	status 0 status lab
	status 0 rollback lab
}

# The watcher is killed in the middle; the control script that it called
# continues.
a_watcher_that_is_killed_going_back_keeps_the_lock_to_its_end() {
	in_soak
	cp -p "$LAB/web1/bin/hotcode" "$LAB/control"
	sed -i "1a [ \"\$*\" != 'upgrade 0.1.0 --no-permanent' ] || {\n\
: >$LAB/waits; while [ -e $LAB/waits ]; do sleep 0.1; done; }" \
		"$LAB/web1/bin/hotcode"
	kill -9 "$run"
	ended_with 137
	until [ -e "$LAB/waits" ]; do sleep 0.1; done
	layout 1
	kill_watcher
	WAIT=0s
	INI=deploy.ini
	meanwhile resume lab
	once_said 'this host itself: reverting to 0.1.0'
	once_said 'waiting briefly'
	cp -p "$LAB/control" "$LAB/web1/bin/hotcode"
	rm "$LAB/waits"
	ended_with 0
	runs 1 0.2.0
	boots 1 0.2.0
	status 0 status lab
	status 0 rollback lab
}

an_interruption_in_the_soak_goes_back() {
	in_soak
	kill -TERM "$run"
	ended_with 130
	host 1 result undone
	runs 1 0.1.0
	boots 1 0.1.0
}

# sshd dies before the change begins, and with it only the way in for others.
a_host_that_lets_nobody_in_any_more_goes_back() {
	echo "$LAB_SSHD" >"$LAB/sshd"
	INI=deaf.ini
	was=$(vm_id 1)
	status 1 upgrade lab 0.2.0
	host 1 result undone
	host 1 mode hot
	said 'connect anew 0.2.0: cannot connect'
	said 'undone: runs and boots 0.1.0'
	lab_sshd_run
	echo "$LAB_SSHD" >"$LAB/sshd"
	runs 1 0.1.0
	boots 1 0.1.0
	equal vm "$(vm_id 1)" "$was"
}

a_host_that_lets_the_run_in_again_keeps_the_version() {
	INI=confirm.ini
	status 0 upgrade lab 0.2.0
	boots 1 0.2.0
	jq -es 'map(select(.step != null and .result == "ok") | .step) |
		index("connect anew") + 1 == index("make permanent")' \
		"$LAB/events" >/dev/null || flunk 'it came at another time'
	status 0 rollback lab
}

a_host_that_loses_its_network_goes_back_by_itself() {
	read -r sshd <"$LAB/sshd"
	sed '/^path /a client_alive = 15s\
soak = 5s' "$LAB/confirm.ini" >"$LAB/alone.ini"
	INI=alone.ini
	in_soak
	kill -STOP "$sshd"
	lab_sessions KILL "$sshd"
	until (runs 1 0.1.0) >/dev/null 2>&1; do
		kill -0 "$run" || flunk 'the run ended first'
		sleep 0.1
	done
	kill -CONT "$sshd"
	ended_with 1
	host 1 result undone
	runs 1 0.1.0
	boots 1 0.1.0
	INI=confirm.ini
	status 0 status lab
}

check 'a change that holds counts after its soak' \
	a_change_that_holds_counts_after_its_soak
check 'a crash in the soak is caught' a_crash_in_the_soak_is_caught
check 'a run that is killed leaves no third state' \
	a_run_that_is_killed_leaves_no_third_state
rarely 'a watcher that is killed stops no run and is not said to wait' \
	a_watcher_that_is_killed_stops_no_run_and_is_not_said_to_wait
rarely 'a watcher that is killed going back keeps the lock to its end' \
	a_watcher_that_is_killed_going_back_keeps_the_lock_to_its_end
check 'an interruption in the soak goes back' \
	an_interruption_in_the_soak_goes_back
check 'a host that lets nobody in any more goes back' \
	a_host_that_lets_nobody_in_any_more_goes_back
rarely 'a host that lets the run in again keeps the version' \
	a_host_that_lets_the_run_in_again_keeps_the_version
rarely 'a host that loses its network goes back by itself' \
	a_host_that_loses_its_network_goes_back_by_itself
check_end
