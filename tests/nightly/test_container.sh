#!/bin/sh
# A node in a container on the same host, with the same user, path and name, is
# not ours. Needs root, for a mount namespace.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
LAB_HOSTS=1
lab_open
unshare -m true 2>/dev/null || exit 77

# theirs COMMAND...: runs it in a mount namespace where another folder has our
# path
theirs() {
	# shellcheck disable=SC2016 # for the inner shell
	unshare -m sh -c 'mount --bind "$1/theirs" "$1/web1" || exit
		cd "$1/web1" && shift && exec "$@"' sh "$LAB" "$@"
}

theirs_begins() {
	status 0 push lab 0.1.0
	mkdir "$LAB/theirs"
	cp -a "$LAB/web1/." "$LAB/theirs"
	theirs env NODE_NAME=web1@127.0.0.1 NODE_COOKIE=theirs \
		ERL_EPMD_ADDRESS=127.0.0.1 ERL_EPMD_PORT="$(lab_epmd 2)" \
		ERL_FLAGS="$LAB_ERL_FLAGS" PIPE_DIR="$LAB/pipes/theirs/" \
		bin/hotcode daemon
	lab_beams "$LAB/web1" >"$LAB/their_pid"
	[ -s "$LAB/their_pid" ] || flunk 'it does not run'
	status 1 status lab
	said 'the node is down'
}

lives() {
	kill -0 "$(cat "$LAB/their_pid")" || flunk 'their node was ended'
}

ours_goes_its_way() {
	status 0 start lab
	status 0 status lab
	status 0 push lab 0.2.0
	status 0 upgrade lab 0.2.0
	host 1 mode hot
	status 0 rollback lab
	status 0 upgrade lab 0.2.0 --cold
	status 0 restart lab
	lives
	status 0 stop lab
	lives
	equal beams "$(lab_beams "$LAB/web1")" "$(cat "$LAB/their_pid")"
}

check "a container's node is not taken for ours" theirs_begins
check 'ours starts, is upgraded and stops beside it' ours_goes_its_way
check_end
