#!/bin/sh
# Settings of a release of mix that come from elsewhere than its files, and a
# restart of the VM in process, which must not make others.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
LAB_HOSTS=1
lab_open
. tests/support/mix.sh
. tests/support/mix_settings.sh

it_runs() {
	for version in 0.1.0 0.2.0 0.5.0; do
		status 0 push lab $version
	done
	status 0 upgrade lab 0.2.0 --cold
	runs 1 0.2.0
}

# A failed install restarts the VM in process.
a_restart_in_process() {
	for version in 0.5.0 0.2.0; do
		status 0 upgrade lab $version
		host 1 mode hot
		settings >"$LAB/hot"
		before=$(vm_id 1)
		lab_call 1 'init:restart().'
		until [ "$(lab_call 1 'element(1, init:get_status()).' \
			2>/dev/null)" = started ] &&
			[ "$(vm_id 1)" != "$before" ]; do
			sleep 0.1
		done
		settings >"$LAB/restarted"
		cmp "$LAB/hot" "$LAB/restarted"
		runs 1 $version
	done
}

# From providers that do not restart the VM at boot to others that do.
from_one_way_to_the_other() {
	status 0 upgrade lab 0.5.0
	as_a_boot
	status 0 upgrade lab 0.2.0
	host 1 mode hot
	as_a_boot
}

# A variable of the VM that deploy.ini does not set would be lost.
variables() {
	sed '/^env.GREETING/d' "$LAB/deploy.ini" >"$LAB/poor.ini"
	INI=poor.ini
	status 1 upgrade lab 0.5.0
	said 'GREETING is set in the running VM, but not in deploy.ini'
	runs 1 0.2.0
	sed 's/^env.GREETING.*/env.GREETING = other/' "$LAB/deploy.ini" \
		>"$LAB/other.ini"
	INI=other.ini
	status 0 upgrade lab 0.5.0
	said 'different values of GREETING: hdeploy configures 0.5.0 with'
	equal greeting "$(lab_call 1 \
		'application:get_env(hotcode, greeting) =:= {ok, <<"other">>}.')" \
		true
	status 0 rollback lab
	runs 1 0.2.0
}

# Settings of vm.args are stronger than the files, and release_handler keeps
# those of the running VM.
the_command_line() {
	INI=args.ini
	sed "s|^env.GREETING.*|&\\
env.RELEASE_VM_ARGS = $LAB/vm.args|" "$LAB/deploy.ini" >"$LAB/$INI"
	echo '-hotcode pool 7' >"$LAB/vm.args"
	status 0 restart lab
	setting pool '{ok, 7}'
	status 0 upgrade lab 0.1.0
	host 1 mode hot
	setting pool '{ok, 7}'
	as_a_boot
	echo '-hotcode pool 8' >"$LAB/vm.args"
	status 1 upgrade lab 0.2.0
	said 'command line (vm.args) sets hotcode/pool'
	runs 1 0.1.0
}

check 'it runs' it_runs
check 'a restart in process' a_restart_in_process
check 'from one way to the other' from_one_way_to_the_other
check 'variables' variables
check 'the command line' the_command_line
check_end
