#!/bin/sh
# Releases of `mix release`, by stop and start: they come without
# releases/RELEASES, which hdeploy makes, and have no bin/hotcode-VERSION.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
LAB_HOSTS=1
lab_open
. tests/support/cold.sh
. tests/support/mix.sh
. tests/support/mix_host.sh
sed -i '/^\[lab\]/a upgrade = cold' "$LAB/deploy.ini"

loose() { # VERSION: the loose files are that version's
	cmp "$FIXTURES/mix/$1/releases/COOKIE" "$root/releases/COOKIE"
	cmp "$FIXTURES/mix/$1/bin/hotcode" "$root/bin/hotcode"
}

lists() { # VERSIONS: with all their libraries
	equal RELEASES "$(erl -noshell -eval '
		{ok, [L]} = file:consult("'"$root"'/releases/RELEASES"),
		io:format("~w", [[{list_to_atom(V), S} ||
			{release, "hotcode", V, _, Libs, S} <- lists:keysort(3, L),
			lists:keymember(elixir, 1, Libs)]]), halt().')" "$1"
}

on() { # VERSION
	is "$1"
	loose "$1"
	status 0 status lab
	host 1 after "$1"
}

it_runs() {
	status 0 push lab 0.1.0
	status 1 status lab
	said 'the node is down'
	status 0 start lab
	on 0.1.0
}

one_that_cannot_be_configured_is_not_begun() {
	was=$(vm_id 1)
	status 0 push lab 0.4.0
	status 1 upgrade lab 0.4.0 --cold
	said 'DATABASE_URL is missing'
	host 1 result failed
	on 0.1.0
	equal vm "$(vm_id 1)" "$was"
}

up_by_stop_and_start() {
	status 0 push lab 0.2.0
	# shellcheck disable=SC2016 # sent expands it
	sent 1 '$sent -lt $((size / 5))'
	as_it_was_packed 1 0.2.0
	status 0 upgrade lab 0.2.0
	host 1 mode cold
	stays 0.2.0
	equal configured "$(lab_call 1 \
		'application:get_env(hotcode, greeting) =:= {ok, <<"none">>}.')" \
		true
}

and_back() {
	status 0 rollback lab --cold
	on 0.1.0
	stays 0.1.0
	lists "[{'0.1.0',permanent},{'0.2.0',old}]"
}

runs_that_are_killed_in_the_switch() {
	killed_in_the_switch 0.2.0
	status 0 rollback lab --cold
	on 0.1.0
	killed_in_the_switch 0.2.0
	status 0 resume lab
	on 0.2.0
}

no_release_handler_runs() {
	status 0 push lab 0.3.0
	status 0 upgrade lab 0.3.0 --cold
	status 0 status lab
	host 1 after 0.3.0
	points 0.3.0
	status 4 upgrade lab 0.2.0 --hot
	said 'sasl is not started in the node'
	status 0 rollback lab --cold
	on 0.2.0
}

old_versions_go() {
	echo 'keep = 1' >>"$LAB/deploy.ini"
	status 0 prune lab
	on 0.2.0
	[ ! -e "$root/.hdeploy/releases/0.4.0" ] || flunk '0.4.0 was left'
	status 0 rollback lab --cold
	on 0.1.0
}

# A release from before hdeploy, unpacked and started by a person.
started_by_hand() {
	lab_kill_vm 1
	rm -rf "$root"
	mkdir "$root"
	tar -xzf "$FIXTURES/mix/0.1.0.tar.gz" -C "$root"
	daemon
	status 0 push lab 0.2.0
	status 0 upgrade lab 0.2.0 --cold
	on 0.2.0
	status 0 rollback lab --cold
	on 0.1.0
}

# The node cannot be asked: it has neither name nor port.
without_a_name() {
	lab_kill_vm 1
	lab_clean "$root"
	sed 's/^env.RELEASE_DISTRIBUTION.*/env.RELEASE_DISTRIBUTION = none/' \
		"$LAB/deploy.ini" >"$LAB/none.ini"
	INI=none.ini
	status 0 push lab 0.1.0
	status 0 start lab
	said 'it has no node name (RELEASE_DISTRIBUTION=none)'
	status 0 push lab 0.2.0
	status 0 status lab
	said 'from the boot file of its process, the VM itself was not queried'
	status 4 upgrade lab 0.2.0 --hot
	said 'the node has no name (RELEASE_DISTRIBUTION=none)'
	status 0 upgrade lab 0.2.0
	host 1 after 0.2.0
	host 1 mode unknown
	loose 0.2.0
	points 0.2.0
	status 0 rollback lab
	host 1 after 0.1.0
	status 0 stop lab
	down 1
}

# hdeploy packs the folder.
out_of_their_folders() {
	lab_kill_vm 1
	lab_clean "$root"
	sed -i "s|^release .*|release = $FIXTURES/mix/{version}|" \
		"$LAB/deploy.ini"
	status 0 push lab 0.1.0
	status 0 start lab
	status 0 push lab 0.2.0
	status 0 upgrade lab 0.2.0 --cold
	on 0.2.0
	status 0 rollback lab --cold
	on 0.1.0
}

check 'the first version runs' it_runs
check 'one that cannot be configured is not begun' \
	one_that_cannot_be_configured_is_not_begun
check 'up by stop and start' up_by_stop_and_start
rarely 'and back' and_back
rarely 'runs that are killed in the switch' \
	runs_that_are_killed_in_the_switch
rarely 'no release_handler runs' no_release_handler_runs
rarely 'old versions go' old_versions_go
rarely 'a node that was started by hand' started_by_hand
rarely 'out of their folders' out_of_their_folders
rarely 'a node without a name' without_a_name
check_end
