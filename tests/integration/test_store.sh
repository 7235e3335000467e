#!/bin/sh
# Hosts fetch the tarball from a store, and nothing that the store sends decides
# anything.
set -u
cd "$(dirname "$0")/../.." || exit 1
LAB_HOSTS=5
LAB_PATH=tools
. tests/support/lab.sh
. tests/support/check.sh
. tests/support/store.sh
lab_open
store_open

a_hook_uploads_the_tarball_and_hosts_fetch_it() {
	store_from 1 command
	store_from 2 command
	store_from 3 cut
	store_from 4 other
	store_from 5 none
	store_push -v
	equal 'modes' "$(cat "$LAB/modes")" "600 $(id -un) 700"
	[ ! -e "$(cat "$LAB/tarball")" ] || flunk 'the copy is still there'
	fetched 1 2 3
}

the_command_runs_once() {
	set -- "$(sha256sum <"$LAB/store/$STORE_FILE" | cut -c1-64)" \
		"$(wc -c <"$LAB/store/$STORE_FILE")"
	equal 'its variables' "$(cat "$LAB/printed")" "shop lab 0.1.0 $1 $2"
}

a_secret_url_is_nowhere() {
	equal 'curls' "$(grep -c '^curl -q .* -K -$' "$LAB/seen")" 7
	equal 'command lines' "$(grep -cx 0 "$LAB/seen")" 7
	! grep -rlF -e "$STORE_TOKEN" -e "$STORE" "$LAB"/web* "$LAB/events" \
		"$LAB/out" "$LAB/seen" || flunk 'the URL is there'
	hd status lab --save "$LAB/facts" >/dev/null 2>&1 || : # nothing runs
	[ -s "$LAB/facts" ] || flunk 'no facts'
	! grep -F "$STORE_TOKEN" "$LAB/facts" || flunk 'the URL is in the facts'
}

a_cut_download_is_resumed() {
	equal ranges "$(grep -c '^/cut/shop-0.1.0.tar.gz bytes=1' \
		"$LAB/store/log")" 1
}

another_file_and_a_missing_one_are_named() {
	not_fetched 4 'the store has another file: its SHA-256 is '
	not_fetched 5 'curl ended with status 22 after 0 of '
	not_fetched 5 ': (22) The requested URL returned error: 404;'
}

no_copy_is_left_after_a_signal() {
	INI=signal.ini
	sed "s|^hook.before_push.*|hook.before_push = local $LAB/wait|" \
		"$LAB/store.ini" >"$LAB/signal.ini"
	# shellcheck disable=SC2016
	printf '#!/bin/sh\necho "$HDEPLOY_TARBALL" >"%s"; sleep 30\n' \
		"$LAB/copy" >"$LAB/wait"
	chmod +x "$LAB/wait"
	rm -rf "$LAB"/web[0-9]*
	meanwhile push lab 0.1.0
	until [ -s "$LAB/copy" ]; do sleep 0.1; done
	[ -e "$(cat "$LAB/copy")" ] || flunk 'there is no copy'
	kill -TERM "$run"
	ended_with 130
	[ ! -e "$(dirname "$(cat "$LAB/copy")")" ] || flunk 'it is still there'
}

what_a_bad_store_sends_is_named() {
	store_from 1 endless
	store_from 2 slow
	store_from 3 short
	store_from 4 whole
	store_from 5 changed
	store_push
	not_fetched 1 'the store sent more than '
	not_fetched 2 'the store sent nothing for 3 s, after '
	not_fetched 3 'the store has another file: 1000 bytes instead of '
	fetched 4 5
	! grep -F "$STORE_TOKEN" "$LAB/events" "$LAB/out" || flunk 'the token'
}

a_command_that_fails_is_named_once() {
	sed -i "s|^artifact_url.*|artifact_url_command = echo 'no key' >\&2; false|
		" "$LAB/store.ini"
	store_push
	said 'artifact_url_command: failed with status 1: no key'
	equal 'notes' "$(grep -c artifact_url_command "$LAB/out")" 1
	store_same 1
	sed -i 's|^artifact_url.*|artifact_url_command = echo ftp://a/b|' \
		"$LAB/store.ini"
	store_push
	said 'artifact_url_command: the first line of its output is not a URL'
}

check 'a hook uploads the tarball, and hosts fetch it' \
	a_hook_uploads_the_tarball_and_hosts_fetch_it
check 'artifact_url_command runs once' the_command_runs_once
check 'a secret URL is kept nowhere' a_secret_url_is_nowhere
check 'a download that is cut is resumed' a_cut_download_is_resumed
check 'another file and a missing one' another_file_and_a_missing_one_are_named
check 'no copy is left after a signal' no_copy_is_left_after_a_signal
rarely 'what a bad store sends' what_a_bad_store_sends_is_named
rarely 'a command that fails' a_command_that_fails_is_named_once
check_end
