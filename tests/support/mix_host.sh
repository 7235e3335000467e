# shellcheck shell=sh disable=SC2034,SC2154
# The host of the tests of `mix release`. Source it after cold.sh and mix.sh.

# Each version has a cookie of its own; the VM's stays in a hot upgrade.
lab_home() {
	mkdir -p "$LAB/home"
	cp -f "$root/releases/COOKIE" "$LAB/home/.erlang.cookie"
	chmod 400 "$LAB/home/.erlang.cookie"
}

daemon() {
	(cd "$root" && lab_env 1 env RELEASE_NODE=web1@127.0.0.1 \
		RELEASE_DISTRIBUTION=name bin/hotcode daemon)
	naps=0
	until [ "$(lab_call 1 'element(1, init:get_status()).' 2>/dev/null)" = \
		started ]; do
		naps=$((naps + 1))
		[ "$naps" -lt 200 ] || flunk 'it does not boot'
		sleep 0.1
	done
}

on() { # VERSION
	is "$1"
	cmp "$FIXTURES/mix/$1/bin/hotcode" "$root/bin/hotcode"
	status 0 status lab
	host 1 after "$1"
}

label() {
	lab_call 1 "'Elixir.Hotcode.Label':'of'(1)."
}
