#!/bin/sh
# Hosts fetch the tarball from a store; what the store sends decides nothing.
set -u
cd "$(dirname "$0")/../.." || exit 1
LAB_HOSTS=2
. tests/support/lab.sh
. tests/support/check.sh
. tests/support/store.sh
lab_open
store_open

each_host_fetches_the_tarball_that_a_hook_uploaded() {
	store_ini good "hook.before_push = local $LAB/to_store"
	store_push
	fetched 1 2
	equal requests "$(grep -c '^/good/hotcode-0.1.0.tar.gz -$' "$LAB/store/log")" 2
	equal 'mode and owner' "$(cat "$LAB/uploaded")" "600 $(id -un) 700"
	[ ! -e "$(cat "$LAB/tarball")" ] || flunk 'the copy is still there'
}

a_secret_url_is_kept_nowhere() {
	store_ini good
	sed -i "s|^artifact_url .*|artifact_url_command = $LAB/print_url|" \
		"$LAB/store.ini"
	: >"$LAB/watched"
	store_watch &
	watch=$!
	store_push -v
	kill "$watch"
	wait "$watch" 2>/dev/null || :
	fetched 1 2
	equal 'runs of the command' "$(cat "$LAB/printed")" \
		"hotcode lab 0.1.0 $(sha256sum <"$LAB/store/hotcode-0.1.0.tar.gz" |
			cut -c1-64) $(wc -c <"$LAB/store/hotcode-0.1.0.tar.gz")"
	grep -q curl "$LAB/watched" || flunk 'no curl was seen'
	! grep -rlF "$STORE_TOKEN" "$LAB/web1" "$LAB/web2" "$LAB/events" \
		"$LAB/out" "$LAB/watched" || flunk 'the token is there'
}

what_a_store_does_wrong_is_named() { # FAULT TEXT
	store_ini "$1" 'upload_timeout = 2s'
	store_push
	said "web1  not fetched from artifact_url: "
	said "$2"
	! grep -F "$STORE_TOKEN" "$LAB/events" "$LAB/out" || flunk 'the token'
	uploaded 1 2
}

another_file() {
	what_a_store_does_wrong_is_named other \
		'the store has another file: its SHA-256 is '
}

not_found() {
	what_a_store_does_wrong_is_named none \
		'The requested URL returned error: 404; it goes over SSH instead'
}

too_much() {
	what_a_store_does_wrong_is_named endless 'the store sent more than '
}

nothing_more() {
	what_a_store_does_wrong_is_named slow \
		'the store sent nothing for 2 s, after '
}

a_download_that_is_cut_is_resumed() {
	store_ini cut
	store_push
	fetched 1 2
	grep -q '^/cut/hotcode-0.1.0.tar.gz bytes=[1-9]' "$LAB/store/log"
}

one_that_cannot_be_resumed_begins_again() {
	store_ini whole
	store_push
	fetched 1
	store_ini changed
	store_push
	fetched 1
}

check 'each host fetches the tarball that a hook uploaded' \
	each_host_fetches_the_tarball_that_a_hook_uploaded
check 'a secret URL is kept nowhere' a_secret_url_is_kept_nowhere
check 'another file' another_file
check 'a download that is cut is resumed' a_download_that_is_cut_is_resumed
rarely 'a download that cannot be resumed begins again' \
	one_that_cannot_be_resumed_begins_again
rarely 'a store that falls silent' nothing_more
rarely 'a store that sends too much' too_much
check 'a file that the store does not have' not_found
check_end
