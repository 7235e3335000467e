#!/bin/sh
# The VM is a systemd unit with Restart=always; a script stands in for systemd.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
LAB_HOSTS=1
lab_open
. tests/support/service.sh
environment() { # NODE_NAME
	cat >"$UNIT/env" <<-END
		NODE_NAME="$1"
		NODE_COOKIE=lab-$LAB_PORT
		ERL_EPMD_ADDRESS=127.0.0.1
		ERL_EPMD_PORT=$(lab_epmd 1)
		ERL_FLAGS="$LAB_ERL_FLAGS"
		GREETING="--BEGIN--\nMIIB
		--END--"
	END
}
greeting() {
	lab_call 1 'application:get_env(hotcode, greeting).'
}
environment web1@127.0.0.1

calls() { # WANTED
	equal 'calls of systemctl' \
		"$(cut -d' ' -f1 "$UNIT/calls" | tr '\n' ' ')" "$1"
	: >"$UNIT/calls"
}
: >"$UNIT/calls"

a_unit_that_is_not_there_is_refused() {
	status 0 push lab 0.1.0
	sed 's/hotcode\.service/hotcod.service/' "$LAB/deploy.ini" \
		>"$LAB/other.ini"
	INI=other.ini
	status 4 start lab
	said 'systemd on the host cannot use hotcod.service (not-found)'
	calls ''
}

by_hand() { # COMMAND
	# shellcheck disable=SC1091
	(set -a && . "$UNIT/env" && "$LAB/web1/bin/hotcode" "$1")
}

a_vm_outside_the_unit_is_refused() {
	by_hand daemon
	until (runs 1 0.1.0) >/dev/null 2>&1; do sleep 0.2; done
	status 4 restart lab
	said 'the node runs outside hotcode.service'
	by_hand stop
	calls ''
}

a_unit_that_cannot_start_is_left_stopped_and_its_words_are_told() {
	environment 'no node name at all'
	status 1 start lab
	said 'result of hotcode.service: start-limit-hit'
	jq -rs '.[] | select(.event == "output").text' "$LAB/events" |
		grep -q 'systemctl status hotcode.service' ||
		flunk 'the words of the unit are missing'
	down 1
	calls 'start stop '
	echo failed >"$UNIT/state"
	environment web1@127.0.0.1
}

start_forgets_an_old_failure() {
	status 0 start lab
	runs 1 0.1.0
	calls 'reset-failed start '
}

a_hot_upgrade_and_its_way_back_leave_the_unit_alone() {
	lab_call 1 'demo_server:add(1).' >/dev/null
	was=$(vm_id 1)
	greets=$(greeting)
	status 0 push lab 0.2.0
	status 0 upgrade lab 0.2.0
	host 1 mode hot
	equal greeting "$(greeting)" "$greets"
	equal 'its lines' "$(greeting | grep -o '\\n' | wc -l)" 2
	status 0 rollback lab
	runs 1 0.1.0
	equal vm "$(vm_id 1)" "$was"
	calls ''
}

restart_is_another_vm_of_the_unit() {
	was=$(vm_id 1)
	status 0 restart lab
	runs 1 0.1.0
	[ "$(vm_id 1)" != "$was" ] || flunk 'same VM'
	calls 'stop start '
}

a_cold_upgrade_goes_through_the_unit() {
	status 0 upgrade lab 0.2.0 --cold
	runs 1 0.2.0
	boots 1 0.2.0
	host 1 mode cold
	calls 'stop start '
	status 0 rollback lab
	runs 1 0.1.0
	host 1 mode hot
	calls ''
}

a_crash_in_code_change_is_mended_through_the_unit() {
	status 0 push lab 0.4.0
	status 1 upgrade lab 0.4.0
	host 1 result undone
	runs 1 0.1.0
	boots 1 0.1.0
	calls 'stop start '
	equal 'parent of the VM' "$(cat "$UNIT/main")" \
		"$(lab_beams "$LAB/web1")"
}

a_stopped_unit_stays_stopped() {
	status 0 stop lab
	down 1
	sleep 0.5
	down 1
	calls 'stop '
}

check 'a unit that is not there is refused' a_unit_that_is_not_there_is_refused
check 'a VM outside the unit is refused' a_vm_outside_the_unit_is_refused
check 'a unit that cannot start is left stopped, and its words are told' \
	a_unit_that_cannot_start_is_left_stopped_and_its_words_are_told
check 'start forgets an old failure' start_forgets_an_old_failure
check 'a hot upgrade and its way back leave the unit alone' \
	a_hot_upgrade_and_its_way_back_leave_the_unit_alone
rarely 'restart is another VM of the unit' restart_is_another_vm_of_the_unit
rarely 'a cold upgrade goes through the unit' \
	a_cold_upgrade_goes_through_the_unit
rarely 'a crash in code_change is mended through the unit' \
	a_crash_in_code_change_is_mended_through_the_unit
rarely 'a stopped unit stays stopped' a_stopped_unit_stays_stopped
check_end
