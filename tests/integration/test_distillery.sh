#!/bin/sh
# Distillery's releases: the whole way of a tutorial, on web1 with the control
# scripts of 2.0 and on web2 with those of 2.1, and how they go wrong.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
LAB_HOSTS=2
sh tests/fixtures/distillery.sh "$FIXTURES" || exit 1
lab_open

ini() { # SHAPE
	sed -e 's/^driver .*/driver = distillery/' \
		-e "s|^release .*|release = $FIXTURES/distillery-$1/{version}.tar.gz|" \
		-e 's/^env.NODE_NAME.*/&\
env.REPLACE_OS_VARS = true\
env.GREETING = hello/' "$LAB/deploy.ini"
}
ini 2.0 >"$LAB/web1.ini"
ini 2.1 >"$LAB/web2.ini"

use() { # N: host, and its deploy.ini
	N=$1
	INI=web$1.ini
	here=$LAB/web$1
}

# do_it WANTED COMMAND ARG...: on this host
do_it() {
	status "$@" --limit "web$N"
}

boots() { # N VERSION: what bin/hotcode starts, by the only way to know
	equal "web$1 start_erl.data" \
		"$(cut -d' ' -f2 "$LAB/web$1/releases/start_erl.data")" "$2"
	do_it "${3:-0}" status lab
	host "$1" boots "$2"
}

first_push_unpacks() {
	do_it 0 push lab 0.1.0
	boots "$N" 0.1.0 1
	down "$N"
}

start_waits_for_the_node() {
	do_it 0 start lab
	runs "$N" 0.1.0
	lab_call "$N" 'demo_server:add(7).' >/dev/null
	vm_id "$N" >"$LAB/vm"
}

next_push_lies_beside_it() {
	do_it 0 push lab 0.2.0
	cmp "$FIXTURES/$shape/0.2.0.tar.gz" "$here/releases/0.2.0/hotcode.tar.gz"
	equal unpacked "$(ls "$here/releases/0.2.0")" hotcode.tar.gz
	runs "$N" 0.1.0
}

greeting() {
	lab_call "$N" '{ok, G} = application:get_env(hotcode, greeting), G.'
}

same_vm() {
	equal vm "$(vm_id "$N")" "$(cat "$LAB/vm")"
}

upgrade_is_hot() {
	do_it 0 upgrade lab 0.2.0
	host "$N" hot hot
	runs "$N" 0.2.0
	same_vm
	equal state "$(state "$N")" '[{name,"ann"},{salary,107}]'
	equal greeting "$(greeting)" '"hello"'
	boots "$N" 0.2.0
	equal 'hooks of the upgrade' "$(cat "$here/var/upgrades")" 0.2.0
	! grep -q "$(printf '\033')" "$LAB/web$N/.hdeploy/ops"/*/output ||
		flunk colours
	do_it 0 upgrade lab 0.2.0
	host "$N" result unchanged
}

rollback_is_hot() {
	do_it 0 rollback lab
	host "$N" hot hot
	runs "$N" 0.1.0
	same_vm
	equal state "$(state "$N")" '[{money,107},{name,"ann"}]'
	equal greeting "$(greeting)" '"hello"'
	boots "$N" 0.1.0
}

restart() {
	do_it 0 stop lab
	down "$N"
	do_it 0 start lab
}

# the VM's end is the only true test of what boots
after_a_crash_the_upgraded_version_boots() {
	do_it 0 upgrade lab 0.2.0
	kill -KILL "$(lab_beams "$here")"
	do_it 0 start lab
	runs "$N" 0.2.0
	do_it 0 rollback lab
	kill -KILL "$(lab_beams "$here")"
	do_it 0 start lab
	runs "$N" 0.1.0
	equal greeting "$(greeting)" '"hello"'
}

on_010() {
	runs "$N" 0.1.0
	boots "$N" 0.1.0
	nothing_left "$N"
}

no_relup() {
	do_it 0 push lab 0.3.0
	do_it 4 upgrade lab 0.3.0
	said 'no relup leads from 0.1.0 to 0.3.0'
	on_010
}

code_change_crashes() {
	do_it 0 push lab 0.4.0
	do_it 1 upgrade lab 0.4.0
	said 'a code_change failed'
	host "$N" result undone
	on_010
	equal greeting "$(greeting)" '"hello"'
	[ ! -e "$here/releases/0.4.0/hotcode.sh" ] ||
		flunk 'the failed release is still unpacked'
	[ ! -e "$here/lib/hotcode-0.4.0" ] || flunk 'its library is still there'
}

old_code_runs_on() {
	do_it 0 push lab 0.6.0
	do_it 1 upgrade lab 0.6.0
	said 'old code still runs'
	host "$N" result undone
	on_010
}

garbage_left_by_hand() {
	do_it 0 push lab 0.5.0
	rm "$here/releases/0.5.0/hotcode.tar.gz"
	head -c 5000 /dev/urandom >"$here/releases/0.5.0/hotcode.tar.gz"
	mkdir -p "$here/lib/hotcode-0.5.0/ebin"
	echo poison >"$here/lib/hotcode-0.5.0/ebin/demo_server.beam"
	do_it 0 upgrade lab 0.5.0
	host "$N" hot partial
	runs "$N" 0.5.0
	do_it 0 rollback lab
	on_010
}

a_variable_got_lost() {
	grep -v GREETING "$LAB/$INI" >"$LAB/lost.ini"
	INI=lost.ini
	do_it 1 upgrade lab 0.2.0
	said 'GREETING is set where the VM runs'
	host "$N" result undone
	INI=web$N.ini
	on_010
}

# As by Distillery's own commands, cut off before it was permanent.
not_permanent() {
	do_it 0 upgrade lab 0.2.0
	do_it 0 rollback lab
	for file in sys.config vm.args; do
		cp -p "$here/releases/0.2.0/$file" "$here/releases/0.2.0/$file.bak"
		cp "$here/var/$file" "$here/releases/0.2.0/$file"
	done
	lab_call "$N" 'release_handler:install_release("0.2.0").' >/dev/null
	runs "$N" 0.2.0
}

the_way_back_from_what_is_not_permanent() {
	not_permanent
	"$HDEPLOY" -f "$LAB/$INI" rollback lab --limit "web$N" --json \
		>"$LAB/events" 2>"$LAB/out" || flunk "status $?"
	! grep -q "lab-$LAB_PORT" "$LAB/events" "$LAB/out" ||
		flunk 'the cookie is shown'
	runs "$N" 0.1.0
	boots "$N" 0.1.0
	same_vm_as_before
	equal greeting "$(greeting)" '"hello"'
}

same_vm_as_before() {
	equal 'start of the VM' "$(ls "$here/.hdeploy/ops" | wc -l)" \
		"$(ls "$here/.hdeploy/ops" | wc -l)"
}

what_is_not_permanent_is_finished() {
	not_permanent
	do_it 0 upgrade lab 0.2.0
	runs "$N" 0.2.0
	boots "$N" 0.2.0
	equal greeting "$(greeting)" '"hello"'
	kill -KILL "$(lab_beams "$here")"
	do_it 0 start lab
	runs "$N" 0.2.0
	do_it 0 rollback lab 0.1.0
	on_010
}

node_down() {
	kill -KILL "$(lab_beams "$here")"
	do_it 4 upgrade lab 0.2.0
	said 'hdeploy start'
	do_it 0 start lab
	on_010
}

bash_is_missing() {
	mkdir -p "$LAB/bin"
	for tool in $(ls /bin /usr/bin | sort -u); do
		[ "$tool" = bash ] || ln -sf "$(command -v "$tool")" "$LAB/bin/"
	done 2>/dev/null
	sed "s|^env.GREETING.*|&\nenv.PATH = $LAB/bin|" "$LAB/$INI" >"$LAB/poor.ini"
	INI=poor.ini
	do_it 4 upgrade lab 0.2.0
	said 'lacks bash'
}

# Some of 2.1 copy start_erl.data once and never again.
a_copy_that_is_never_made_anew() {
	sed -i 's/if \[ .* -nt .*/if [ ! -f "$START_ERL_DATA" ]; then/' \
		"$here/bin/hotcode_rc_exec.sh"
	grep -q 'if \[ ! -f' "$here/bin/hotcode_rc_exec.sh"
	after_a_crash_the_upgraded_version_boots
}

for n in 1 2; do
	use "$n"
	shape=distillery-2.$((n - 1))
	for name in first_push_unpacks start_waits_for_the_node \
		next_push_lies_beside_it upgrade_is_hot rollback_is_hot restart \
		after_a_crash_the_upgraded_version_boots \
		the_way_back_from_what_is_not_permanent \
		what_is_not_permanent_is_finished; do
		check "2.$((n - 1)): $(echo "$name" | tr _ ' ')" "$name"
	done
done
use 2
check 'a copy that is never made anew' a_copy_that_is_never_made_anew
use 1
check 'no relup leads there' no_relup
check 'code_change crashes' code_change_crashes
check 'old code runs on' old_code_runs_on
check 'garbage was left by hand' garbage_left_by_hand
check 'a variable got lost' a_variable_got_lost
check 'the node is down' node_down
check 'bash is missing' bash_is_missing
check_end
