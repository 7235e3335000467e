#!/bin/sh
# A clean checkout fetches the running version.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
LAB_HOSTS=2
lab_open
status 0 push lab 0.1.0
status 0 start lab
status 0 push lab 0.2.0

what_runs_is_fetched_once() {
	status 0 fetch lab --into "$LAB/got"
	same_release "$FIXTURES/0.1.0.tar.gz" "$LAB/got/hotcode-0.1.0.tar.gz"
	equal files "$(ls "$LAB/got")" hotcode-0.1.0.tar.gz
	host 1 result ok
	host 2 result unchanged
}

each_version_of_a_mixed_fleet_is_fetched() {
	status 0 upgrade lab 0.2.0 --limit web2
	status 0 fetch lab --into "$LAB/mixed"
	same_release "$FIXTURES/0.1.0.tar.gz" "$LAB/mixed/hotcode-0.1.0.tar.gz"
	same_release "$FIXTURES/0.2.0.tar.gz" "$LAB/mixed/hotcode-0.2.0.tar.gz"
}

a_named_version_is_fetched() {
	status 0 fetch lab 0.2.0 --into "$LAB/named" --limit web1
	same_release "$FIXTURES/0.2.0.tar.gz" "$LAB/named/hotcode-0.2.0.tar.gz"
	status 4 fetch lab 9.9.9 --into "$LAB/named"
	said '9.9.9 was not pushed'
}

# As when a host joins the fleet, or tries a version before the others.
one_host_that_has_it_is_enough() {
	status 0 push lab 0.3.0 --limit web2
	status 0 fetch lab 0.3.0 --into "$LAB/one"
	same_release "$FIXTURES/0.3.0.tar.gz" "$LAB/one/hotcode-0.3.0.tar.gz"
	host 1 result unchanged
	host 2 result ok
}

a_damaged_tarball_is_not_taken() {
	kept=$LAB/web1/.hdeploy/tarballs/0.1.0.tar.gz
	cp "$kept" "$LAB/good"
	head -c "$(wc -c <"$LAB/good")" /dev/urandom >"$kept"
	status 1 fetch lab 0.1.0 --into "$LAB/bad" --limit web1
	said 'is not the one that was pushed'
	equal files "$(ls "$LAB/bad")" ''
	cat "$LAB/good" >"$kept"
}

a_folder_that_cannot_be_written_is_named() {
	: >"$LAB/file"
	for into in "$LAB/file" "$LAB/file/x" "$LAB/file/x/y"; do
		status 7 fetch lab --into "$into"
		said "cannot make the folder $LAB/file on this machine: Not a directory"
		equal hosts "$(jq -s 'last.hosts' "$LAB/events")" '[]'
	done
}

folders_that_are_missing_are_made() {
	cd "$LAB"
	status 0 fetch lab --into new/a/b/ --limit web1
	same_release "$FIXTURES/0.1.0.tar.gz" "$LAB/new/a/b/hotcode-0.1.0.tar.gz"
	status 0 fetch lab --into other/a --limit web1 --dry-run
	[ ! -e "$LAB/other" ] || flunk 'a dry run made a folder'
}

a_disk_that_is_full_here_is_no_failure_of_the_host() {
	lab_mount "$LAB/small" size=64k 2>/dev/null || return 0
	status 7 fetch lab --into "$LAB/small" --limit web1
	said 'No space left on device'
	said 'on this machine'
	equal left "$(ls "$LAB/small")" ''
}

history_ends_without_a_table() {
	hd history lab >"$LAB/out" 2>&1
	said 'upgrade 0.1.0 -> 0.2.0  ok, hot'
	! grep -q 'running\|^status' "$LAB/out" || flunk 'a table'
}

check 'what runs is fetched once' what_runs_is_fetched_once
check 'each version of a mixed fleet is fetched' \
	each_version_of_a_mixed_fleet_is_fetched
check 'a named version is fetched' a_named_version_is_fetched
rarely 'one host that has it is enough' one_host_that_has_it_is_enough
check 'a damaged tarball is not taken' a_damaged_tarball_is_not_taken
check 'a folder that cannot be written is named' \
	a_folder_that_cannot_be_written_is_named
check 'folders that are missing are made' folders_that_are_missing_are_made
check 'a full disk here is not a failure of the host' \
	a_disk_that_is_full_here_is_no_failure_of_the_host
check 'history ends without a table' history_ends_without_a_table
check_end
