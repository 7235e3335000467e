#!/bin/sh
# Hosts that earlier hdeploys left: this one tells the truth about them and
# continues.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
. tests/support/older.sh
LAB_HOSTS=2
lab_open

on() { # N VERSION
	runs "$1" "$2"
	boots "$1" "$2"
}

older_hdeploys_were_here() {
	status 0 push lab 0.1.0
	status 0 start lab
	status 0 push lab 0.2.0
	older_first 1
	older_cut 2
}

status_tells_what_runs_and_what_was_cut_off() {
	status 1 status lab
	host 1 result ok
	host 1 after 0.1.0
	host 2 result failed
	said 'upgrade 0.1.0 -> 0.2.0 by root@vm (2026-11-26T16:59:57.482Z)'
	said 'was cut off after check; now restarted by itself into 0.1.0'
	status 0 history lab --limit web1
	equal 'lines of web1' "$(jq -rs 'map(select(.event == "past") |
		.command + " " + .result) | join(", ")' "$LAB/events")" \
		'push ok, start ok, push ok, upgrade undone'
}

a_push_finds_the_same_version() {
	status 0 push lab 0.2.0
	host 1 result unchanged
	host 2 result unchanged
}

# Its records do not have the parts of their tarballs.
a_push_sends_the_whole_next_version() {
	status 0 push lab 0.3.0 --limit web1
	sent 1 "\$size -gt 1000000 ] && [ \$sent -ge \$((size * 9 / 10))"
	as_it_was_packed 1 0.3.0
}

resume_finishes_the_change() {
	status 0 resume lab --limit web2
	host 2 mode cold # the VM of the journal is gone, as after a reboot
	on 2 0.2.0
	[ ! -e "$LAB/web2/.hdeploy/change" ] || flunk 'the journal is still there'
}

upgrades_go_hot_and_back() {
	status 0 upgrade lab 0.2.0 --limit web1
	host 1 mode hot
	on 1 0.2.0
	status 0 rollback lab
	on 1 0.1.0
	on 2 0.1.0
}

nothing_is_broken_or_unknown() {
	status 0 status lab
	host 1 result ok
	host 2 result ok
	status 0 repair lab --yes
	host 1 result unchanged
	host 2 result unchanged
	sed 's|^path .*|&\nkeep = 1|' "$LAB/deploy.ini" >"$LAB/keep.ini"
	INI=keep.ini
	status 0 prune lab
	on 1 0.1.0
	layout 1
	layout 2
}

a_newer_format_is_refused_by_name() {
	echo 2 >"$LAB/web1/.hdeploy/format"
	status 1 status lab
	host 2 result ok
	said "$LAB/web1/.hdeploy has format 2: a newer hdeploy wrote it"
	status 4 upgrade lab 0.2.0
	host 1 result refused
	said "$LAB/web1/.hdeploy has format 2: a newer hdeploy wrote it"
	runs 1 0.1.0
	runs 2 0.1.0
}

check 'earlier hdeploys leave two hosts' older_hdeploys_were_here
check 'status and history are true' status_tells_what_runs_and_what_was_cut_off
check 'a push finds the same version' a_push_finds_the_same_version
check 'a push sends the whole next version' a_push_sends_the_whole_next_version
check 'resume finishes the change' resume_finishes_the_change
check 'upgrades go hot, and back' upgrades_go_hot_and_back
check 'repair and prune find nothing unknown' nothing_is_broken_or_unknown
check 'a newer format is refused' a_newer_format_is_refused_by_name
check_end
