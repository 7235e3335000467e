#!/bin/sh
# Releases made with Castle, 0.3 on web1 and 1 on web2: failures, and changes by
# hand between two runs.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
LAB_HOSTS=2
lab_open
. tests/support/castle.sh
for file in deploy one; do
	sed 's/^path .*/&\nsoak = 6s/' "$LAB/$file.ini" >"$LAB/soak-$file.ini"
	sed 's/^env.GREETING.*/env.GREETING = other/' "$LAB/$file.ini" \
		>"$LAB/other-$file.ini"
	sed "s|^release .*|release = $LAB/folder/{version}|" "$LAB/$file.ini" \
		>"$LAB/folder-$file.ini"
done
each_castle on_host 0 push 0.1.0
each_castle on_host 0 start

# by_hand N WORD...: Castle's own command
by_hand() {
	n=$1
	shift
	(
		cd "$LAB/web$n" || exit
		script=bin/castle
		[ -x "$script" ] || script=bin/hotcode
		lab_env "$n" env RELEASE_NODE="web$n@127.0.0.1" \
			RELEASE_DISTRIBUTION=name CASTLE_INSTALL_TIMEOUT=5 \
			"$script" "$@"
	)
}

same_vm() { # N
	equal "web$1 vm" "$(vm_id "$1")" "$(cat "$LAB/vm.$1")"
}

remember() { # N
	vm_id "$1" >"$LAB/vm.$1"
}

no_relup() {
	each_castle on_host 4 push 0.3.0
	said 'no relup leads hot from 0.1.0, the running version, to 0.3.0'
	each_castle on_host 0 push 0.2.0
	each_castle on 0.1.0
}

configuration_that_cannot_be_made() {
	remember 1
	on_host 1 0 push 0.5.0
	for mode in --hot --cold; do
		on_host 1 1 upgrade 0.5.0 "$mode"
		said 'the configuration of 0.5.0 cannot be made'
		said 'DATABASE_URL is missing'
		same_vm 1
		on 1 0.1.0
	done
}

code_change_crashes() {
	on_host 1 0 push 0.4.0
	on_host 1 1 upgrade 0.4.0
	said 'a code_change failed, and the VM restarted itself'
	host 1 result undone
	on 1 0.1.0
}

garbage_left_by_hand() {
	for n in 1 2; do
		at=$LAB/web$n
		head -c 5000 /dev/urandom >"$at/releases/hotcode-0.2.0.tar.gz"
		echo '{release, x}.' >"$at/releases/hotcode-0.2.0.rel"
		mkdir -p "$at/lib/hotcode-0.2.0/ebin"
		echo poison >"$at/lib/hotcode-0.2.0/ebin/demo_server.beam"
		on_host "$n" 0 upgrade 0.2.0
		on "$n" 0.2.0
		on_host "$n" 0 rollback
		on "$n" 0.1.0
	done
}

installed_by_hand() {
	for n in 1 2; do
		grep -q '"0.2.0"' "$LAB/web$n/releases/RELEASES" || {
			ln "$LAB/web$n/.hdeploy/tarballs/0.2.0.tar.gz" \
				"$LAB/web$n/releases/hotcode-0.2.0.tar.gz"
			by_hand "$n" unpack 0.2.0 | grep Unpacked
		}
		by_hand "$n" install 0.2.0 | grep 'Now running 0.2.0'
		runs "$n" 0.2.0
		remember "$n"
		on_host "$n" 0 upgrade 0.2.0
		on "$n" 0.2.0
		same_vm "$n"
		by_hand "$n" install 0.1.0 | grep 'Now running 0.1.0'
		runs "$n" 0.1.0
		on_host "$n" 4 upgrade 0.2.0
		said '0.1.0 runs and is not permanent'
		on_host "$n" 0 rollback
		on "$n" 0.1.0
		same_vm "$n"
		by_hand "$n" install 0.2.0
		by_hand "$n" commit 0.2.0
		on_host "$n" 1 status
		said 'belong to 0.1.0, not to 0.2.0'
		on_host "$n" 0 upgrade 0.2.0
		on "$n" 0.2.0
		on_host "$n" 0 rollback 0.1.0
		on "$n" 0.1.0
		same_vm "$n"
	done
}

# by 0.3 with status 0
commands_by_hand_that_fail() {
	by_hand 1 commit 0.2.0 | grep 'Commit of 0.2.0 failed'
	by_hand 1 install 0.1.0 | grep 'Install of 0.1.0 failed'
	! by_hand 2 commit 0.2.0 2>/dev/null || flunk 'it did not fail'
	each_castle on_host 0 status
	each_castle on 0.1.0
}

another_environment() {
	OWN=other
	for n in 1 2; do
		remember "$n"
		on_host "$n" 0 upgrade 0.2.0
		said 'different values of GREETING: Castle configures'
		same_vm "$n"
		on "$n" 0.2.0
	done
	OWN=
	each_castle on_host 0 rollback
	each_castle on 0.1.0
}

out_of_a_folder() {
	for n in 1 2; do
		generation=0.3
		[ "$n" = 1 ] || generation=1
		lab_kill_vm "$n"
		lab_clean "$LAB/web$n"
		for version in 0.1.0 0.2.0; do
			mkdir -p "$LAB/folder/$version"
			tar -xzf "$FIXTURES/castle-$generation/$version.tar.gz" \
				-C "$LAB/folder/$version"
		done
		OWN=folder
		on_host "$n" 0 push 0.1.0
		on_host "$n" 0 start
		on_host "$n" 0 push 0.2.0
		OWN=
		on_host "$n" 0 upgrade 0.2.0
		host "$n" mode hot
		on "$n" 0.2.0
		on_host "$n" 0 rollback
		on "$n" 0.1.0
		rm -rf "$LAB/folder"
	done
}

# Its lock ends, then the host itself goes back.
a_run_that_is_gone_in_the_soak() {
	for n in 1 2; do
		remember "$n"
		INI=soak-$(ini "$n")
		meanwhile upgrade lab 0.2.0 --limit "web$n"
		once_said 'soak 0.2.0 ...'
		runs "$n" 0.2.0
		kill -9 "$run"
		ended_with 137
		naps=0
		until (on "$n" 0.1.0) >/dev/null 2>&1; do
			naps=$((naps + 1))
			[ "$naps" -lt 900 ] || flunk 'it did not go back'
			sleep 0.1
		done
		same_vm "$n"
		on_host "$n" 0 status
	done
}

node_is_down() {
	each_castle lab_kill_vm
	each_castle on_host 4 upgrade 0.2.0
	said 'is down'
	each_castle on_host 0 start
	each_castle on 0.1.0
}

# From Castle 0.3 to Castle 1, whose configuration 0.3 cannot make.
another_castle() {
	INI=one.ini
	status 0 push lab 0.3.0 --limit web1 --cold
	status 0 upgrade lab 0.3.0 --limit web1 --cold
	on 1 0.3.0
	status 0 rollback lab --limit web1 --cold
	INI=deploy.ini
	on 1 0.1.0
	lab_kill_vm 1
	lab_clean "$LAB/web1"
	on_host 1 0 push 0.1.0
	on_host 1 0 start
	INI=one.ini
	status 4 push lab 0.2.0 --limit web1
	said 'no instruction of the relup from 0.1.0 to 0.2.0 loads Elixir.Castle'
	status 0 push lab 0.2.0 --limit web1 --cold
	remember 1
	status 4 upgrade lab 0.2.0 --limit web1
	INI=deploy.ini
	said 'no instruction of the relup from 0.1.0 to 0.2.0 loads Elixir.Castle'
	same_vm 1
	on 1 0.1.0
}

# An install by restart that was asked for by hand, and whose restart has not
# come: two files choose the version of the next start.
a_restart_is_pending() {
	at=$LAB/web2/releases
	cp -p "$at/start_erl.data" "$at/new_start_erl.data"
	sed -i 's/0\.1\.0/0.2.0/' "$at/new_start_erl.data"
	echo 0.2.0 >"$at/castle-restart-pending"
	on_host 2 1 status
	said 'the boot pointers disagree: releases/start_erl.data names 0.1.0,'
	said 'releases/new_start_erl.data 0.2.0'
	on_host 2 0 upgrade 0.1.0
	[ ! -e "$at/castle-restart-pending" ] || flunk 'it was left'
	on_host 2 0 restart
	on 2 0.1.0
}

check 'without a relup' no_relup
check 'a configuration that cannot be made' configuration_that_cannot_be_made
check 'a code_change crashes' code_change_crashes
check 'garbage was left by hand' garbage_left_by_hand
check 'installed by hand between two runs' installed_by_hand
check 'commands by hand that fail' commands_by_hand_that_fail
check 'the node has another environment' another_environment
check 'a run that is gone in the soak' a_run_that_is_gone_in_the_soak
check 'the node is down' node_is_down
check 'a restart is pending' a_restart_is_pending
check 'out of a folder' out_of_a_folder
check 'another Castle' another_castle
check_end
