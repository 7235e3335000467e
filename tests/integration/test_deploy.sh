#!/bin/sh
# One command from an empty host to the next version: ships to all, and only
# then changes any.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
lab_open

every_host() { # COMMAND ARG...: with each host's number as first argument
	command=$1
	shift
	for n in 1 2 3; do
		"$command" "$n" "$@"
	done
}

# steps FILTER: what began where, in order, of the steps that it lets through
steps() {
	jq -rs "[.[] | select(.event == \"step\" and .result == \"begin\")
		| select(.step | IN($1)) | .host + \" \" + .step] | join(\", \")" \
		"$LAB/events"
}

ended_once() { # N: one end, however many parts
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
	for n in 1 2 3; do
		vm_id "$n" >"$LAB/vm.$n"
	done
}

nobody_is_upgraded_before_all_have_it() {
	status 0 deploy lab 0.2.0 --dry-run
	said 'ship 0.2.0, record, snapshot 0.1.0, unpack 0.2.0, install'
	said '2 waves: web1 | web2, web3'
	[ ! -e "$LAB/web1/releases/0.2.0" ] || flunk 'it was shipped'
	# web2 has no room for it
	mkdir -p "$LAB/web2/releases/0.2.0"
	mkdir "$LAB/web2/releases/0.2.0/hotcode.tar.gz"
	status 1 deploy lab 0.2.0
	host 2 result failed
	host 1 result skipped
	host 1 text 'shipped; not begun: another host failed'
	every_host runs 0.1.0
	every_host ended_once
	rmdir "$LAB/web2/releases/0.2.0/hotcode.tar.gz"
}

check 'a first deploy starts empty hosts' first_deploy_starts_empty_hosts
check 'nobody is upgraded before all have it' \
	nobody_is_upgraded_before_all_have_it
check_end
