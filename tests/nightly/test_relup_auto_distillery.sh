#!/bin/sh
# relup = auto for a release that Distillery made with a relup of its own, as a
# tarball: the relup is replaced, for hosts on two versions.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
LAB_HOSTS=2
lab_open
. tests/support/distillery.sh

hosts_run_two_versions() {
	status 0 push lab 0.1.0 --limit web1
	status 0 push lab 0.2.0 --limit web2
	status 0 start lab
	for n in 1 2; do
		lab_call "$n" "demo_server:add($n)." >/dev/null
		vm_id "$n" >"$LAB/vm.$n"
	done
}

one_push_serves_both() {
	sed -i '/^release/a relup = auto' "$LAB/deploy.ini"
	cksum "$FIXTURES/distillery-2.1/0.5.0.tar.gz" >"$LAB/built"
	cd "$LAB"
	mkdir appup
	step='[{<<".*">>, [{update, demo_server, {advanced, []}}]}]'
	echo "{\"0.5.0\", $step, $step}." >appup/hotcode.appup
	status 0 push lab 0.5.0
	cksum "$FIXTURES/distillery-2.1/0.5.0.tar.gz" | cmp - "$LAB/built"
	said 'the relup of the build is replaced (relup = auto)'
	said 'up from 0.1.0, 0.2.0; down to 0.1.0, 0.2.0'
	status 0 upgrade lab 0.5.0
	for n in 1 2; do
		runs "$n" 0.5.0
		host "$n" mode hot
		equal "web$n vm" "$(vm_id "$n")" "$(cat "$LAB/vm.$n")"
	done
}

check 'hosts run two versions' hosts_run_two_versions
check 'one push serves both' one_push_serves_both
check_end
