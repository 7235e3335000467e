#!/bin/sh
# Releases of `mix release` upgraded hot: state, configuration, protocols, soak,
# and a crash of the host after each.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
LAB_HOSTS=1
lab_open
. tests/support/cold.sh
starts=daemon-of-mix
. tests/support/mix.sh
. tests/support/mix_host.sh

up_and_down_with_state() {
	status 0 push lab 0.1.0
	status 0 start lab
	lab_call 1 'demo_server:add(1).' >/dev/null
	status 0 push lab 0.2.0
	was=$(vm_id 1)
	status 0 upgrade lab 0.2.0
	host 1 mode hot
	on 0.2.0
	equal vm "$(vm_id 1)" "$was"
	equal state "$(state 1)" '[{name,"ann"},{salary,101}]'
	equal label "$(label)" integer
	status 0 rollback lab
	host 1 mode hot
	on 0.1.0
	equal vm "$(vm_id 1)" "$was"
	equal state "$(state 1)" '[{money,101},{name,"ann"}]'
	equal label "$(label)" unknown
}

# up: waits until the node has started.
up() {
	naps=0
	until [ "$(lab_call 1 'element(1, init:get_status()).' 2>/dev/null)" = \
		started ]; do
		naps=$((naps + 1))
		[ "$naps" -lt 300 ] || flunk 'it does not come up'
		sleep 0.1
	done
}

# env NAME: in the node
env_of() {
	lab_call 1 "list_to_atom(os:getenv(\"$1\"))." | tr -d "'"
}

# restarted VERSION: what bin/hotcode restart does: a restart in process.
restarted() {
	was=$(vm_id 1)
	lab_call 1 'init:restart().' >/dev/null
	naps=0
	until [ "$(vm_id 1 2>/dev/null)" != "$was" ] && up; do
		naps=$((naps + 1))
		[ "$naps" -lt 100 ] || flunk 'it does not restart'
		sleep 0.1
	done
	is "$1"
	equal RELEASE_VSN "$(env_of RELEASE_VSN)" "$1"
	equal RELEASE_VM_ARGS "$(env_of RELEASE_VM_ARGS)" \
		"$root/releases/$1/vm.args"
}

beam_dies() {
	vm=$(lab_beams "$root")
	kill -KILL "$vm"
	naps=0
	while kill -0 "$vm" 2>/dev/null || [ -z "$(lab_beams "$root")" ]; do
		naps=$((naps + 1))
		[ "$naps" -lt 300 ] || flunk 'heart does not start it'
		sleep 0.1
	done
	up
}

# bin/hotcode would start the version in the environment of heart.
heart_and_restarts_start_the_version_that_boots() {
	cp "$LAB/deploy.ini" "$LAB/heart.ini"
	# as env.sh has it, which sets them for daemon alone
	echo "ELIXIR_ERL_OPTIONS=-heart HEART_COMMAND='$root/bin/hotcode daemon' \
		exec $root/bin/hotcode daemon" >"$LAB/start"
	sed -i "/^\[lab\]/a command.start = . $LAB/start" "$LAB/heart.ini"
	INI=heart.ini
	status 0 restart lab
	status 0 upgrade lab 0.2.0
	restarted 0.2.0
	beam_dies
	is 0.2.0
	status 0 rollback lab
	host 1 mode hot
	restarted 0.1.0
	beam_dies
	is 0.1.0
	INI=deploy.ini
	status 0 restart lab
}

check 'up and down, with state and protocols' up_and_down_with_state
check 'heart and restarts start the version that boots' \
	heart_and_restarts_start_the_version_that_boots
check_end
