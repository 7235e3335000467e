#!/bin/sh
# Upgrades by stop and start: what runs and what boots afterwards, that hot
# ones go on from there, and what is left where one is cut off.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
LAB_HOSTS=1
lab_open

root=$LAB/web1

# daemon: the release's own start, past hdeploy; waits until the VM answers.
daemon() {
	(cd "$root" && exec env NODE_NAME=web1@127.0.0.1 \
		NODE_COOKIE="lab-$LAB_PORT" PIPE_DIR="$LAB/pipes/web1/" \
		ERL_EPMD_ADDRESS=127.0.0.1 ERL_EPMD_PORT="$(lab_epmd 1)" \
		ERL_FLAGS='-kernel inet_dist_use_interface {127,0,0,1}' \
		bin/hotcode daemon)
	naps=0
	until [ "$(lab_call 1 'element(1, init:get_status()).' 2>/dev/null)" = \
		started ]; do
		naps=$((naps + 1))
		[ "$naps" -lt 200 ] || flunk 'it does not boot'
		sleep 0.1
	done
}

kill_vm() {
	for p in $(lab_beams "$root"); do
		kill -KILL "$p"
	done
	while [ -n "$(lab_beams "$root")" ]; do sleep 0.1; done
}

# is VERSION: by the VM's own word, its loaded code and every boot pointer.
is() {
	runs 1 "$1"
	boots 1 "$1"
	equal version "$(lab_call 1 'list_to_atom(demo_server:version()).' |
		tr -d "'")" "$1"
	equal modified "$(lab_call 1 'code:modified_modules().')" '[]'
	[ ! -e "$root/.hdeploy/switching" ] || flunk 'a switch goes on'
	nothing_left 1
}

# stays VERSION: so it is, and so it is after a crash of the machine.
stays() {
	is "$1"
	kill_vm
	daemon
	is "$1"
	equal booted "$(lab_call 1 'list_to_atom(element(2, init:script_id())).' |
		tr -d "'")" "$1"
}

cold() { # VERSION
	status 0 upgrade lab "$1" --cold
	host 1 after "$1"
	stays "$1"
}

hot() { # VERSION
	was=$(vm_id 1)
	status 0 upgrade lab "$1"
	host 1 hot hot
	equal vm "$(vm_id 1)" "$was"
	stays "$1"
}

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

check 'hot and cold upgrades follow each other' hot_and_cold_follow_each_other
check_end
