#!/bin/sh
# Files that are lost or damaged: hdeploy reports each, and its advice ends it.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
LAB_HOSTS=1
lab_open
. tests/support/damage.sh

many_restarts_later() {
	again
	status 0 upgrade lab 0.2.0
	line=$(sed -n '/"command":"start"/p' "$root/.hdeploy/history.jsonl")
	i=0
	while [ "$i" -lt 120 ]; do
		i=$((i + 1))
		echo "$line"
	done >>"$root/.hdeploy/history.jsonl"
	{
		head -c 3000 /dev/urandom
		printf '\n{"id":"x","command":"upgrade","fr\n[]\n'
	} >>"$root/.hdeploy/history.jsonl"
	status 0 rollback lab
	on 0.1.0
}

# boot_file DO: the advice in the message ends the damage
boot_file() {
	$1
	status 1 status lab
	said '`hdeploy repair lab --limit web1'
	status 4 upgrade lab 0.2.0
	said 'first `hdeploy repair lab --limit web1'
	status 0 repair lab --yes
	on 0.1.0
}

no_boot_file() { rm "$root/releases/start_erl.data"; }
other_boot_file() { echo '13.1 0.9.9' >"$root/releases/start_erl.data"; }
bad_boot_file() { echo garbage >"$root/releases/start_erl.data"; }
other_script() {
	sed -i 's/^REL_VSN=.*/REL_VSN="0.2.0"/' "$root/bin/hotcode"
}

boot_pointers_are_damaged() {
	again
	boot_file no_boot_file
	boot_file other_boot_file
	boot_file bad_boot_file
	boot_file other_script
	status 0 upgrade lab 0.2.0
	on 0.2.0
}

boot_file_is_lost_and_node_down() {
	anew
	status 0 stop lab
	no_boot_file
	status 4 start lab
	said 'start_erl.data is missing'
	said '`hdeploy repair lab --limit web1'
	status 1 status lab
	said 'start_erl.data is missing'
	status 0 repair lab --yes
	status 0 start lab
	on 0.1.0
}

list_is_lost() {
	anew
	rm "$root/releases/RELEASES"
	status 0 upgrade lab 0.2.0
	on 0.2.0
	status 0 rollback lab
	on 0.1.0
}

list_is_lost_at_a_start() {
	anew
	rm "$root/releases/RELEASES"
	lab_kill_vm 1
	status 0 start lab
	status 4 upgrade lab 0.2.0
	said '`hdeploy repair lab --limit web1'
	status 0 repair lab --yes
	status 0 upgrade lab 0.2.0
	status 0 rollback lab
	on 0.1.0
}

# record CONTENT: 0.2.0 counts as not pushed
record() {
	printf '%s\n' "$1" >"$root/.hdeploy/releases/0.2.0/record"
	status 0 status lab
	status 4 upgrade lab 0.2.0
	said 'hdeploy push'
	status 0 push lab 0.2.0
	host 1 result ok
}

record_is_damaged() {
	anew
	record 'identity a b c'
	record ''
	printf 'way up\nway x y z a\nway up 0.0.1 plain a b\n' \
		>>"$root/.hdeploy/releases/0.2.0/record"
	status 0 upgrade lab 0.2.0
	on 0.2.0
}

manifest_is_damaged() {
	anew
	sed -i 1d "$root/.hdeploy/releases/0.2.0/manifest"
	status 1 upgrade lab 0.2.0
	said 'was changed since it was pushed: push 0.2.0 again'
	runs 1 0.1.0
	boots 1 0.1.0
	status 0 push lab 0.2.0
	host 1 result ok
	status 0 upgrade lab 0.2.0
	on 0.2.0
}

tarball_is_damaged() {
	anew
	# the same length
	printf x | dd of="$root/.hdeploy/tarballs/0.2.0.tar.gz" bs=1 seek=999 \
		conv=notrunc 2>/dev/null
	status 1 upgrade lab 0.2.0
	said 'was changed since it was pushed: push 0.2.0 again'
	runs 1 0.1.0
	boots 1 0.1.0
	status 0 push lab 0.2.0
	status 0 upgrade lab 0.2.0
	on 0.2.0
}

check 'a rollback many restarts and some garbage later' many_restarts_later
check 'boot pointers are lost, garbage, of another version' \
	boot_pointers_are_damaged
check 'start_erl.data is lost and the node is down' \
	boot_file_is_lost_and_node_down
check 'RELEASES is lost' list_is_lost
check 'RELEASES is lost before a start' list_is_lost_at_a_start
check 'a record is damaged' record_is_damaged
check 'a manifest is damaged' manifest_is_damaged
check 'a kept tarball is damaged' tarball_is_damaged
check_end
