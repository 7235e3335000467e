#!/bin/sh
# Other bits of a version that the host already has, and a damaged
# releases/RELEASES.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
LAB_HOSTS=1
lab_open
. tests/support/cold.sh

a_damaged_list_is_told_before_the_stop() {
	cp "$root/releases/RELEASES" "$LAB/list"
	head -c 100 "$LAB/list" >"$root/releases/RELEASES"
	was=$(vm_id 1)
	status 1 upgrade lab 0.1.0 --cold
	said 'repair lab'
	runs 1 0.2.0
	equal vm "$(vm_id 1)" "$was"
	cp "$LAB/list" "$root/releases/RELEASES"
	status 0 upgrade lab 0.1.0 --cold
	is 0.1.0
}

other() { # WANTED ARG...: pushes the other bits of 0.2.0
	sed "s|^release .*|release = $FIXTURES/0.2.0-other.tar.gz|" \
		"$LAB/deploy.ini" >"$LAB/other.ini"
	INI=other.ini
	wanted_status=$1
	shift
	status "$wanted_status" push lab 0.2.0 "$@"
	INI=deploy.ini
}

other_bits_take_the_place_of_an_old_version() {
	other 4
	said 'or replace the one on the host with --replace'
	other 0 --replace
	[ ! -e "$root/lib/hotcode-0.2.0" ] || flunk 'the old bits are there'
	is 0.1.0
	status 0 upgrade lab 0.2.0
	host 1 mode hot
	runs 1 0.2.0
	equal bits "$(lab_call 1 'list_to_atom(demo_server:version()).')" \
		"'0.2.0 (other bits)'"
}

nor_of_one_that_is_in_use() {
	status 4 push lab 0.2.0 --replace
	said 'replace is not possible: it runs'
}

nor_of_one_that_would_boot() {
	lab_kill_vm 1
	status 4 push lab 0.2.0 --replace
	said 'replace is not possible: a reboot would start it'
	status 0 upgrade lab 0.1.0 --cold
	is 0.1.0
}

other_bits_of_one_that_was_only_pushed() {
	status 0 push lab 0.2.0 --replace
	rm -rf "$root/.hdeploy/tmp"
	other 0 --replace
	same_release "$FIXTURES/0.2.0-other.tar.gz" \
		"$root/.hdeploy/tarballs/0.2.0.tar.gz"
	status 0 upgrade lab 0.2.0
	equal bits "$(lab_call 1 'list_to_atom(demo_server:version()).')" \
		"'0.2.0 (other bits)'"
}

status 0 push lab 0.1.0
status 0 start lab
status 0 push lab 0.2.0
status 0 upgrade lab 0.2.0
check 'a damaged list is told before the stop' \
	a_damaged_list_is_told_before_the_stop
check 'other bits take the place of an old version' \
	other_bits_take_the_place_of_an_old_version
check 'but not of one that is in use' nor_of_one_that_is_in_use
rarely 'nor of one that would boot' nor_of_one_that_would_boot
rarely 'other bits of one that was only pushed' \
	other_bits_of_one_that_was_only_pushed
check_end
