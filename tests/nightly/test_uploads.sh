#!/bin/sh
# Uploads that are interrupted, cut off or stopped in the middle.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
LAB_HOSTS=2
lab_open
sed -i 's|^path .*|&\nchannels = 1|' "$LAB/deploy.ini" # for $LAB/slow
# hdeploy gives up a server that is silent for three connect_timeouts.
sed 's|^path .*|&\nconnect_timeout = 2s\nupload_timeout = 3s|' \
	"$LAB/deploy.ini" >"$LAB/quick.ini"

# when_upload N: waits until some of a tarball has arrived on host N
when_upload() {
	until [ -s "$(echo "$LAB/web$1"/.hdeploy/releases/*/upload.part)" ]; do
		kill -0 "$run" || flunk 'it ended before the upload'
		sleep 0.05
	done
}

on() { # N VERSION
	runs "$1" "$2"
	boots "$1" "$2"
	nothing_left "$1"
}

a_first_release_runs() {
	status 0 push lab 0.1.0
	status 0 start lab
}

an_interrupted_push_leaves_no_name() {
	rm "$LAB"/web?/.hdeploy/releases/*/chunks # all is sent
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

an_upload_that_stops_for_good_leaves_no_name() {
	INI=quick.ini
	echo 4 >"$LAB/slow" # not one packet of data: nothing to continue
	meanwhile push lab 0.3.0 --cold --limit web2
	ended_with 1
	rm "$LAB/slow"
	host 2 result failed
	[ ! -e "$LAB/web2/releases/0.3.0/hotcode.tar.gz" ] ||
		flunk 'half a tarball under its name'
}

# upload_again VERSION SIGNAL: sends SIGNAL to the connections during the upload
upload_again() {
	INI=quick.ini
	rm -f "$LAB"/web2/.hdeploy/releases/*/*.part \
		"$LAB"/web2/.hdeploy/releases/*/chunks # all is sent
	: >"$LAB/slow"
	meanwhile push lab "$1" --cold --limit web2
	when_upload 2
	lab_sessions "$2"
	rm "$LAB/slow"
	ended_with 0
	host 2 result ok
	said 'connected again'
	nothing_left 2
	on 2 0.1.0
}

sshd_dies_during_an_upload() {
	upload_again 0.3.0 KILL
}

sshd_freezes_during_an_upload() {
	upload_again 0.4.0 STOP
	lab_sessions KILL
}

check 'a first release runs' a_first_release_runs
check 'an interrupted push leaves no name' an_interrupted_push_leaves_no_name
check 'an upload that stops for good leaves no name' \
	an_upload_that_stops_for_good_leaves_no_name
check 'sshd dies during an upload' sshd_dies_during_an_upload
check 'sshd freezes during an upload' sshd_freezes_during_an_upload
check_end
