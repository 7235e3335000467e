#!/bin/sh
# Releases of `mix release` upgraded hot: the version that each kind of restart
# starts afterwards, and failures.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
LAB_HOSTS=1
lab_open
. tests/support/cold.sh
. tests/support/mix.sh
. tests/support/mix_host.sh

runs_0_1_0() {
	status 0 push lab 0.1.0
	status 0 start lab
	for version in 0.2.0 0.6.0 0.7.0; do
		status 0 push lab "$version"
	done
}

code_change_crashes() {
	status 1 upgrade lab 0.6.0
	host 1 result undone
	on 0.1.0
	untouched
}

# untouched: the configuration as it was packed, and no copies of the evaluated
untouched() {
	for version in 0.1.0 0.2.0; do
		[ ! -f "$root/releases/$version/start.boot" ] ||
			cmp "$FIXTURES/mix/$version/releases/$version/sys.config" \
				"$root/releases/$version/sys.config"
	done
	equal 'left' "$(ls "$root"/releases/*/*.bak "$root"/.hdeploy/sys.* \
		2>/dev/null)" ''
}

# The evaluated configuration is in place of the packaged one, for
# release_handler. A boot would not ask the config providers any more.
an_install_that_is_cut_off_leaves_no_configuration() {
	killed '*sys.config.bak*' upgrade lab 0.2.0
	runs 1 0.2.0
	! grep -q RUNTIME_CONFIG "$root/releases/0.2.0/sys.config" ||
		flunk 'it was killed too late'
	status 0 resume lab
	on 0.2.0
	untouched
	killed '*sys.config.bak*' rollback lab
	runs 1 0.1.0
	lab_kill_vm 1
	status 0 rollback lab --cold
	on 0.1.0
	untouched
}

# code_change returns a state that the server cannot use.
a_process_that_crashes_goes_back() {
	status 1 upgrade lab 0.7.0
	said 'process demo_server was restarted: its state is lost'
	host 1 result undone
	on 0.1.0
	untouched
	sed '/^\[lab\]/a soak = 1m' "$LAB/deploy.ini" >"$LAB/soak.ini"
}

in_soak() {
	INI=soak.ini
	meanwhile upgrade lab 0.2.0
	INI=deploy.ini
	once_said 'soak 0.2.0 ...'
	runs 1 0.2.0
}

a_run_that_is_killed_in_the_soak_is_reverted() {
	was=$(vm_id 1)
	in_soak
	kill -KILL "$run"
	wait "$run" || :
	naps=0
	until [ ! -e "$root/.hdeploy/change" ]; do
		naps=$((naps + 1))
		[ "$naps" -lt 600 ] || flunk 'it is not reverted'
		sleep 0.1
	done
	on 0.1.0
	untouched
	equal vm "$(vm_id 1)" "$was"
	equal label "$(label)" unknown
}

# A restart in process, as bin/hotcode restart makes it, reads RELEASE_SYS_CONFIG;
# heart runs bin/hotcode with RELEASE_VSN.
heart_and_restarts_start_the_version_that_boots() {
	# as env.sh has it, which sets them for daemon alone
	echo "ELIXIR_ERL_OPTIONS=-heart HEART_COMMAND='$root/bin/hotcode daemon' \
		exec $root/bin/hotcode daemon" >"$LAB/start"
	sed "/^\[lab\]/a command.start = . $LAB/start" "$LAB/deploy.ini" \
		>"$LAB/heart.ini"
	INI=heart.ini
	status 0 restart lab
	status 0 upgrade lab 0.2.0
	restarted 0.2.0
	beam_dies
	is 0.2.0
	status 0 rollback lab
	host 1 mode hot
	beam_dies
	is 0.1.0
}

check 'the node runs 0.1.0' runs_0_1_0
check 'a code_change that crashes goes back' code_change_crashes
check 'an install that is cut off leaves no configuration' \
	an_install_that_is_cut_off_leaves_no_configuration
check 'a process that crashes goes back' a_process_that_crashes_goes_back
check 'a run that is killed in the soak is reverted' \
	a_run_that_is_killed_in_the_soak_is_reverted
check 'heart and restarts start the version that boots' \
	heart_and_restarts_start_the_version_that_boots
check_end
