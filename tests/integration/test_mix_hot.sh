#!/bin/sh
# Releases of `mix release` upgraded hot: with state, configuration and
# protocols, and back.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
LAB_HOSTS=1
lab_open
. tests/support/cold.sh
. tests/support/mix.sh
. tests/support/mix_host.sh

there() { # VERSION STATE
	host 1 mode hot
	on "$1"
	equal vm "$(vm_id 1)" "$was"
	equal state "$(state 1)" "$2"
	grep -q RUNTIME_CONFIG=true "$root"/releases/"$1"/sys.config
	equal 'left' "$(ls "$root"/releases/*/*.bak "$root"/.hdeploy/sys.* \
		2>/dev/null)" ''
}

# Started by hand, from a tarball: it knows no list.
a_node_without_a_list_goes_up_with_its_state() {
	mkdir "$root"
	tar -xzf "$FIXTURES/mix/0.1.0.tar.gz" -C "$root"
	daemon
	lab_call 1 'demo_server:add(1).' >/dev/null
	was=$(vm_id 1)
	status 0 push lab 0.2.0
	status 0 upgrade lab 0.2.0
	said 'first makes releases/RELEASES'
	there 0.2.0 '[{name,"ann"},{salary,101}]'
	equal label "$(label)" integer
	# that of a restart in process
	equal mode "$(stat -c %a "$root"/tmp/hotcode-0.2.0-*.runtime.config)" 600
}

a_protocol_that_is_the_old_one_is_seen() {
	file=$root/releases/0.1.0/consolidated/Elixir.Hotcode.Label.beam
	lab_call 1 '{ok, B} = file:read_file("'"$file"'"),
		code:load_binary('\''Elixir.Hotcode.Label'\'', "'"$file"'", B).' \
		>/dev/null
	equal label "$(label)" unknown
	status 1 status lab
	said 'Elixir.Hotcode.Label'
	lab_call 1 'code:purge('\''Elixir.Hotcode.Label'\''),
		code:load_file('\''Elixir.Hotcode.Label'\'').' >/dev/null
	equal label "$(label)" integer
	status 0 status lab
}

down_with_its_state() {
	was=$(vm_id 1)
	status 0 rollback lab
	there 0.1.0 '[{money,101},{name,"ann"}]'
	equal label "$(label)" unknown
	layout 1
}

in_soak() {
	INI=soak.ini
	meanwhile upgrade lab 0.2.0
	INI=deploy.ini
	once_said 'soak 0.2.0 ...'
	runs 1 0.2.0
}

a_crash_in_the_soak_boots_the_old_version() {
	sed '/^\[lab\]/a soak = 1m' "$LAB/deploy.ini" >"$LAB/soak.ini"
	in_soak
	kill -KILL "$(lab_beams "$root")"
	ended_with 1
	host 1 result undone
	on 0.1.0
}

check 'a node without a list goes up with its state' \
	a_node_without_a_list_goes_up_with_its_state
check 'a protocol that is the old one is seen' \
	a_protocol_that_is_the_old_one_is_seen
check 'down with its state' down_with_its_state
rarely 'a crash in the soak boots the old version' \
	a_crash_in_the_soak_boots_the_old_version
check_end
