#!/bin/sh
# Upgrades by stop and start: what runs and what boots afterwards, and that hot
# ones go on from there.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
LAB_HOSTS=1
lab_open
. tests/support/cold.sh

hot_and_cold_follow_each_other() {
	for v in 0.1.0 0.2.0 0.3.0; do
		status 0 push lab "$v"
	done
	status 0 start lab
	cold 0.2.0
	host 1 hot cold
	hot 0.3.0
	hot 0.2.0
	hot 0.1.0
	status 4 upgrade lab 0.3.0
	said '--cold'
	cold 0.3.0
	cold 0.1.0
	hot 0.2.0
}

another_runtime_goes_cold_and_back() {
	remake 0.3.0 0.9.1 other_runtime
	status 0 upgrade lab 0.9.1 --cold
	runs 1 0.9.1
	boots 1 0.9.1
	equal erts "$(cut -d' ' -f1 "$root/releases/start_erl.data")" 99.1
	equal runtime "$(lab_call 1 'list_to_atom(filename:basename(hd(tl(hd(
		[[0, D] || {ok, [[D]]} <- [init:get_argument(bindir)]]))),
		"/bin")).' | grep -o 'erts-99.1')" 'erts-99.1'
	status 4 rollback lab
	said '--cold'
	status 0 rollback lab --cold
	is 0.2.0
}

auto_goes_as_it_can() {
	sed '/^\[lab\]/a upgrade = auto' "$LAB/deploy.ini" >"$LAB/auto.ini"
	INI=auto.ini
	status 0 upgrade lab 0.1.0 # a relup leads down, but none was asked for
	is 0.1.0
	status 0 upgrade lab 0.3.0
	said '(cold: no relup leads from 0.1.0 to 0.3.0)'
	host 1 hot cold
	is 0.3.0
	status 0 rollback lab
	host 1 hot cold
	is 0.1.0
	lab_kill_vm 1
	status 0 upgrade lab 0.2.0
	said '(cold: the node is down)'
	is 0.2.0
}

as_distillery_makes_them() {
	sh tests/fixtures/distillery.sh "$FIXTURES"
	lab_kill_vm 1
	lab_clean "$root"
	sed -e 's/^driver .*/driver = distillery/' -e "s|^release .*|release = \
 $FIXTURES/distillery-2.1/{version}.tar.gz|" -e 's/^env.NODE_NAME.*/&\
env.REPLACE_OS_VARS = true/' "$LAB/deploy.ini" >"$LAB/distillery.ini"
	INI=distillery.ini
	starts=start
	hot_and_cold_follow_each_other
}

check 'hot and cold upgrades follow each other' hot_and_cold_follow_each_other
check 'another runtime goes cold, and back' another_runtime_goes_cold_and_back
check 'auto goes as it can' auto_goes_as_it_can
check 'releases as Distillery makes them' as_distillery_makes_them
check_end
