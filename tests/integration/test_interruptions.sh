#!/bin/sh
# What a run that does not come to its own end leaves behind, and that the
# next one can tell.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
LAB_HOSTS=2
lab_open

# meanwhile ARG...: hdeploy in the background, its pid in $run.
meanwhile() {
	"$HDEPLOY" -f "$LAB/${INI:-deploy.ini}" --json "$@" \
		>"$LAB/events" 2>"$LAB/out" &
	run=$!
}

ended_with() { # STATUS
	got=0
	wait "$run" || got=$?
	[ "$got" = "$1" ] || flunk "status $got, not $1"
}

# when_install DO...: does that in the middle of an install on web1, which
# waits there for it.
when_install() {
	until [ -e "$LAB/reached" ]; do
		kill -0 "$run" || flunk 'it ended before the install'
		sleep 0.05
	done
	"$@"
	rm "$LAB/reached"
}

install_waits() {
	cat >"$LAB/wait" <<-END
		: >$LAB/reached
		while [ -e $LAB/reached ]; do sleep 0.1; done
	END
	lab_when 1 'upgrade 0.2.0 --no-permanent' "sh $LAB/wait"
}

on() { # N VERSION
	runs "$1" "$2"
	boots "$1" "$2"
	nothing_left "$1"
}

# when_upload N: some of a tarball has arrived on host N
when_upload() {
	until [ -s "$(echo "$LAB/web$1"/releases/*/*.part)" ]; do
		kill -0 "$run" || flunk 'it ended before the upload'
		sleep 0.05
	done
}

count() { # FILE: operations on host 1 that have it
	find "$LAB/web1/.hdeploy/ops" -name "$1" | wc -l
}

an_interrupt_lets_the_running_host_finish() {
	status 0 push lab 0.1.0
	status 0 start lab
	status 0 push lab 0.2.0
	install_waits
	meanwhile upgrade lab 0.2.0
	when_install kill -TERM "$run"
	ended_with 130
	host 1 result ok
	host 2 result skipped
	on 1 0.2.0
	on 2 0.1.0
	status 0 rollback lab --limit web1
	on 1 0.1.0
}

a_cut_connection_is_opened_again_and_the_host_goes_back() {
	meanwhile upgrade lab 0.2.0 --limit web1
	when_install lab_sessions KILL
	ended_with 1
	host 1 result undone
	on 1 0.1.0
	status 0 rollback lab --limit web1
	said 'already undone'
}

interrupt_and_cut() {
	kill -TERM "$run"
	lab_sessions KILL
}

an_interrupted_run_still_finds_its_way_back() {
	meanwhile upgrade lab 0.2.0
	when_install interrupt_and_cut
	ended_with 1
	host 1 result undone
	host 2 result skipped
	on 1 0.1.0
	on 2 0.1.0
}

a_killed_run_is_finished_by_the_next() {
	meanwhile upgrade lab 0.2.0 --limit web1
	when_install kill -KILL "$run"
	wait "$run" || :
	# what it had begun goes on by itself
	until [ "$(count name)" = "$(count status)" ]; do
		sleep 0.1
	done
	runs 1 0.2.0
	boots 1 0.1.0
	status 1 status lab --limit web1
	said 'would start 0.1.0'
	status 0 upgrade lab 0.2.0 --limit web1
	on 1 0.2.0
	status 0 rollback lab --limit web1
	on 1 0.1.0
}

a_killed_run_can_be_taken_back_as_well() {
	meanwhile upgrade lab 0.2.0 --limit web1
	when_install kill -KILL "$run"
	wait "$run" || :
	until hd rollback lab --limit web1 >"$LAB/out" 2>&1; do
		grep -q 'earlier operation' "$LAB/out" || flunk 'rollback'
		sleep 0.2
	done
	on 1 0.1.0
}

a_run_beside_an_operation_is_refused() {
	op=$LAB/web1/.hdeploy/ops/still-going
	mkdir "$op"
	echo install >"$op/name"
	echo 'sleep 60' >"$op/script"
	sh "$op/script" &
	echo "$!" >"$op/pid"
	status 4 upgrade lab 0.2.0
	said 'earlier operation still runs there (still-going install)'
	status 1 status lab
	said 'an operation still runs: still-going install'
	kill "$(cat "$op/pid")"
	rm -r "$op"
	on 1 0.1.0
}

an_interrupted_push_leaves_no_name() {
	: >"$LAB/slow"
	meanwhile push lab 0.3.0 --cold --limit web1
	when_upload 1
	kill -TERM "$run"
	ended_with 130
	rm "$LAB/slow"
	host 1 result skipped
	[ ! -e "$LAB/web1/releases/0.3.0/hotcode.tar.gz" ] ||
		flunk 'half a tarball under its name'
	status 0 push lab 0.3.0 --cold --limit web1
	nothing_left 1
}

sshd_dies_during_an_upload() {
	: >"$LAB/slow"
	meanwhile push lab 0.3.0 --cold --limit web2
	when_upload 2
	lab_sessions KILL
	ended_with 1
	rm "$LAB/slow"
	host 2 result failed
	[ ! -e "$LAB/web2/releases/0.3.0/hotcode.tar.gz" ] ||
		flunk 'half a tarball under its name'
	status 0 push lab 0.3.0 --cold --limit web2
	nothing_left 2
	on 2 0.1.0
}

sshd_freezes_during_an_upload() {
	sed 's|^path .*|&\nupload_timeout = 2s|' "$LAB/deploy.ini" \
		>"$LAB/short.ini"
	INI=short.ini
	: >"$LAB/slow"
	meanwhile push lab 0.4.0 --limit web2
	when_upload 2
	lab_sessions STOP
	ended_with 1
	rm "$LAB/slow"
	host 2 result failed
	lab_sessions KILL
	status 0 push lab 0.4.0 --limit web2
	nothing_left 2
}

check 'an interrupt lets the running host finish' \
	an_interrupt_lets_the_running_host_finish
check 'a cut connection is opened again, and the host goes back' \
	a_cut_connection_is_opened_again_and_the_host_goes_back
check 'an interrupted run still finds its way back' \
	an_interrupted_run_still_finds_its_way_back
check 'a killed run is finished by the next' \
	a_killed_run_is_finished_by_the_next
check 'a killed run can be taken back as well' \
	a_killed_run_can_be_taken_back_as_well
check 'a run beside an operation is refused' \
	a_run_beside_an_operation_is_refused
check 'an interrupted push leaves no name' an_interrupted_push_leaves_no_name
check 'sshd dies during an upload' sshd_dies_during_an_upload
check 'sshd freezes during an upload' sshd_freezes_during_an_upload
check_end
