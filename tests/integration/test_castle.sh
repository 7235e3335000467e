#!/bin/sh
# Releases made with Castle, 0.3 on web1 and 1 on web2: a tutorial, hot and
# cold, and what must not stay half done. By day only one of them, another one
# every day (SEED).
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
LAB_HOSTS=2
lab_open
. tests/support/castle.sh
seed=${SEED:-$(($(date +%s) / 86400))}
[ "${NIGHT-}" = yes ] || castles=$((seed % 2 + 1))
echo "SEED=$seed"
for file in deploy one; do
	sed 's/^path .*/&\nsoak = 3s/' "$LAB/$file.ini" >"$LAB/soak-$file.ini"
done

hot() { # N STATE
	host "$1" mode hot
	equal "web$1 vm" "$(vm_id "$1")" "$(cat "$LAB/vm.$1")"
	equal "web$1 state" "$(state "$1")" "$2"
}

push_and_start() {
	each_castle on_host 0 push 0.1.0
	each_castle on_host 0 start
	each_castle on 0.1.0
	each_castle on_host 0 push 0.2.0
}

up() { # N
	vm_id "$1" >"$LAB/vm.$1"
	lab_call "$1" "demo_server:add(5)." >/dev/null
	on_host "$1" 0 upgrade 0.2.0
	on "$1" 0.2.0
	hot "$1" '[{name,"ann"},{salary,105}]'
	equal "web$1 colour" "$(lab_call "$1" \
		'application:get_env(hotcode, colour) =:= {ok, <<"blue">>}.')" true
	layout "$1"
}

up_hot() {
	each_castle up
}

boots_the_same() { # N
	settings "$1" >"$LAB/settings"
	on_host "$1" 0 restart
	on "$1" 0.2.0
	settings "$1" | diff "$LAB/settings" -
	vm_id "$1" >"$LAB/vm.$1"
}

a_reboot_has_the_same_configuration() {
	each_castle boots_the_same
}

goes_down() { # N
	on_host "$1" 0 rollback
	on "$1" 0.1.0
	hot "$1" '[{money,100},{name,"ann"}]'
}

down_hot() {
	each_castle goes_down
}

in_soak() { # N: returns when an upgrade of that host soaks
	INI=soak-$(ini "$1")
	meanwhile upgrade lab 0.2.0 --limit "web$1"
	INI=deploy.ini
	once_said 'soak 0.2.0 ...'
	runs "$1" 0.2.0
}

a_crash_in_the_soak_boots_the_old_version() {
	in_soak 1
	kill -9 "$(lab_beams "$LAB/web1")"
	ended_with 1
	host 1 result undone
	on 1 0.1.0
}

a_run_that_is_killed_in_the_install_is_finished() {
	INI=$(ini 2)
	meanwhile upgrade lab 0.2.0 --limit web2
	once_said 'install 0.2.0 ...'
	kill -9 "$run"
	ended_with 137
	on_host 2 0 resume
	on 2 0.2.0
}

cold() {
	on_host 1 0 upgrade 0.2.0 --cold
	host 1 mode cold
	on 1 0.2.0
	on_host 2 0 rollback --cold
	on 2 0.1.0
}

check 'push and start' push_and_start
check 'up hot' up_hot
check 'a reboot has the same configuration' a_reboot_has_the_same_configuration
check 'down hot' down_hot
rarely 'a crash in the soak boots the old version' \
	a_crash_in_the_soak_boots_the_old_version
rarely 'a run that is killed in the install is finished' \
	a_run_that_is_killed_in_the_install_is_finished
rarely 'cold, and back' cold
check_end
