#!/bin/sh
# matrix.sh all|slice [CELLS]: logs in to every kind of server with every kind of key
# from every source, and tries every action there. A cell of this matrix
# (server, key, source, action) must pass, or fail and have a line in the file
# `exceptions`. slice: only each server and each source once. CELLS: a pattern
# such as 'dropbear rsa *', for "SERVER KEY SOURCE". RESULTS=FILE keeps them.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/sweep.sh
. tests/interop/servers.sh
. tests/interop/scratch.sh
. tests/interop/keys.sh
what=$1
only=${2-*}
HDEPLOY=${HDEPLOY:-$PWD/build/hdeploy}
TOOLS=${HDEPLOY%/*}/tests/interop
keys='ed25519 ecdsa rsa'
sources='file encrypted agent pub environment certificate agent-certificate'

# Large enough that servers give out their window several times. Once for each
# server and key: the source of the key makes no difference to it.
upload_size() { # SOURCE
	case $what:$1 in
	all:file | all:certificate) echo 50000000 ;;
	*) echo 3000000 ;;
	esac
}

is_wanted() { # SERVER KEY SOURCE
	# shellcheck disable=SC2254 # a pattern
	case "$1 $2 $3" in
	$only) ;;
	*) return 1 ;;
	esac
	case $what:$1:$2:$3 in
	all:* | slice:*:ed25519:file | slice:openssh:ed25519:*) ;;
	slice:openssh:rsa:agent-certificate) ;;
	*) return 1 ;;
	esac
}

# login SERVER KEY SOURCE: prints "SERVER KEY SOURCE ACTION ok|failed REASON"
login() {
	cell=$W/$1/cell
	rm -rf "$cell"
	mkdir "$cell" "$cell/home"
	authorize "$2" "$3" >"$W/$1/home/.ssh/authorized_keys"
	known_hosts "$1" "$2" >"$cell/known_hosts"
	{
		printf '[app]\nname = a\nrelease = a\n[cell]\npath = /a\n'
		echo "host = $1 $USER@127.0.0.1:$(cat "$W/$1/port")"
		echo "known_hosts = $cell/known_hosts"
		identity "$2" "$3"
	} >"$cell/deploy.ini"
	with_source "$2" "$3" env TEST_HOME="$cell/home" HOME="$cell/home" \
		"$TOOLS/login" "$cell/deploy.ini" "$cell" \
		"$(upload_size "$3")" >"$cell/out" 2>&1
	for action in exec flood upload rename tunnel; do
		line=$(grep -E "^(ok|failed) $action" "$cell/out") ||
			line="failed $action $(head -n 1 "$cell/out")"
		reason=${line#* "$action"}
		echo "$1 $2 $3 $action ${line%% *}${reason:+ }${reason# }"
	done
}

cells() { # SERVER
	for key in $keys; do
		for source in $sources; do
			! is_wanted "$1" "$key" "$source" ||
				login "$1" "$key" "$source"
		done
	done
}

scratch
USER=$(id -un)
export USER
make_keys
start_agents
for server in $servers; do
	mkdir "$W/$server"
	start "$server"
done
for server in $servers; do
	until [ -s "$W/$server/port" ]; do sleep 0.05; done
	cells "$server" >"$W/$server/results" &
	workers="${workers-} $!"
done
# shellcheck disable=SC2086 # a list
wait $workers
for server in $servers; do cat "$W/$server/results"; done >"$W/results"
[ -z "${RESULTS-}" ] || cp "$W/results" "$RESULTS"
awk -v whole="$([ "$what $only" != 'all *' ] || echo yes)" -f tests/interop/compare.awk tests/interop/exceptions \
	"$W/results"
