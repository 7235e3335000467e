#!/bin/sh
# Hosts behind a bastion that ssh_config names.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
. tests/support/bastion.sh
LAB_HOSTS=2
hosts=${BASTION_HOSTS:-20} # get a push; tests/nightly/test_bastion_push.sh: 50
lab_open

fifty_hosts_share_one_connection() {
	INI=many.ini
	status 1 status many
	equal hosts "$(jq -rs 'last.hosts[].text' "$LAB/events" |
		grep -c 'no release here')" 50
	equal logins "$(logins)" 1
	nothing_runs
}

# Nobody waits longer than three connect_timeouts.
a_bastion_that_dies_in_a_push_is_named_for_every_host() {
	INI=many.ini
	: >"$LAB/slow"
	meanwhile push many 0.1.0 --limit "many[1-$hosts]"
	until [ "$(find "$LAB" -path '*/many*/*' -name upload.part |
		wc -l)" -gt 5 ]; do
		kill -0 "$run"
		sleep 0.1
	done
	bastion_dies
	rm "$LAB/slow"
	ended_with 1
	equal errors "$(jq -rs 'last.hosts[] | select(.result == "failed") |
		.text' "$LAB/events" | grep -c 'the bastion bastion')" "$hosts"
	nothing_runs
	bastion_start
	status 0 push many 0.1.0 --limit 'many[1-2]'
	status 0 resume many --limit 'many[1-5]'
}

bastion_setup
bastion_start
check 'fifty hosts share one connection' fifty_hosts_share_one_connection
check 'a bastion that dies in a push is named for every host' \
	a_bastion_that_dies_in_a_push_is_named_for_every_host
bastion_dies
check_end
