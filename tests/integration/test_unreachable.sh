#!/bin/sh
# Six hosts, of which one is down, one refuses the key and one is frozen.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
. tests/support/unreachable.sh
LAB_HOSTS=6
unreachable_open
sed -i 's/^batch .*/batch = 1, 33%/; /^batch/a connect_retries = 0' \
	"$LAB/deploy.ini"

everything_starts() {
	status 0 deploy lab 0.1.0
	all_run 0.1.0
}

the_plan_names_who_is_set_aside() {
	status 3 restart lab --skip-unreachable --dry-run
	said 'web2  set aside: '
	said 'web4  set aside: '
	said 'web5  set aside: '
	said '3 of 6 hosts are set aside: web2, web4, web5'
	said 'the plan works without the hosts that are set aside'
	equal results "$(results)" 'planned 3
set aside 3'
	status 3 status lab --save "$LAB/facts"
	host 2 result unreachable
	status 3 restart lab --skip-unreachable --facts "$LAB/facts"
	equal results "$(results)" 'planned 3
set aside 3'
	all_run 0.1.0
}

a_wrong_host_key_is_never_skipped() {
	ssh-keygen -q -t ed25519 -N '' -f "$LAB/ssh/other"
	sed "s|^\(\[127.0.0.2\][^ ]* \).*|\1$(cut -d' ' -f1,2 \
		"$LAB/ssh/other.pub")|" "$LAB/ssh/known_hosts" >"$LAB/ssh/changed"
	sed "s|^known_hosts.*|known_hosts = $LAB/ssh/changed|" \
		"$LAB/deploy.ini" >"$LAB/changed.ini"
	INI=changed.ini
	status 3 deploy lab 0.2.0 --skip-unreachable
	host 1 result unreachable
	host 2 result 'set aside'
	host 3 result planned
	said "1 of 6 hosts cannot be reached, so no host is changed"
	said "--limit '!web1'"
	said 'nothing changed'
	all_run 0.1.0
}

more_than_max_failures_stop_the_run() {
	sed '/^batch/a unreachable = skip\nmax_failures = 2' \
		"$LAB/deploy.ini" >"$LAB/most.ini"
	INI=most.ini
	status 3 deploy lab 0.2.0
	host 2 result unreachable
	said '3 of 6 hosts cannot be reached or locked, and max_failures = 2'
	all_run 0.1.0
}

the_way_back_goes_without_them_too() {
	# shellcheck disable=SC2016 # for the hook
	sed '/^batch/a hook.before_host = local [ "$HDEPLOY_HOST" != web3 ]' \
		"$LAB/deploy.ini" >"$LAB/hook.ini"
	INI=hook.ini
	status 7 deploy lab 0.2.0 --skip-unreachable
	host 1 result ok
	host 3 result failed
	said '`hdeploy rollback lab --from 0.2.0 --skip-unreachable -f'
	status 3 rollback lab --from 0.2.0 --skip-unreachable
	all_run 0.1.0
}

the_waves_are_made_of_the_others() {
	status 3 deploy lab 0.2.0 --skip-unreachable
	said '3 waves: web1 | web3 | web6'
	said '3 of 6 hosts were set aside and not changed; to change the'\
' rest later, run `hdeploy deploy'
	said 'deploy lab 0.2.0 --limit web2,web4,web5'
	said 'done and verified, except for the hosts that were set aside'
	equal results "$(results)" 'ok 3
set aside 3'
	all_run 0.2.0 0.1.0 '2 4 5'
}

# Without waiting: nobody has a lock.
a_later_run_does_the_rest() {
	WAIT=1ms
	status 0 deploy lab 0.2.0
	equal results "$(results)" 'ok 3
unchanged 3'
	all_run 0.2.0
}

check 'a fleet starts' everything_starts
down 2
refuses 4
frozen 5
rarely 'the plan names who would be set aside' the_plan_names_who_is_set_aside
check 'a wrong host key is never skipped' a_wrong_host_key_is_never_skipped
rarely 'more than max_failures stop the run' \
	more_than_max_failures_stop_the_run
rarely 'the way back goes without them, too' the_way_back_goes_without_them_too
check 'the waves are made of the others' the_waves_are_made_of_the_others
for n in 2 4 5; do well "$n"; done
check 'a later run does the rest' a_later_run_does_the_rest
check_end
