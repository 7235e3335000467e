# shellcheck shell=sh disable=SC2034,SC2154
# The host of the tests of `mix release`. Source it after cold.sh and mix.sh.

starts=daemon-of-mix # bin/hotcode names no version

# Each version has a cookie of its own; a hot upgrade keeps the VM's.
lab_home() {
	mkdir -p "$LAB/home"
	cp -f "$root/releases/COOKIE" "$LAB/home/.erlang.cookie"
	chmod 400 "$LAB/home/.erlang.cookie"
}

daemon() {
	(cd "$root" && lab_env 1 env RELEASE_NODE=web1@127.0.0.1 \
		RELEASE_DISTRIBUTION=name bin/hotcode daemon)
	up
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

on() { # VERSION
	is "$1"
	cmp "$FIXTURES/mix/$1/bin/hotcode" "$root/bin/hotcode"
	status 0 status lab
	host 1 after "$1"
}

# label: what a protocol says that has another implementation in 0.2.0
label() {
	lab_call 1 "'Elixir.Hotcode.Label':'of'(1)."
}

env_of() { # NAME: in the node
	lab_call 1 "list_to_atom(os:getenv(\"$1\"))." | tr -d "'"
}

# restarted VERSION: restarts the node in process.
restarted() {
	was=$(vm_id 1)
	lab_call 1 'init:restart().' >/dev/null
	naps=0
	while [ "$(vm_id 1 2>/dev/null)" = "$was" ]; do
		naps=$((naps + 1))
		[ "$naps" -lt 300 ] || flunk 'it does not restart'
		sleep 0.1
	done
	up
	is "$1"
	equal RELEASE_VSN "$(env_of RELEASE_VSN)" "$1"
	equal RELEASE_VM_ARGS "$(env_of RELEASE_VM_ARGS)" \
		"$root/releases/$1/vm.args"
}

# beam_dies: kills the VM; waits until heart has started another.
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
