#!/bin/sh
# Upgrades by stop and start that fail or are cut off.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
LAB_HOSTS=1
lab_open
. tests/support/cold.sh

bad_runtime() {
	other_runtime
	mv erts-99.1 erts-99.2
	sed -i 's/99\.1/99.2/g' releases/*.rel releases/*/*.rel bin/hotcode* \
		releases/start_erl.data releases/RELEASES
	echo 'no program' >erts-99.2/bin/beam.smp
}

bad_config() {
	echo '[{kernel, [{logger, nonsense}]}].' >releases/0.9.3/sys.config.src
}

a_runtime_that_does_not_run_here_is_refused_before_the_stop() {
	was=$(vm_id 1)
	remake 0.3.0 0.9.2 bad_runtime
	status 1 upgrade lab 0.9.2 --cold
	said 'failed on this host: erlexec: '
	host 1 result failed
	is 0.2.0
	equal vm "$(vm_id 1)" "$was"
	[ ! -e "$root/releases/0.9.2" ] || flunk 'it was left there'
}

a_damaged_library_is_told_before_the_stop() {
	was=$(vm_id 1)
	file=$(echo "$root"/lib/sasl-*/ebin/sasl.app)
	cp "$file" "$LAB/sasl.app"
	echo >>"$file"
	status 1 upgrade lab 0.3.0 --cold
	said 'not as it was pushed: lib/sasl-'
	host 1 result failed
	equal vm "$(vm_id 1)" "$was"
	cp "$LAB/sasl.app" "$file"
}

one_that_does_not_come_up_goes_back() {
	remake 0.3.0 0.9.3 bad_config
	status 1 upgrade lab 0.9.3 --cold
	host 1 result undone
	is 0.2.0
}

one_that_is_not_healthy_goes_back() {
	sed '/^\[lab\]/a health = command grep 0.2.0 releases/start_erl.data\
health_retries = 0' "$LAB/deploy.ini" >"$LAB/sick.ini"
	INI=sick.ini
	status 1 upgrade lab 0.3.0 --cold
	host 1 result undone
	is 0.2.0
}

a_run_that_is_killed_while_it_stops() {
	: >"$LAB/mark"
	meanwhile upgrade lab 0.3.0 --cold
	until find "$root/.hdeploy/ops" -name name -newer "$LAB/mark" \
		-exec cat {} + 2>/dev/null | grep -qx stop; do
		kill -0 "$run" || flunk 'it ended before it stopped'
		sleep 0.05
	done
	kill -KILL "$run"
	naps=0
	while hd status lab | grep -q 'operation still runs' ||
		[ -n "$(lab_beams "$root")" ]; do
		naps=$((naps + 1))
		[ "$naps" -lt 600 ] || flunk 'it does not stop'
		sleep 0.2
	done
	down 1
	boots 1 0.2.0
	status 0 upgrade lab 0.3.0 --cold
	is 0.3.0
	status 0 rollback lab
	is 0.2.0
}

a_switch_that_is_cut_off_is_taken_back() {
	rm -f "$LAB/victim"
	cut_off
	status 1 upgrade lab 0.3.0 --cold
	host 1 result undone
	is 0.2.0
}

a_switch_that_nobody_takes_back() {
	killed_in_the_switch 0.3.0
	status 0 rollback lab
	is 0.2.0
	killed_in_the_switch 0.3.0
	status 0 start lab
	is 0.3.0
	status 0 rollback lab
	is 0.2.0
}

# The free space is too small to unpack, but enough for the message.
the_disk_gets_full_while_it_is_unpacked() {
	status 0 push lab 0.3.0
	was=$(vm_id 1)
	free=$(df -Pk "$root" | awk 'NR == 2 { print $4 }')
	head -c $(((free - 4000) * 1024)) /dev/zero >"$root/ballast"
	status 1 upgrade lab 0.3.0 --cold
	said 'the disk is full: tar: '
	host 1 result failed
	is 0.2.0
	equal vm "$(vm_id 1)" "$was"
	[ ! -e "$root/lib/hotcode-0.3.0" ] || flunk 'some of it was left'
	rm "$root/ballast"
	status 0 upgrade lab 0.3.0 --cold
	is 0.3.0
}

status 0 push lab 0.2.0
status 0 start lab
status 0 push lab 0.3.0
check 'a runtime that does not run here is refused before the stop' \
	a_runtime_that_does_not_run_here_is_refused_before_the_stop
check 'a damaged library is told before the stop' \
	a_damaged_library_is_told_before_the_stop
check 'one that does not come up goes back' one_that_does_not_come_up_goes_back
rarely 'one that is not healthy goes back' one_that_is_not_healthy_goes_back
rarely 'a run that is killed while it stops' \
	a_run_that_is_killed_while_it_stops
check 'a switch that is cut off is taken back' \
	a_switch_that_is_cut_off_is_taken_back
rarely 'a switch that nobody takes back' a_switch_that_nobody_takes_back
if [ "${NIGHT-}" = yes ]; then
	lab_kill_vm 1
	lab_clean "$root"
	if [ "$(id -u)" = 0 ] && lab_mount "$root" size=60m 2>/dev/null; then
		status 0 push lab 0.2.0
		status 0 start lab
		rarely 'the disk gets full while it is unpacked' \
			the_disk_gets_full_while_it_is_unpacked
	else
		echo 'left out, cannot mount here: the disk gets full'
	fi
fi
check_end
