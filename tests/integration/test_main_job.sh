#!/bin/sh
# The main job on two hosts over SSH, and each step a second time.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
LAB_HOSTS=2
lab_open

every_host() { # COMMAND ARG...: with each host's number as first argument
	command=$1
	shift
	for n in 1 2; do
		"$command" "$n" "$@"
	done
}

first_push_unpacks() {
	status 0 push lab 0.1.0
	every_host boots 0.1.0
	every_host down
	every_host nothing_left
}

start_starts_what_boots() {
	status 0 start lab
	every_host runs 0.1.0
	status 0 start lab
	host 1 result unchanged
	for n in 1 2; do
		lab_call "$n" "demo_server:add($n)." >/dev/null
		vm_id "$n" >"$LAB/vm.$n"
	done
}

push_ships_while_the_old_version_runs() {
	status 0 push lab 0.2.0
	every_host runs 0.1.0
	every_host boots 0.1.0
	every_host nothing_left
	same_release "$FIXTURES/0.2.0.tar.gz" "$LAB/web2/releases/0.2.0/hotcode.tar.gz"
	same_release "$FIXTURES/0.2.0.tar.gz" \
		"$LAB/web2/.hdeploy/tarballs/0.2.0.tar.gz"
}

push_again_does_nothing() {
	status 0 push lab 0.2.0
	every_host host result unchanged
}

push_of_a_rebuilt_release_does_nothing() {
	sed "s|^release .*|release = $FIXTURES/0.2.0-rebuilt.tar.gz|" \
		"$LAB/deploy.ini" >"$LAB/rebuilt.ini"
	INI=rebuilt.ini
	status 0 push lab 0.2.0
	every_host host result unchanged
}

push_of_other_bits_is_refused() {
	sed "s|^release .*|release = $FIXTURES/0.2.0-other.tar.gz|" \
		"$LAB/deploy.ini" >"$LAB/other.ini"
	INI=other.ini
	status 4 push lab 0.2.0
	said 'other content'
	same_release "$FIXTURES/0.2.0.tar.gz" \
		"$LAB/web1/.hdeploy/tarballs/0.2.0.tar.gz"
}

dry_run_changes_nothing() {
	find "$LAB/web1" -newer "$LAB/out" >"$LAB/before"
	status 0 upgrade lab 0.2.0 --dry-run
	said 'install 0.2.0'
	every_host runs 0.1.0
	host 1 result planned
}

upgrade_keeps_state_and_vm() {
	status 0 upgrade lab 0.2.0
	every_host runs 0.2.0
	every_host boots 0.2.0
	for n in 1 2; do
		equal "web$n state" "$(state "$n")" \
			"[{name,\"ann\"},{salary,$((100 + n))}]"
		equal "web$n vm" "$(vm_id "$n")" "$(cat "$LAB/vm.$n")"
		host "$n" mode hot
		host "$n" before 0.1.0
		host "$n" after 0.2.0
	done
}

first_one_host_then_the_others() {
	jq -rs '[.[] | select(.event == "step" and .step == "install")
		| .host + " " + .result][0:2] | join(", ")' "$LAB/events" \
		>"$LAB/order"
	equal order "$(cat "$LAB/order")" 'web1 begin, web1 ok'
}

upgrade_again_does_nothing() {
	status 0 upgrade lab 0.2.0
	every_host host result unchanged
}

rollback_goes_back_hot() {
	status 0 rollback lab
	every_host runs 0.1.0
	every_host boots 0.1.0
	for n in 1 2; do
		equal "web$n state" "$(state "$n")" \
			"[{money,$((100 + n))},{name,\"ann\"}]"
		equal "web$n vm" "$(vm_id "$n")" "$(cat "$LAB/vm.$n")"
	done
}

rollback_twice_is_refused() {
	status 4 rollback lab
	said 'nothing to go back to'
	every_host runs 0.1.0
}

rollback_from_takes_only_those_that_run_it() {
	status 0 upgrade lab 0.2.0 --limit web2
	status 0 rollback lab --from 0.2.0
	host 1 result unchanged
	host 2 result ok
	every_host runs 0.1.0
}

status_tells_and_reboots_agree() {
	status 0 status lab
	host 1 after 0.1.0
	host 1 boots 0.1.0
	lab_kill_vm 1
	status 1 status lab
	host 1 after -
	status 0 start lab
	runs 1 0.1.0
}

restart_is_another_vm() {
	was=$(vm_id 1)
	status 0 restart lab --limit web1
	runs 1 0.1.0
	[ "$(vm_id 1)" != "$was" ] || flunk "same VM"
}

# Its parent hangs, or process 1 reaps nothing, as in many containers: relx's
# own stop waits for that process forever.
a_vm_that_nobody_reaps_is_down() {
	beam=$(lab_beams "$LAB/web1")
	parent=$(ps -o ppid= -p "$beam" | tr -d ' ')
	kill -STOP "$parent"
	began=$(date +%s)
	status 0 stop lab --limit web1
	[ $(($(date +%s) - began)) -lt 30 ] || flunk 'it waited for the dead'
	equal 'state of the VM' "$(ps -o stat= -p "$beam" | cut -c1)" Z
	kill -CONT "$parent"
	status 0 start lab --limit web1
}

stop_stops() {
	status 0 stop lab
	every_host down
	status 0 stop lab
	host 1 result unchanged
}

history_tells_who_did_what() {
	status 0 history lab --limit web1 --count 3
	jq -es 'map(select(.event == "past")) | length == 3 and
		all(.host == "web1" and .result == "ok" and .ms > 0 and
			(.who | test("@"))) and last.command == "stop"' \
		"$LAB/events" >/dev/null || flunk 'not the last three changes'
	said 'stop 0.'
	status 0 history lab
	said "ok, hot, "
}

a_page_of_the_history_has_a_row_for_each_run() {
	hd history lab --html -o "$LAB/page.html" >"$LAB/out" 2>&1
	said "ok, hot, "
	grep -q '<th scope=row>web1, web2<td>stop<td>' "$LAB/page.html" ||
		flunk 'no row for the stop of two hosts'
	grep -q '2 hosts, [0-9]* changes</p>' "$LAB/page.html" ||
		flunk 'no numbers'
	hd history lab --html >"$LAB/stdout" 2>"$LAB/out"
	said "ok, hot, "
	# only the time of the page differs
	grep -v '^<p class=dim>' "$LAB/stdout" >"$LAB/a"
	grep -v '^<p class=dim>' "$LAB/page.html" >"$LAB/b"
	cmp "$LAB/a" "$LAB/b" || flunk 'not the same page on stdout'
}

all_that_is_written_there_is_documented() {
	layout 1
	: >"$LAB/web1/.hdeploy/strange"
	equal 'what is not' "$(check_undocumented 1)" strange
	rm "$LAB/web1/.hdeploy/strange"
}

check 'the first push unpacks' first_push_unpacks
check 'start starts what would boot' start_starts_what_boots
check 'push ships beside the running version' push_ships_while_the_old_version_runs
check 'push again does nothing' push_again_does_nothing
check 'push of a rebuilt release does nothing' \
	push_of_a_rebuilt_release_does_nothing
check 'push of other bits is refused' push_of_other_bits_is_refused
check 'a dry run changes nothing' dry_run_changes_nothing
check 'upgrade keeps state and VM' upgrade_keeps_state_and_vm
check 'first one host, then the others' first_one_host_then_the_others
check 'upgrade again does nothing' upgrade_again_does_nothing
check 'rollback goes back hot' rollback_goes_back_hot
check 'rollback twice is refused' rollback_twice_is_refused
rarely 'rollback --from takes only those that run it' \
	rollback_from_takes_only_those_that_run_it
check 'status tells, and a reboot agrees' status_tells_and_reboots_agree
check 'restart is another VM' restart_is_another_vm
rarely 'a VM that nobody reaps is down' a_vm_that_nobody_reaps_is_down
check 'stop stops' stop_stops
check 'history tells who did what' history_tells_who_did_what
check 'a page of the history has a row for each run' \
	a_page_of_the_history_has_a_row_for_each_run
check 'all that is written there is documented' \
	all_that_is_written_there_is_documented
check_end
