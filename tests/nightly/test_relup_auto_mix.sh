#!/bin/sh
# relup = auto for releases of `mix release`: two hosts on two versions, one push
# of the next one, hot on both. mix itself makes no relup.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
LAB_HOSTS=2
lab_open
. tests/support/mix.sh

# Each version has a cookie of its own; the VM's stays in a hot upgrade.
lab_call() {
	mkdir -p "$LAB/home"
	cp -f "$LAB/web$1/releases/COOKIE" "$LAB/home/.erlang.cookie"
	chmod 400 "$LAB/home/.erlang.cookie"
	for lab_f in "$LAB/web$1"/erts-*/bin/erl_call; do break; done
	printf '%s\n' "$2" | ERL_EPMD_PORT=$(lab_epmd "$1") HOME=$LAB/home \
		"$lab_f" -name "web$1@127.0.0.1" -timeout 20 -e |
		sed 's/^{ok, \(.*\)}$/\1/'
}

# As `mix release` leaves the folder of 0.5.0, and the appup that a team writes.
mkdir -p "$LAB/job/appup"
cp -r "$FIXTURES/mix/0.5.0" "$LAB/job/hotcode"
rm "$LAB/job/hotcode/releases/0.5.0/relup"
mv "$LAB/job/hotcode/lib/hotcode-0.5.0/ebin/hotcode.appup" "$LAB/job/appup"

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
	sed -i 's|^release .*|release = hotcode\
relup = auto|' "$LAB/deploy.ini"
	cd "$LAB/job"
	status 0 push lab
	said 'up from 0.1.0, 0.2.0; down to 0.1.0, 0.2.0'
	[ ! -e hotcode/releases/0.5.0/relup ] || flunk 'the build was changed'
	status 0 upgrade lab 0.5.0
	for n in 1 2; do
		runs "$n" 0.5.0
		host "$n" mode hot
		equal "web$n state" "$(state "$n")" \
			"[{name,\"ann\"},{salary,$((100 + n))}]"
		equal "web$n vm" "$(vm_id "$n")" "$(cat "$LAB/vm.$n")"
	done
}

each_host_goes_back_hot() {
	status 0 rollback lab 0.1.0 --limit web1
	host 1 mode hot
	equal state "$(state 1)" '[{money,101},{name,"ann"}]'
	status 0 rollback lab 0.2.0 --limit web2
	host 2 mode hot
	equal state "$(state 2)" '[{name,"ann"},{salary,102}]'
}

check 'hosts run two versions of a mix release' hosts_run_two_versions
check 'one push serves both, hot' one_push_serves_both
rarely 'each host goes back hot' each_host_goes_back_hot
check_end
