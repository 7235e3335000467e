#!/bin/sh
# Upgrades of Distillery's releases that fail.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
lab_open
. tests/support/distillery.sh

a_release_runs() {
	ship 0.1.0
	status 0 start lab
	every_host on 0.1.0
	ship 0.2.0
}

# web2 boots the version in its own copy, even if releases/ names another.
a_damaged_copy_is_seen_and_mended() {
	# shellcheck disable=SC2016
	echo 'x $(id);y' >"$LAB/web2/var/start_erl.data"
	touch -d '+1 hour' "$LAB/web2/var/start_erl.data"
	status 1 status lab --limit web2
	status 4 upgrade lab 0.2.0 --limit web2
	status 0 upgrade lab 0.1.0 --limit web2
	on 2 0.1.0
	rm "$LAB/web2/var/start_erl.data"
	echo untouched >"$LAB/elsewhere"
	ln -s "$LAB/elsewhere" "$LAB/web2/var/start_erl.data"
	status 4 upgrade lab 0.2.0 --limit web2
	status 0 upgrade lab 0.1.0 --limit web2
	on 2 0.1.0
	equal 'what a link led to' "$(cat "$LAB/elsewhere")" untouched
}

no_relup() {
	ship 0.3.0 1
	status 4 upgrade lab 0.3.0 --limit web1
	said 'no relup leads from 0.1.0 to 0.3.0'
	on 1 0.1.0
}

code_change_crashes() {
	ship 0.4.0 2
	status 1 upgrade lab 0.4.0 --limit web2
	said 'a code_change failed'
	host 2 result undone
	on 2 0.1.0
	for left in releases/0.4.0 lib/hotcode-0.4.0; do
		[ ! -e "$LAB/web2/$left" ] || flunk "$left is still there"
	done
}

old_code_runs_on() {
	status 0 push lab 0.6.0 --limit web3 --cold
	rm "$LAB/web3/.hdeploy/releases/0.6.0/modules" # it would be refused
	status 1 upgrade lab 0.6.0 --limit web3
	said 'old code still runs'
	host 3 result undone
	on 3 0.1.0
}

a_variable_got_lost() {
	grep -v GREETING "$LAB/deploy.ini" >"$LAB/lost.ini"
	INI=lost.ini
	status 4 upgrade lab 0.2.0 --limit web1
	said 'GREETING is set in the running VM'
	host 1 result refused
	on 1 0.1.0
}

node_down() {
	kill -KILL "$(lab_beams "$LAB/web1")"
	status 4 upgrade lab 0.2.0
	said 'hdeploy start'
}

bash_is_missing() {
	mkdir "$LAB/bin"
	for tool in /bin/* /usr/bin/*; do
		[ "${tool##*/}" = bash ] || ln -sf "$tool" "$LAB/bin/"
	done
	sed "s|^env.GREETING.*|&\nenv.PATH = $LAB/bin|" "$LAB/deploy.ini" \
		>"$LAB/poor.ini"
	INI=poor.ini
	status 4 start lab
	said 'lacks bash'
}

# scripts SHAPE VERSION: web1 gets the scripts that came with it, and boots it
scripts() {
	tar -xzOf "$FIXTURES/distillery-$1/$2.tar.gz" bin/hotcode_rc_exec.sh |
		cmp - "$LAB/web1/bin/hotcode_rc_exec.sh" ||
		flunk "bin/ is not that of $2"
	on 1 "$2"
	lab_kill_vm 1
	status 0 start lab --limit web1
	on 1 "$2"
}

# 2.1's releases/V do not work with 2.0's bin/, and both name a version that
# boots.
a_release_of_2_1_follows_one_of_2_0() {
	lab_kill_vm 1
	lab_clean "$LAB/web1"
	ship 0.1.0 1
	status 0 start lab --limit web1
	status 0 push lab 0.2.0 --limit web1
	for how in --hot --cold; do
		status 0 upgrade lab 0.2.0 "$how" --limit web1
		said 'bin/hotcode_rc_exec.sh'
		scripts 2.1 0.2.0
		status 0 rollback lab "$how" --limit web1
		scripts 2.0 0.1.0
	done
}

check 'a release runs' a_release_runs
check 'a damaged copy is seen and mended' a_damaged_copy_is_seen_and_mended
check 'no relup leads there' no_relup
check 'code_change crashes' code_change_crashes
check 'old code runs on' old_code_runs_on
check 'a variable got lost' a_variable_got_lost
check 'a node is down' node_down
check 'bash is missing' bash_is_missing
check 'a release of 2.1 follows one of 2.0' a_release_of_2_1_follows_one_of_2_0
check_end
