#!/bin/sh
# Forty hosts, of which three are down, two refuse the key and one is frozen.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
. tests/support/unreachable.sh
LAB_HOSTS=40
unreachable_open
sed -i 's/^connect_timeout .*/connect_timeout = 10s/' "$LAB/deploy.ini"
bad='7 8 19 20 33 40'

everything_starts() {
	status 0 push lab 0.1.0
	status 0 start lab
	status 0 push lab 0.2.0
	all_run 0.1.0
}

# ms_until EVENT: from the beginning of the run to the first such event
ms_until() {
	jq -rs --arg e "$1" 'def ms: (.time[:19] + "Z" | fromdate) * 1000 +
			(.time[20:23] | tonumber);
		(map(select(.event == $e))[0] | ms) -
		(map(select(.event == "start"))[0] | ms)' "$LAB/events"
}

# 25% of 34 is 9, of 40 it would be 10.
thirty_four_hosts_change_in_waves() {
	status 3 upgrade lab 0.2.0 --skip-unreachable
	equal results "$(results)" 'ok 34
set aside 6'
	said '6 of 40 hosts are set aside: web7, web8, web19, web20, web33, web40'
	said '3 waves: web1 | web2, web3, web4, web5, web6, web9 and 3 more | web13'
	said '6 of 40 hosts were set aside and not changed; to change the'\
' rest later, run `hdeploy upgrade'
	said 'lab 0.2.0 --limit web7,web8,web19,web20,web33,web40 -f '
	said 'done and verified, except for the hosts that were set aside'
	said '40 hosts: 34 ok, 6 set aside'
	all_run 0.2.0 0.1.0 "$bad"
	echo "planned after $(ms_until plan) ms" >>"$LAB/numbers"
}

# One host at a time: one after another, three dead hosts would take 30 s.
dead_hosts_cost_their_time_once() {
	status 3 run lab --skip-unreachable --parallel 1 \
		--limit web19,web20,web33,web34 true
	host 34 result ok
	host 33 result 'set aside'
	took=$(ms_until plan)
	echo "three dead hosts: planned after $took ms" >>"$LAB/numbers"
	[ "$took" -lt 25000 ] || flunk "planned after $took ms"
}

# Without waiting: nobody has a lock.
the_later_run_does_the_other_six() {
	WAIT=1ms
	status 0 upgrade lab 0.2.0
	equal results "$(results)" 'ok 6
unchanged 34'
	all_run 0.2.0
}

check 'a fleet of forty starts' everything_starts
for n in 7 8; do refuses "$n"; done
for n in 20 33 40; do down "$n"; done
frozen 19
check 'thirty-four hosts change in waves, six are set aside' \
	thirty_four_hosts_change_in_waves
for n in 20 33; do well "$n" && frozen "$n"; done
check 'dead hosts cost their time once' dead_hosts_cost_their_time_once
for n in $bad; do well "$n"; done
check 'the later run does the other six' the_later_run_does_the_other_six
cat "$LAB/numbers"
check_end
