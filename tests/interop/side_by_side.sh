#!/bin/sh
# side_by_side.sh [NAME [slice]]: for each row of the file `rows`, the same user
# with the same ~/.ssh tries to reach the same server with ssh and with hdeploy.
# Both must say what the row says. NAME: only rows whose name contains it. slice:
# of the rows where both reach the server only a fourth, another one every day
# (SEED).
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/sweep.sh
. tests/interop/scratch.sh
. tests/interop/place.sh
only=${1-}
slice=${2-}
seed=${SEED:-$(($(date +%s) / 86400))}
HDEPLOY=${HDEPLOY:-$PWD/build/hdeploy}
TOOLS=${HDEPLOY%/*}/tests/interop
workers=3

# Everything that a row may change, as it is for the first one: an ed25519 key
# that the server accepts, and its host key in known_hosts.
begin() {
	rm -rf "${D:?}/home" "$D/box/authorized_keys" "$D/agents"
	mkdir -m 700 "$D/home" "$D/home/.ssh"
	home=$D/home
	dot=$home/.ssh
	known=$dot/known_hosts
	config=$dot/config
	to=127.0.0.1 port=$P user='' ini=''
	unset SSH_AUTH_SOCK
	HOME=$home
	: >"$D/box/lines"
	: >"$D/bastion/lines"
	key ed25519
	echo "$at $(public box ed25519)" >"$known"
}

# With -F, a mistake in /etc/ssh/ssh_config could not decide. BatchMode: nobody
# can be asked; StrictHostKeyChecking: as hdeploy, which never asks.
# UpdateHostKeys would change known_hosts for hdeploy: it empties known_hosts2.
by_ssh() {
	run ssh -o BatchMode=yes -o StrictHostKeyChecking=yes -o UpdateHostKeys=no \
		${port:+-p "$port"} ${user:+-l "$user"} "$to" exit 0 \
		</dev/null >"$D/ssh.out" 2>&1
}

by_hdeploy() {
	cat >"$D/deploy.ini" <<-END
		[app]
		name = a
		release = a
		[t]
		path = $D/nothing
		connect_retries = 0
		$ini
		host = box ${user:+$user@}$to${port:+:$port}
	END
	run "$HDEPLOY" -f "$D/deploy.ini" status t >"$D/hdeploy.out" 2>&1 \
		</dev/null
	grep -q 'no release here' "$D/hdeploy.out"
}

# At most 25 seconds: a program that hangs does not reach the host.
run() {
	ASAN_OPTIONS=${ASAN_OPTIONS-}:verify_asan_link_order=0 \
		LSAN_OPTIONS=${LSAN_OPTIONS-}:suppressions=$W/leaks \
		TEST_HOME=$home LD_PRELOAD=$TOOLS/home.so timeout 25 "$@"
}

says() { # COMMAND: yes if it reaches the host
	if "$1"; then echo yes; else echo no; fi
}

try() { # NAME SSH HDEPLOY SETUP
	begin
	eval "$4" >"$D/setup.out" 2>&1 || {
		echo "FAIL $1: its setup"
		sed 's/^/     /' "$D/setup.out"
		return
	}
	write_server box
	write_server bastion
	ssh=$(says by_ssh)
	hdeploy=$(says by_hdeploy)
	end_agents
	if [ "$ssh $hdeploy" = "$2 $3" ]; then
		echo "ok   $1: $ssh, $hdeploy"
		return
	fi
	echo "FAIL $1: ssh $ssh (not $2), hdeploy $hdeploy (not $3)"
	tail -n 2 "$D/ssh.out" | sed 's/^/     ssh: /'
	tail -n 2 "$D/hdeploy.out" | cut -c 1-600 | sed 's/^/     hdeploy: /'
}

each_row() { # NUMBER: of this worker
	sed 's/^#.*//; s/ *| */|/; s/ *| */|/2; s/ *| */|/3' \
		tests/interop/rows | awk -F '|' -v n="$1" -v of="$workers" \
		-v slice="$slice" -v seed="$seed" '!NF { next }
		slice != "" && $2 $3 == "yesyes" && (++both + seed) % 4 { next }
		i++ % of == n' >"$D/rows"
	while IFS='|' read -r name ssh hdeploy setup <&3; do
		case $name in
		*"$only"*) try "$name" "$ssh" "$hdeploy" "$setup" ;;
		esac
	done 3<"$D/rows"
}

scratch
echo leak:curve25519_sha256 >"$W/leaks" # see tests/support/leaks.c
make_place
i=0
pids=
while [ "$i" -lt "$workers" ]; do
	D=$W/$i
	mkdir "$D"
	cp -r "$W/box" "$W/bastion" "$D"
	(
		start_servers
		each_row "$i"
	) >"$W/out.$i" 2>&1 &
	pids="$pids $!"
	i=$((i + 1))
done
# shellcheck disable=SC2086 # a list
wait $pids
echo "SEED=$seed"
cat "$W"/out.*
awk '$1 == "ok" { ok++ } $1 == "FAIL" { bad++ }
	$1 == "ok" && / yes, no$/ { listed++ }
	END {
		print ok + bad " rows, " listed + 0 \
		    " of them hosts that only ssh reaches"
		print ok + 0 " passed, " bad + 0 " failed"
		exit bad || !ok
	}' "$W"/out.*
