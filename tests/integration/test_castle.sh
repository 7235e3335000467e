#!/bin/sh
# Releases made with Castle, 0.3 on web1 and 1 on web2: a tutorial, hot and
# cold, and failures.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
LAB_HOSTS=2
lab_open
. tests/support/castle.sh
sed 's/^path .*/&\nsoak = 4s/' "$LAB/deploy.ini" >"$LAB/soak.ini"

both() { # COMMAND ARG...: with each host's number as first argument
	command=$1
	shift
	for n in 1 2; do
		"$command" "$n" "$@"
	done
}

on() { # N VERSION
	runs "$1" "$2"
	equal "web$1 boots" \
		"$(cut -d' ' -f2 "$LAB/web$1/releases/start_erl.data")" "$2"
	equal "web$1 greeting" "$(lab_call "$1" \
		'application:get_env(hotcode, greeting) =:= {ok, <<"hello">>}.')" true
	nothing_left "$1"
	equal "web$1 tarballs" \
		"$(find "$LAB/web$1/releases" -name '*.tar.gz')" ''
}

hot() { # N STATE
	host "$1" mode hot
	equal "web$1 vm" "$(vm_id "$1")" "$(cat "$LAB/vm.$1")"
	equal "web$1 state" "$(state "$1")" "$2"
}

remember() { # N
	vm_id "$1" >"$LAB/vm.$1"
}

push_and_start() {
	both on_host 0 push 0.1.0
	both on_host 0 start
	both on 0.1.0
	both on_host 0 push 0.2.0
	both remember
}

up() { # N
	lab_call "$1" "demo_server:add(5)." >/dev/null
	on_host "$1" 0 upgrade 0.2.0
	on "$1" 0.2.0
	hot "$1" '[{name,"ann"},{salary,105}]'
	equal "web$1 colour" "$(lab_call "$1" \
		'application:get_env(hotcode, colour) =:= {ok, <<"blue">>}.')" true
	layout "$1"
}

up_hot() {
	both up
}

down_hot() {
	for n in 1 2; do
		on_host "$n" 0 rollback
		on "$n" 0.1.0
		hot "$n" '[{money,105},{name,"ann"}]'
	done
}

check 'push and start' push_and_start
check 'up hot' up_hot
check 'down hot' down_hot
check_end
