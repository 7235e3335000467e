#!/bin/sh
# The configuration of releases of mix, which config/runtime.exs makes: after a
# hot change it is that of a boot, and nothing is installed if it cannot be
# made. test_mix_providers.sh has the failures,
# tests/nightly/test_mix_command_line.sh the rest.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
LAB_HOSTS=1
lab_open
. tests/support/mix.sh
. tests/support/mix_settings.sh

it_runs() {
	status 0 push lab 0.1.0
	status 0 start lab
	equal 'tmp/ is open to' "$(find "$root/tmp" -maxdepth 0 -perm /077)" ''
	setting pool '{ok, 5}'
	vm_id 1 >"$LAB/vm"
}

providers_that_fail() {
	status 0 push lab 0.4.0
	cannot_be_made --hot
}

cannot_be_made() { # OPTION
	status 1 upgrade lab 0.4.0 "$1"
	said 'the configuration of 0.4.0 cannot be made: runtime.exs raised'
	said ': DATABASE_URL is missing'
	runs 1 0.1.0
	equal 'the node' "$(vm_id 1)" "$(cat "$LAB/vm")"
	equal 'left' "$(find "$root/.hdeploy" -name 'try.*')" ''
}

providers_that_fail_cold() {
	cannot_be_made --cold
}

goes_up() {
	status 0 push lab 0.2.0
	status 0 upgrade lab 0.2.0
	host 1 mode hot
	said "settings that change: hotcode/pool, logger/level;\
 added: hotcode/new_key; removed: hotcode/old_key"
	! grep 'dropped settings.*hotcode' "$LAB/out" ||
		flunk 'settings of files count as made by code'
	setting pool '{ok, 10}'
	setting old_key undefined
	equal 'other users read' "$(find "$root/.hdeploy" -name 'config.*' \
		-perm /077)" ''
	as_a_boot
}

goes_down() {
	status 0 rollback lab
	host 1 mode hot
	setting pool '{ok, 5}'
	setting new_key undefined
	as_a_boot
}

# 0.5.0 has reboot_system_after_config: false.
without_a_restart_at_boot() {
	status 0 push lab 0.5.0
	status 0 upgrade lab 0.5.0
	host 1 mode hot
	setting pool '{ok, 20}'
	as_a_boot
	status 0 rollback lab
	host 1 mode hot
	said 'settings that change: hotcode/pool'
	said 'removed: hotcode/new_key'
	! grep 'dropped settings.*hotcode' "$LAB/out" ||
		flunk 'settings of providers count as made by code'
	setting pool '{ok, 5}'
}

check 'the first version runs' it_runs
rarely 'providers that fail' providers_that_fail
rarely 'providers that fail before a stop' providers_that_fail_cold
check 'up' goes_up
rarely 'and down' goes_down
rarely 'without a restart at boot' without_a_restart_at_boot
check_end
