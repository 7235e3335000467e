#!/bin/sh
# One command from an empty host to the next version: it ships to all hosts
# before it changes any.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
LAB_HOSTS=2
LAB_SESSIONS=1 # each channel waits until the server has freed the previous one
lab_open

every_host() { # COMMAND ARG...: with each host's number as first argument
	command=$1
	shift
	for n in 1 2; do
		"$command" "$n" "$@"
	done
}

# steps FILTER: the steps that FILTER selects, with their hosts, in order
steps() {
	jq -rs "[.[] | select(.event == \"step\" and .result == \"begin\")
		| select(.step | IN($1)) | .host + \" \" + .step] | join(\", \")" \
		"$LAB/events"
}

ended_once() { # N: has one outcome, however many parts ran
	equal "ends of web$1" "$(jq -rs --arg h "web$1" \
		'[.[] | select(.event == "host" and .host == $h)] | length' \
		"$LAB/events")" 1
}

first_deploy_starts_empty_hosts() {
	status 0 deploy lab 0.1.0
	every_host runs 0.1.0
	every_host boots 0.1.0
	every_host host result ok
	every_host nothing_left
	every_host ended_once
	for n in 1 2; do
		lab_call "$n" "demo_server:add($n)." >/dev/null
		vm_id "$n" >"$LAB/vm.$n"
	done
}

the_plan_is_of_both_parts() {
	status 0 deploy lab 0.2.0 --dry-run
	said 'ship 0.2.0, record, snapshot 0.1.0, unpack 0.2.0, check 0.2.0, install'
	said '2 waves: web1 | web2'
	[ ! -e "$LAB/web1/releases/0.2.0" ] || flunk 'it was shipped'
}

# The relup of 0.3.0 leads up only from 0.2.0.
what_cannot_be_upgraded_is_not_shipped() {
	status 4 deploy lab 0.3.0
	every_host host result refused
	[ ! -e "$LAB/web1/releases/0.3.0" ] || flunk 'it was shipped'
}

nobody_is_upgraded_before_all_have_it() {
	mkdir -p "$LAB/web2/releases/0.2.0"
	echo 'in the way' >"$LAB/web2/.hdeploy/releases/0.2.0"
	status 1 deploy lab 0.2.0
	host 2 result failed
	host 1 result skipped
	host 1 text 'shipped; not begun: another host failed'
	every_host runs 0.1.0
	every_host ended_once
	rm "$LAB/web2/.hdeploy/releases/0.2.0"
}

a_hook_that_fails_between_leaves_it_shipped() {
	sed '/^\[lab\]/a hook.before_upgrade = once false' \
		"$LAB/deploy.ini" >"$LAB/hooks.ini"
	INI=hooks.ini
	status 1 deploy lab 0.2.0
	host 2 text 'shipped; not begun: hook before_upgrade failed'
	every_host runs 0.1.0
	every_host ended_once
	rm -r "$LAB/web2/.hdeploy/releases/0.2.0" # as if it was never shipped
}

then_wave_by_wave_and_hot() {
	status 0 deploy lab 0.2.0
	equal order "$(steps '"ship", "install"' | cut -d, -f1,2)" \
		'web2 ship, web1 install'
	equal 'ends first' "$(jq -rs 'map(select(.event == "host"))[0].host' \
		"$LAB/events")" web1
	for n in 1 2; do
		runs "$n" 0.2.0
		boots "$n" 0.2.0
		host "$n" mode hot
		host "$n" before 0.1.0
		ended_once "$n"
		equal "web$n state" "$(state "$n")" \
			"[{name,\"ann\"},{salary,$((100 + n))}]"
		equal "web$n vm" "$(vm_id "$n")" "$(cat "$LAB/vm.$n")"
	done
}

again_it_does_nothing() {
	status 0 deploy lab 0.2.0
	every_host host result unchanged
	equal steps "$(jq -rs '[.[] | select(.event == "step" and .host)]
		| length' "$LAB/events")" 0
}

each_part_has_its_line_in_the_history() {
	status 0 history lab --limit web1
	jq -es 'map(select(.event == "past"))
		| map(.command) == ["push", "start", "push", "upgrade"] and
		(map(.id) | unique | length == 4) and
		last.before == "0.1.0" and last.after == "0.2.0"' \
		"$LAB/events" >/dev/null || flunk 'not these lines'
	status 0 rollback lab --dry-run
	said 'install 0.1.0'
}

what_fails_goes_back_as_after_an_upgrade() {
	sed "s|^path .*|&\non_failure = rollback|
		s|^\[lab:web2\]|&\nhealth_retries = 0\nhealth = command \
bin/hotcode eval 'application:get_key(hotcode, vsn).' expect 0.2.0|" \
		"$LAB/deploy.ini" >"$LAB/sick.ini"
	INI=sick.ini
	status 1 deploy lab 0.3.0 --limit web1,web2
	host 1 result undone
	host 2 result undone
	for n in 1 2; do
		runs "$n" 0.2.0
		boots "$n" 0.2.0
	done
}

a_new_host_is_started_in_its_wave() {
	hd stop lab --limit web2 >/dev/null
	rm -r "$LAB/web2"
	status 0 deploy lab 0.3.0
	every_host runs 0.3.0
	every_host boots 0.3.0
	host 1 mode hot
	host 2 before -
	equal order "$(steps '"ship", "install", "start"' | cut -d, -f1,2)" \
		'web2 ship, web1 install'
	[ -e "$LAB/web2/.hdeploy/released.1" ] || flunk 'it was never locked'
}

a_host_that_is_down_goes_cold_if_it_may() {
	hd stop lab --limit web1 >/dev/null
	status 4 deploy lab 0.1.0 --limit web1
	host 1 result refused
	said 'or upgrade by stop and start (--cold)'
	status 0 deploy lab 0.1.0 --cold --limit web1
	runs 1 0.1.0
	boots 1 0.1.0
}

one_lock_all_through() {
	for n in 1 2; do vm_id "$n" >"$LAB/vm.$n"; done
	status 0 push lab 0.4.0 --cold --limit web1
	as_an_older_hdeploy_left_it 2
	sed 's|^path .*|&\nchannels = 1|' "$LAB/deploy.ini" >"$LAB/sftp.ini"
	: >"$LAB/slow"
	"$HDEPLOY" -f "$LAB/sftp.ini" --json deploy lab 0.4.0 --cold \
		>"$LAB/first" 2>"$LAB/first.out" &
	run=$!
	until [ -s "$LAB/web2/.hdeploy/releases/0.4.0/upload.part" ]; do
		kill -0 "$run" || flunk "$(cat "$LAB/first.out")"
		sleep 0.1
	done
	WAIT=0s
	status 5 run lab --limit web1 true
	said ': deploy lab 0.4.0, since'
	kill -TERM "$run"
	got=0
	wait "$run" || got=$?
	rm "$LAB/slow"
	equal status "$got" 130
	mv "$LAB/first" "$LAB/events"
	host 1 text 'not begun: interrupted'
	host 2 text 'interrupted; nothing was changed'
	for n in 1 2; do vm_id "$n" | cmp - "$LAB/vm.$n"; done
}

an_interrupted_upload_is_continued() {
	part=$LAB/web2/.hdeploy/releases/0.4.0/upload.part
	[ "$(wc -c <"$part")" -gt 200000 ] || flunk 'nothing to continue'
	status 0 push lab 0.4.0 --cold --limit web2
	# shellcheck disable=SC2016 # for sent
	sent 2 '$((sent + 200000)) -lt $size'
	as_it_was_packed 2 0.4.0
	[ ! -e "$part" ] || flunk 'the upload is still there'
}

a_push_of_the_next_version_sends_only_what_is_new() {
	status 0 push lab 0.5.0 --cold --limit web2
	# shellcheck disable=SC2016
	sent 2 '$sent -lt 30000'
	as_it_was_packed 2 0.5.0
}

a_damaged_tarball_is_named_and_everything_is_sent() {
	printf XXXX | dd of="$LAB/web2/.hdeploy/tarballs/0.5.0.tar.gz" bs=1 \
		seek=100000 conv=notrunc 2>/dev/null
	rm -f "$LAB"/web2/.hdeploy/releases/0.[1-4].0/chunks
	status 0 push lab 0.6.0 --cold --limit web2
	said 'the kept tarball of 0.5.0 was changed since it was pushed, so hd'
	# shellcheck disable=SC2016
	sent 2 '$sent -gt $size'
	as_it_was_packed 2 0.6.0
	status 0 push lab 0.5.0 --cold --limit web2
	# shellcheck disable=SC2016
	sent 2 '$sent -lt 30000'
	as_it_was_packed 2 0.5.0
}

check 'a first deploy starts empty hosts' first_deploy_starts_empty_hosts
check 'the plan is of both parts' the_plan_is_of_both_parts
check 'what cannot be upgraded is not shipped' \
	what_cannot_be_upgraded_is_not_shipped
check 'nobody is upgraded before all have it' \
	nobody_is_upgraded_before_all_have_it
rarely 'a hook that fails between leaves it shipped' \
	a_hook_that_fails_between_leaves_it_shipped
check 'then wave by wave, and hot' then_wave_by_wave_and_hot
check 'again it does nothing' again_it_does_nothing
check 'each part has its line in the history' \
	each_part_has_its_line_in_the_history
rarely 'what fails goes back as after an upgrade' \
	what_fails_goes_back_as_after_an_upgrade
rarely 'a new host is started in its wave' a_new_host_is_started_in_its_wave
rarely 'a host that is down goes cold if it may' \
	a_host_that_is_down_goes_cold_if_it_may
check 'one lock all through; interrupted, nothing is changed' \
	one_lock_all_through
check 'an interrupted upload is continued' an_interrupted_upload_is_continued
check 'a push of the next version sends only what is new' \
	a_push_of_the_next_version_sends_only_what_is_new
check 'a damaged tarball is named, and everything is sent' \
	a_damaged_tarball_is_named_and_everything_is_sent
check_end
