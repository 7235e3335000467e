#!/bin/sh
# Waves over a fleet whose third host fails with the new version. WAVE_HOSTS=12
# sets the size of the fleet; by default it is as small as possible.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
LAB_HOSTS=${WAVE_HOSTS:-4}
lab_open

# fleet FILE LINE...: a deploy.ini with these lines, and a sick third host
fleet() {
	INI=$1
	shift
	printf '%s\n' 'batch = 1, 25%, 100%' 'start_timeout = 120s' "$@" \
		>"$LAB/lines"
	cat >"$LAB/sick" <<-'END'
		health = command bin/hotcode eval 'demo_server:get().' | grep money
		health_retries = 0
	END
	sed -e "/^\[lab\]/r $LAB/lines" -e "/^\[lab:web3\]/r $LAB/sick" \
		"$LAB/deploy.ini" >"$LAB/$INI"
}

# all_run VERSION [OTHER HOSTS]: all run VERSION, but these hosts OTHER
all_run() {
	version=$1
	other=${2-}
	n=1
	while [ "$n" -le "$LAB_HOSTS" ]; do
		case " ${3-} " in
		*" $n "*)
			runs "$n" "$other"
			boots "$n" "$other"
			;;
		*)
			runs "$n" "$version"
			boots "$n" "$version"
			;;
		esac
		n=$((n + 1))
	done
}

everything_starts() {
	status 0 push lab 0.1.0
	status 0 start lab
	status 0 push lab 0.2.0
}

the_plan_names_the_waves() {
	fleet dry.ini 'canary = web3'
	status 0 upgrade lab 0.2.0 --dry-run
	said 'waves: web3 | web1 | '
	all_run 0.1.0
}

stop_leaves_those_that_were_not_begun() {
	fleet stop.ini
	status 1 upgrade lab 0.2.0 --parallel 1
	host 2 result ok
	host 3 result undone
	host 4 result skipped
	said "0.2.0 reached 2 of $LAB_HOSTS hosts: \`hdeploy rollback lab "
	said '--from 0.2.0'
	all_run 0.2.0 0.1.0 "$(seq -s ' ' 3 "$LAB_HOSTS")"
}

rollback_takes_back_what_the_run_changed() {
	fleet back.ini 'on_failure = rollback' 'canary = web4'
	# this run did not change the two that run it already
	status 1 upgrade lab 0.2.0
	host 2 result unchanged
	host 3 result undone
	host 4 result undone
	said 'another host failed; found: 0.2.0 permanent; undone: runs and boots'
	all_run 0.2.0 0.1.0 "$(seq -s ' ' 3 "$LAB_HOSTS")"
}

continue_goes_on_with_the_others() {
	status 0 rollback lab
	host 2 result ok
	host 3 result unchanged
	all_run 0.1.0
	fleet on.ini 'on_failure = continue' 'max_failures = 1'
	status 1 upgrade lab 0.2.0 --parallel 2
	host 3 result undone
	host 4 result ok
	all_run 0.2.0 0.1.0 3
}

a_pause_that_asks_needs_a_terminal() {
	fleet ask.ini 'pause = ask'
	status 2 upgrade lab 0.2.0
	said 'pause = ask needs a terminal'
}

a_connection_that_died_while_it_waited_is_opened_again() {
	fleet wait.ini 'pause = 4s'
	meanwhile restart lab --limit web1,web2
	once_said 'waiting 4 s before web2'
	lab_sessions KILL
	ended_with 0
	host 2 result ok
}

check 'a fleet starts' everything_starts
check 'the plan names the waves, canaries first' the_plan_names_the_waves
check 'stop: those not begun stay as they are' \
	stop_leaves_those_that_were_not_begun
check 'rollback: what this run changed goes back' \
	rollback_takes_back_what_the_run_changed
rarely 'continue: the others go on' continue_goes_on_with_the_others
check 'pause = ask needs a terminal' a_pause_that_asks_needs_a_terminal
rarely 'a parked connection that died is opened again' \
	a_connection_that_died_while_it_waited_is_opened_again
check_end
