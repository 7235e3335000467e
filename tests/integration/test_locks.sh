#!/bin/sh
# Two runs on the same hosts: one works, and the other names it.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
LAB_HOSTS=2
LAB_PATH=clock
WAIT=0s
lab_open
mkdir "$LAB/clock"
cat >"$LAB/clock/date" <<-END
	#!/bin/sh
	exec $(command -v date) -d "\$(cat $LAB/clock/off 2>/dev/null) seconds" "\$@"
END
chmod +x "$LAB/clock/date"

# clock_off SECONDS: makes the hosts' clock wrong by that much
clock_off() {
	echo "$1" >"$LAB/clock/off"
}
clock_off 0

# lease N: whether a run has the lock of host N
lease() {
	newest=$(cd "$LAB/web$1/.hdeploy" &&
		printf '%s\n' lock.* | sed 's/.*[.]//' | sort -n | tail -n 1)
	if [ -e "$LAB/web$1/.hdeploy/released.$newest" ]; then
		echo free
	else
		echo held
	fi
}

# slow: starts a run that holds both hosts until slow_ends
slow() {
	: >"$LAB/slow.out"
	: >"$LAB/slow.on"
	"$HDEPLOY" -f "$LAB/deploy.ini" run lab -- \
		"echo begun; while [ -e $LAB/slow.on ]; do sleep 0.1; done" \
		>"$LAB/slow.out" 2>&1 &
	slow=$!
	until grep -q 'web2  | begun' "$LAB/slow.out" &&
		grep -q 'web1  | begun' "$LAB/slow.out"; do
		kill -0 "$slow" || flunk "$(cat "$LAB/slow.out")"
		sleep 0.1
	done
}

slow_ends() {
	rm -f "$LAB/slow.on"
	wait "$slow" || flunk 'it was disturbed'
}

a_run_leaves_no_lock() {
	status 0 push lab 0.1.0
	status 0 run lab true
	equal web1 "$(lease 1)" free
	equal web2 "$(lease 2)" free
}

the_second_says_who_was_first() {
	slow
	CI_JOB_URL=https://ci.example/job/7 \
		status 5 run lab --limit web2 -- touch second
	said "locked by $(id -un)@"
	said 'run lab'
	said '--wait 5m waits for it to end'
	host 2 result locked
	status 1 status lab
	status 0 check lab
	host 1 result ok
	slow_ends
	[ ! -e "$LAB/web2/second" ] || flunk 'the second was let in'
	equal web2 "$(lease 2)" free
}

a_job_names_its_page() {
	CI_JOB_URL=https://ci.example/job/7
	export CI_JOB_URL
	slow
	unset CI_JOB_URL
	status 5 run lab true
	said 'https://ci.example/job/7'
	slow_ends
}

a_run_that_waits_gets_the_lock() {
	slow
	WAIT=1m
	meanwhile run lab -- touch waited
	once_said 'waiting: locked by'
	slow_ends
	ended_with 0
	! grep -e --wait "$LAB/out" || flunk 'told to wait, and it does'
	[ -e "$LAB/web1/waited" ] || flunk 'it did not run'
}

# Without --wait.
waits_for_what_it_left() {
	kill -9 "$slow"
	wait "$slow" || :
	meanwhile run lab true
	once_said 'that run is gone; waiting for its run to end'
	rm "$LAB/slow.on"
	ended_with 0
	said 'its run succeeded'
}

what_a_killed_run_left_is_waited_for() {
	slow
	waits_for_what_it_left
}

a_clock_that_jumps_gives_no_lock_away() {
	for off in +3600 -3600; do
		slow
		clock_off "$off"
		status 5 run lab true
		said 'locked by'
		waits_for_what_it_left
		clock_off 0
	done
}

interrupted_runs_give_their_locks_back() {
	for signal in TERM HUP; do
		slow
		kill "-$signal" "$slow"
		rm "$LAB/slow.on"
		got=0
		wait "$slow" || got=$?
		equal "status after $signal" "$got" 130
		equal "web1 after $signal" "$(lease 1)" free
		equal "web2 after $signal" "$(lease 2)" free
	done
}

a_lock_that_was_taken_over_stops_its_run() {
	slow
	n=$(($(cd "$LAB/web1/.hdeploy" && printf '%s\n' lock.* |
		sed 's/.*[.]//' | sort -n | tail -n 1) + 1))
	# the same as unlock after a yes
	cp "$LAB/web1/.hdeploy/lock.$((n - 1))" "$LAB/web1/.hdeploy/lock.$n"
	: >"$LAB/web1/.hdeploy/released.$n"
	slow_ends
	status 0 run lab true
}

nobody_there_to_say_yes() {
	slow
	echo yes | status 5 unlock lab
	said 'locked by'
	said 'no terminal to ask on'
	equal web1 "$(lease 1)" held
	slow_ends
	status 0 unlock lab
	said 'not locked'
}

# Its operation still runs, and the lock with it. The next run cannot begin an
# operation beside it.
a_job_takes_the_lock_of_a_run_that_is_gone() {
	slow
	kill -9 "$slow"
	wait "$slow" || :
	# until the host notices that the connection is gone
	until hd unlock lab </dev/null >"$LAB/out" 2>&1; do
		grep -q 'no terminal to ask on' "$LAB/out" ||
			flunk 'it was refused for another reason'
	done
	said 'that run is gone'
	said 'unlocked'
	equal web1 "$(lease 1)" free
	status 4 run lab -- touch third
	said 'an earlier operation still runs on the host'
	rm "$LAB/slow.on"
	until hd run lab true >"$LAB/out" 2>&1; do sleep 0.1; done
	[ ! -e "$LAB/web1/third" ] || flunk 'two ran at once'
}

moment() { # a random time up to 0.3 s
	sleep "0.$(($(od -An -N1 -tu1 /dev/urandom) % 3))"
}

# contend NAME LIMIT: starts a run on hosts that other contenders want, too
contend() {
	(
		got=0
		hd run lab --limit "$2" -- "$inside" >"$LAB/$1" 2>&1 || got=$?
		echo "$got" >"$LAB/$1.status"
	) &
}

# The run that has the lock writes its number, waits, and checks that the number
# is still the same. Without --wait, one run wins, and the others name a winner.
never_two_at_once() {
	times=3
	[ "${NIGHT-}" != yes ] || times=8
	times=${LOCK_TIMES:-$times}
	# shellcheck disable=SC2016 # for the host
	inside='echo $$ >inside; sleep 0.2; [ "$(cat inside)" = $$ ] || echo $$ >>both'
	n=0
	while [ "$n" -lt "$times" ]; do
		n=$((n + 1))
		rm -f "$LAB"/contender*
		contend contender1 'web*'
		one=$!
		moment
		contend contender2 web2
		two=$!
		moment
		contend contender3 'web*'
		three=$!
		wait "$one" "$two" "$three" || :
		won=0
		for who in "$LAB"/contender?; do
			case $(cat "$who.status") in
			0) won=$((won + 1)) ;;
			5)
				grep -q 'locked by' "$who" ||
					flunk "it does not say who: $(cat "$who")"
				;;
			*) flunk "$(cat "$who.status"): $(cat "$who")" ;;
			esac
		done
		[ "$won" -gt 0 ] ||
			flunk "none won: $(cat "$LAB"/contender?)"
		equal web1 "$(lease 1)" free
		equal web2 "$(lease 2)" free
	done
	equal 'both were inside' "$(cat "$LAB/web1/both" "$LAB/web2/both" \
		2>/dev/null)" ''
}

newest() { # HOST: the number of its newest lease
	cd "$LAB/web$1/.hdeploy" &&
		printf '%s\n' lock.* | sed 's/.*[.]//' | sort -n | tail -n 1
}

# Only one connection stays open: while web1 is at work, web2 waits without one.
crowded() {
	: >"$LAB/slow.on"
	: >"$LAB/slow.out"
	(
		# shellcheck disable=SC3045 # dash has it
		ulimit -n 259 && exec "$HDEPLOY" -f "$LAB/deploy.ini" \
			--parallel 1 run lab -- "echo begun; \
			while [ -e $LAB/slow.on ]; do sleep 0.1; done"
	) >"$LAB/slow.out" 2>&1 &
	slow=$!
	until grep -q 'web1  | begun' "$LAB/slow.out"; do
		kill -0 "$slow" || flunk "$(cat "$LAB/slow.out")"
		sleep 0.1
	done
	[ -e "$LAB/web1/.hdeploy/connection.$(newest 1)" ] ||
		flunk 'the host at work has no connection'
	[ ! -e "$LAB/web2/.hdeploy/connection.$(newest 2)" ] ||
		flunk 'the host at rest has a connection'
}

a_host_without_a_connection_stays_locked() {
	crowded
	status 5 run lab --limit web2 -- true
	said 'locked by'
	slow_ends
	grep -q 'web2  ok' "$LAB/slow.out" || flunk "$(cat "$LAB/slow.out")"
	equal web1 "$(lease 1)" free
	equal web2 "$(lease 2)" free
}

# It ends once its last keepalive is 300 s old.
the_lock_of_a_host_without_a_connection_ends() {
	crowded
	kill -9 "$slow"
	wait "$slow" || :
	rm "$LAB/slow.on"
	WAIT=1m status 0 run lab --limit web1 -- true
	status 5 run lab --limit web2 -- true
	sign=$LAB/web2/.hdeploy/sign.$(newest 2)
	read -r boot end last <"$sign"
	equal 'seconds that it lasts' "$((end - last))" 300
	echo "$boot $((end - 300)) $((last - 300))" >"$sign"
	status 0 run lab --limit web2 -- true
}

# The host answers, so it is reachable; and no other host begins.
a_disk_that_is_full_is_told_as_what_it_is() {
	lab_mount "$LAB/full" size=64k,mode=755 2>/dev/null || return 0
	sed "s|^path .*|path = $LAB/full|" "$LAB/deploy.ini" >"$LAB/full.ini"
	INI=full.ini
	mkdir "$LAB/full/.hdeploy"
	chmod 700 "$LAB/full/.hdeploy"
	cat /dev/zero >"$LAB/full/ballast" 2>/dev/null || :
	status 4 run lab --limit web1 -- true
	host 1 result refused
	said 'the host cannot be locked: '
	said "$LAB/full/.hdeploy/lock.1 cannot be written"
	said 'nothing was changed on it'
	INI=deploy.ini
}

check 'a run leaves no lock' a_run_leaves_no_lock
check 'the second says who was first' the_second_says_who_was_first
check 'a CI job names its page' a_job_names_its_page
check 'a run that waits gets the lock' a_run_that_waits_gets_the_lock
check 'the lock of a killed run is waited for, for seconds' \
	what_a_killed_run_left_is_waited_for
rarely 'a clock that jumps gives no lock away' \
	a_clock_that_jumps_gives_no_lock_away
check 'interrupted runs give their locks back' \
	interrupted_runs_give_their_locks_back
check 'a lock that was taken over' a_lock_that_was_taken_over_stops_its_run
check 'unlock without a terminal' nobody_there_to_say_yes
check 'a job takes the lock of a run that is gone' \
	a_job_takes_the_lock_of_a_run_that_is_gone
check 'a host without a connection stays locked' \
	a_host_without_a_connection_stays_locked
check 'the lock of a host without a connection ends' \
	the_lock_of_a_host_without_a_connection_ends
check 'a full disk is told as what it is' \
	a_disk_that_is_full_is_told_as_what_it_is
check 'never two at once' never_two_at_once
check_end
