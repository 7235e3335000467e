#!/bin/sh
# appup = auto: a project without any appup is upgraded hot, and goes back, with
# its state.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
. tests/support/checkout.sh
LAB_HOSTS=1
lab_open

# project JOB VERSION KEY CHANGE: its code_change needs no argument
project() {
	checkout "$@"
	sed -i 's/^back(#{salary := Amount} = State, "0.1.0")/back(#{salary := Amount} = State, _)/
		/^back(State, _Version) ->$/,/^    State\.$/d
		s/^    maps:put(money, Amount, maps:remove(salary, State));/    maps:put(money, Amount, maps:remove(salary, State))./' \
		"$job/src/demo_server.erl"
	sed -i '/^relup/a appup = auto' "$job/deploy.ini"
}

first_version() {
	project one 0.1.0 money keep
	status 0 push lab
	status 0 start lab
	lab_call 1 "demo_server:add(7)." >/dev/null
	vm_id 1 >"$LAB/vm"
}

drafted_upgrade() {
	project two 0.2.0 salary migrate
	status 0 deploy lab
	said 'hotcode 0.1.0 -> 0.2.0: its appup was drafted (appup = auto)'
	runs 1 0.2.0
	host 1 mode hot
	equal state "$(state 1)" '[{name,"ann"},{salary,107}]'
	equal vm "$(vm_id 1)" "$(cat "$LAB/vm")"
	[ -z "$(find "$job/appup" -name '*.appup')" ] ||
		flunk 'a draft was written'
}

back() {
	job=$LAB/two
	status 0 rollback lab
	runs 1 0.1.0
	host 1 mode hot
	equal state "$(state 1)" '[{money,107},{name,"ann"}]'
	equal vm "$(vm_id 1)" "$(cat "$LAB/vm")"
}

check 'the first version runs' first_version
check 'a drafted appup upgrades it hot, with its state' drafted_upgrade
check 'it goes back hot' back
check_end
