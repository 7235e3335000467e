#!/bin/sh
# Upgrades that fail in each known way: hdeploy notices, and ends cleanly.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
LAB_HOSTS=2
lab_open

ready() { # VERSION [OPTION]: hosts run 0.1.0, VERSION is pushed
	(runs 1 0.1.0 && runs 2 0.1.0) >/dev/null 2>&1 || {
		status 0 push lab 0.1.0
		status 0 start lab
	}
	status 0 push lab "$@"
}

past_mode() { # MODE: of the newest line of history
	equal 'history' "$(jq -rs 'map(select(.event == "past")) | last.mode //
		"-"' "$LAB/events")" "$1"
}

on_010() { # nothing is left of the attempt
	untouched
	status 0 status lab --limit web1
}

untouched() {
	runs 1 0.1.0
	boots 1 0.1.0
	nothing_left 1
}

lost() { # WORDS: nothing is left of it, but the kept tarball is no longer sound
	untouched
	status 1 status lab --limit web1
	said "the kept tarball of 0.2.0 $1"
}

no_relup_is_noticed_before_anything_is_shipped() {
	status 0 push lab 0.1.0
	status 0 start lab
	status 4 push lab 0.3.0
	said 'no relup leads hot from 0.1.0, the running version, to 0.3.0'
	[ ! -e "$LAB/web1/releases/0.3.0" ] || flunk '0.3.0 was shipped'
}

no_relup() {
	ready 0.3.0 --cold
	status 4 upgrade lab 0.3.0
	said 'no relup leads from 0.1.0 to 0.3.0'
	on_010
}

not_pushed() {
	status 4 upgrade lab 9.9.9
	said '9.9.9 was not pushed'
	on_010
}

code_change_crashes() {
	ready 0.4.0
	was=$(vm_id 1)
	status 1 upgrade lab 0.4.0
	host 1 result undone
	host 1 after 0.1.0
	host 1 mode cold
	said 'the node was restarted: its state is lost'
	host 2 result skipped
	host 2 mode -
	status 0 history lab --limit web1
	past_mode cold
	on_010
	runs 2 0.1.0
	# a restart in process is not an outcome: stopped and started
	[ "$(vm_id 1 | cut -d, -f1)" != "$(echo "$was" | cut -d, -f1)" ] ||
		flunk 'still the VM that restarted itself'
	[ ! -e "$LAB/web1/releases/0.4.0/start.boot" ] ||
		flunk 'the failed release is still unpacked'
}

already_undone() {
	status 0 rollback lab --limit web1
	said 'already undone'
	on_010
}

application_is_restarted() {
	ready 0.5.0
	status 0 upgrade lab 0.5.0 --limit web1
	host 1 mode 'hot, partial'
	runs 1 0.5.0
	status 0 rollback lab --limit web1
	host 1 mode 'hot, partial'
	on_010
}

old_code_runs_on() {
	ready 0.6.0 --cold
	status 4 upgrade lab 0.6.0
	said 'no instruction of the relup from 0.1.0 to 0.6.0 loads demo_server'
	said 'so old code would keep running'
	host 1 verdict 'hot in name only'
	host 1 result refused
	[ ! -e "$LAB/web1/releases/0.6.0/start.boot" ] || flunk 'it was unpacked'
	on_010
}

bad_state_by_process() {
	ready 0.7.0
	status 1 upgrade lab 0.7.0
	host 1 result undone
	on_010
}

# with_health COMMAND: the only health check of web1
with_health() {
	{
		echo "health = command $1"
		echo 'health_retries = 1'
		echo 'health_interval = 100ms'
	} >"$LAB/health"
	sed "/^\[lab:web1\]/r $LAB/health" "$LAB/deploy.ini" >"$LAB/sick.ini"
	INI=sick.ini
}

health_check_fails() {
	ready 0.2.0
	with_health "bin/hotcode eval 'demo_server:get().' | grep money"
	was=$(vm_id 1)
	status 1 upgrade lab 0.2.0
	said 'health check'
	host 1 result undone
	equal 'same VM' "$(vm_id 1)" "$was"
	INI=deploy.ini
	on_010
}

# If the health check fails before the upgrade, that proves nothing about the
# next version.
sick_before() {
	with_health 'echo no disk; exit 9'
	status 4 upgrade lab 0.2.0 --dry-run
	status 4 upgrade lab 0.2.0
	host 1 result refused
	said '0.1.0 runs and is not healthy: health check'
	said 'exit status 9: no disk'
	said '`hdeploy upgrade lab 0.2.0 --force-unhealthy --limit web1'
	INI=deploy.ini
	on_010
}

sick_before_and_afterwards() {
	with_health 'echo no disk; exit 9'
	status 1 upgrade lab 0.2.0 --force-unhealthy
	host 1 result undone
	host 1 mode hot
	said 'undone: runs and boots 0.1.0, which is not healthy, as before:'
	INI=deploy.ini
	on_010
	status 0 resume lab --limit web1
	said 'no change was cut off here'
}

# sick_from_now_on: healthy until an upgrade runs its first hook
sick_from_now_on() {
	rm -f "$LAB/ill"
	with_health "test ! -e $LAB/ill"
	echo "hook.before_upgrade = local touch $LAB/ill" >"$LAB/hook.ini"
	sed -i "/^\[lab\]/r $LAB/hook.ini" "$LAB/sick.ini"
}

falls_sick_meanwhile() {
	sick_from_now_on
	status 6 upgrade lab 0.2.0
	host 1 result broken
	host 1 after 0.1.0
	host 1 boots 0.1.0
	host 1 mode hot
	said 'undone: runs and boots 0.1.0, which is no longer healthy'
	on_010
	status 0 resume lab --limit web1
	said 'no change was cut off here'
	INI=deploy.ini
}

mended_by_the_upgrade() {
	with_health "! bin/hotcode eval 'demo_server:get().' | grep money"
	status 4 upgrade lab 0.2.0
	status 0 upgrade lab 0.2.0 --force-unhealthy --limit web1
	runs 1 0.2.0
	# a rollback needs no --force-unhealthy
	with_health 'bin/hotcode eval "demo_server:get()." | grep money'
	status 0 rollback lab --limit web1
	INI=deploy.ini
	on_010
}

kept_tarball_truncated() {
	ready 0.2.0
	kept=$LAB/web1/.hdeploy/tarballs/0.2.0.tar.gz
	truncate -s 1000 "$kept"
	status 4 upgrade lab 0.2.0
	said 'does not have the size that was pushed'
	lost 'is not as it was pushed'
	status 0 push lab 0.2.0
	same_release "$kept" "$FIXTURES/0.2.0.tar.gz"
}

kept_tarball_garbage() {
	kept=$LAB/web1/.hdeploy/tarballs/0.2.0.tar.gz
	size=$(wc -c <"$kept")
	rm -f "$kept" "$LAB/web1/releases/0.2.0/hotcode.tar.gz"
	head -c "$size" /dev/urandom >"$kept"
	status 1 upgrade lab 0.2.0
	lost 'is gone'
	rm -f "$kept"
	status 0 push lab 0.2.0
	status 0 upgrade lab 0.2.0
	runs 1 0.2.0
	status 0 rollback lab
	on_010
}

already_there() {
	status 0 upgrade lab 0.1.0
	host 1 result unchanged
}

node_down() {
	lab_kill_vm 2
	status 4 upgrade lab 0.2.0
	said 'hdeploy start'
	on_010
	status 0 start lab
}

refused_with_4() { # COMMAND
	got=0
	hd "$1" lab >"$LAB/$1.out" 2>&1 || got=$?
	[ "$got" = 4 ] || {
		cat "$LAB/$1.out"
		flunk "$1: status $got, not 4"
	}
}

# Each case waits long for an answer, so the hosts wait at the same time.
node_frozen() {
	pid=$(lab_beams "$LAB/web2")
	kill -STOP "$pid"
	refused_with_4 stop &
	stop=$!
	refused_with_4 restart &
	restart=$!
	status 4 upgrade lab 0.2.0
	said 'does not answer'
	wait "$stop"
	wait "$restart"
	kill -CONT "$pid"
	runs 2 0.1.0
	on_010
}

check 'no relup is noticed before anything is shipped' \
	no_relup_is_noticed_before_anything_is_shipped
rarely 'no relup leads there' no_relup
check 'a version that was not pushed' not_pushed
rarely 'the kept tarball is truncated' kept_tarball_truncated
rarely 'the kept tarball is garbage' kept_tarball_garbage
check 'code_change crashes' code_change_crashes
check 'a run that undid itself is already undone' already_undone
rarely 'the application is restarted: hot, partial' application_is_restarted
check 'an empty appup: old code runs on' old_code_runs_on
rarely 'a bad state: a registered process dies' bad_state_by_process
check 'a health check fails' health_check_fails
check 'a host that is sick before refuses' sick_before
rarely 'and is undone if it is as sick afterwards' sick_before_and_afterwards
rarely 'a host falls sick during the upgrade' falls_sick_meanwhile
rarely 'an upgrade mends a sick host' mended_by_the_upgrade
rarely 'already on that version' already_there
rarely 'a node is down' node_down
rarely 'a node is frozen' node_frozen
check_end
