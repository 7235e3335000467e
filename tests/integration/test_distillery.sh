#!/bin/sh
# Distillery's releases: a whole tutorial, and failures. The control scripts of
# the hosts differ in how they find the version that boots: web1 has those of
# 2.0, web2 and web3, which is there by night, those of 2.1. Those of web2 read
# releases/ again, like versions after 2.1.1.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
LAB_HOSTS=2
[ "${NIGHT-}" != yes ] || LAB_HOSTS=3
lab_open
. tests/support/distillery.sh

first_push_unpacks() {
	ship 0.1.0
	every_host down
	every_host start_data 0.1.0
	file=$LAB/web2/bin/hotcode_rc_exec.sh
	# shellcheck disable=SC2016
	newer='"$RELEASE_ROOT_DIR/releases/start_erl.data" -nt "$START_ERL_DATA"'
	sed -i "s|^if .* ! -f .*|if [ $newer ]; then|" "$file"
	grep -q '^if .* -nt ' "$file"
	equal 'mode of a script' "$(stat -c %a "$file")" 755
}

start_waits_for_the_node() {
	status 0 start lab
	for n in $(seq "$LAB_HOSTS"); do
		on "$n" 0.1.0
		lab_call "$n" "demo_server:add($n)." >/dev/null
		vm_id "$n" >"$LAB/vm.$n"
	done
}

unpacked() { # N
	equal "web$1" "$(ls "$LAB/web$1/releases/0.2.0")" hotcode.tar.gz
}

next_push_is_shipped_only() {
	ship 0.2.0
	# shellcheck disable=SC2016 # sent expands it
	sent "$LAB_HOSTS" '$sent -lt $((size / 5))'
	every_host as_it_was_packed 0.2.0
	every_host unpacked
	# Packed again, without write permission for others.
	for file in "$FIXTURES/distillery-2.1/0.2.0.tar.gz" \
		"$LAB/web2/releases/0.2.0/hotcode.tar.gz"; do
		tar -tvzf "$file" | sed 's|^\(.\)\(...\)\(.\).\(..\).\(.\)|\1\2\3-\4-\5|
			s| .* [0-9][0-9]:[0-9][0-9] | |; s|/$||' >"$LAB/${file##*/}.list"
	done
	diff "$LAB/0.2.0.tar.gz.list" "$LAB/hotcode.tar.gz.list"
	equal 'others could write to' "$(tar -tvzf "$file" |
		grep '^[-d]\(....w\|.......w\)')" ''
	every_host on 0.1.0
}

was_hot() { # N STATE
	host "$1" mode hot
	equal "web$1 vm" "$(vm_id "$1")" "$(cat "$LAB/vm.$1")"
	equal "web$1 state" "$(state "$1")" "$2"
}

upgrade_is_hot() {
	status 0 upgrade lab 0.2.0
	every_host on 0.2.0
	for n in $(seq "$LAB_HOSTS"); do
		was_hot "$n" "[{name,\"ann\"},{salary,$((100 + n))}]"
		equal 'hooks of the upgrade' \
			"$(cat "$LAB/web$n/var/upgrades")" 0.2.0
	done
	! grep -q "$(printf '\033')" "$LAB"/web*/.hdeploy/ops/*/output ||
		flunk 'colours'
	status 0 upgrade lab 0.2.0
	every_host host result unchanged
}

# Only the end of the VM truly shows which version boots.
the_upgraded_version_boots() {
	# shellcheck disable=SC2046
	kill -KILL $(lab_beams)
	status 0 start lab
	every_host on 0.2.0
}

rollback_is_hot() {
	every_host lab_call 'demo_server:add(10).' >/dev/null
	every_host vm_id >"$LAB/before"
	status 0 rollback lab
	every_host on 0.1.0
	every_host host mode hot
	every_host vm_id | cmp - "$LAB/before"
	equal state "$(state 1)" '[{money,110},{name,"ann"}]'
}

the_old_version_boots_again() {
	status 0 stop lab
	every_host down
	status 0 start lab
	every_host on 0.1.0
}

# not_permanent N: as after an upgrade by hand that was cut off at its end.
not_permanent() {
	for file in sys.config vm.args; do
		packed=$LAB/web$1/releases/0.2.0/$file
		cp -p "$packed" "$packed.bak"
		cp "$LAB/web$1/var/$file" "$packed"
	done
	lab_call "$1" 'release_handler:install_release("0.2.0").' >/dev/null
	runs "$1" 0.2.0
}

# bin/hotcode downgrade reports that the version is permanent, and does nothing.
back_from_a_version_that_is_not_permanent() {
	every_host not_permanent
	every_host vm_id >"$LAB/before"
	status 0 rollback lab
	every_host on 0.1.0
	every_host vm_id | cmp - "$LAB/before"
	! grep -q "lab-$LAB_PORT" "$LAB/events" "$LAB/out" \
		"$LAB"/web*/.hdeploy/ops/*/output || flunk 'the cookie is shown'
	equal 'configuration left' "$(ls "$LAB"/web*/releases/*/*.bak)" ''
}

what_is_not_permanent_is_finished() {
	every_host not_permanent
	status 0 upgrade lab 0.2.0
	every_host on 0.2.0
	status 0 rollback lab 0.1.0
	every_host on 0.1.0
}

in_soak() { # N: returns when an upgrade of that host soaks
	INI=soak.ini
	meanwhile upgrade lab 0.2.0 --limit "web$1"
	INI=deploy.ini
	once_said 'soak 0.2.0 ...'
}

permanent_only_after_the_soak_when_asked() {
	sed 's/^path .*/&\ncommit = after_soak\nsoak = 4s/' \
		"$LAB/deploy.ini" >"$LAB/soak.ini"
	vm_id 2 >"$LAB/before"
	in_soak 2
	runs 2 0.2.0
	start_data 2 0.1.0
	ended_with 0
	host 2 mode hot
	vm_id 2 | cmp - "$LAB/before"
	on 2 0.2.0
	layout 2
	status 0 rollback lab --limit web2
	on 2 0.1.0
}

a_crash_in_the_soak_boots_the_old_version() {
	in_soak 2
	kill -KILL "$(lab_beams "$LAB/web2")"
	ended_with 1
	host 2 result undone
	on 2 0.1.0
}

# Its own scripts would look for its libraries in releases/RELEASES, where it
# is neither permanent nor old: 2.1 here, 2.0 in the next case.
a_version_that_was_never_installed_soaks() {
	ship 0.5.0 3
	INI=soak.ini
	status 0 upgrade lab 0.5.0 --limit web3
	INI=deploy.ini
	host 3 mode 'hot, partial'
	on 3 0.5.0
}

garbage_left_by_hand() {
	ship 0.5.0 1
	root=$LAB/web1
	rm "$root/releases/0.5.0/hotcode.tar.gz"
	head -c 5000 /dev/urandom >"$root/releases/0.5.0/hotcode.tar.gz"
	mkdir -p "$root/lib/hotcode-0.5.0/ebin"
	echo poison >"$root/lib/hotcode-0.5.0/ebin/demo_server.beam"
	INI=soak.ini
	status 0 upgrade lab 0.5.0 --limit web1
	INI=deploy.ini
	host 1 mode 'hot, partial'
	on 1 0.5.0
	status 0 rollback lab --limit web1
	on 1 0.1.0
}

# Only bin/<app> reads it; the running node and a stop do not.
a_value_breaks_sys_config() {
	sed 's/^env.GREETING.*/env.GREETING = my "secret"/' "$LAB/deploy.ini" \
		>"$LAB/quote.ini"
	INI=quote.ini
	for mode in --hot --cold; do
		status 1 upgrade lab 0.2.0 --limit web1 "$mode"
		said 'var/sys.config is not valid Erlang at line 3'
		! grep -q secret "$LAB/out" "$LAB/events" ||
			flunk 'a part of the value is shown'
		on 1 0.1.0
		equal 'the node' "$(vm_id 1)" "$(cat "$LAB/vm.1")"
	done
}

check 'the first push unpacks' first_push_unpacks
check 'start waits for the node' start_waits_for_the_node
check 'the next push is only shipped' next_push_is_shipped_only
rarely 'a value that breaks sys.config is refused' \
	a_value_breaks_sys_config
check 'upgrade is hot' upgrade_is_hot
check 'the upgraded version boots' the_upgraded_version_boots
check 'rollback is hot' rollback_is_hot
rarely 'the old version boots again' the_old_version_boots_again
rarely 'back from a version that is not permanent' \
	back_from_a_version_that_is_not_permanent
rarely 'a version that is not permanent is made so' \
	what_is_not_permanent_is_finished
rarely 'permanent only after the soak, when asked' \
	permanent_only_after_the_soak_when_asked
rarely 'a crash in the soak boots the old version' \
	a_crash_in_the_soak_boots_the_old_version
rarely 'a version that was never installed soaks' \
	a_version_that_was_never_installed_soaks
rarely 'garbage was left by hand' garbage_left_by_hand
check_end
