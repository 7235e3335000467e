#!/bin/sh
# Demonstrates hdeploy on three hosts of this machine (LAB_HOSTS): a private sshd
# on loopback and a real relx release. Checks each claim and leaves nothing
# behind.
set -eu
cd "$(dirname "$0")/.."
HDEPLOY=${HDEPLOY:-$PWD/build/hdeploy}
FIXTURES=${FIXTURES:-$PWD/build/fixtures}
export HDEPLOY FIXTURES
. tests/support/lab.sh

say() {
	printf '\n\033[1m# %s\033[0m\n' "$*" | if [ -t 1 ] &&
		[ -z "${NO_COLOR-}" ]; then cat; else sed 's/\x1b\[[0-9]*m//g'; fi
}

run() {
	printf '$ hdeploy %s\n' "$*"
	hd "$@"
}

must() { # WHAT GOT WANTED
	if [ "$2" = "$3" ]; then
		printf '  ok: %s: %s\n' "$1" "$2"
	else
		printf '  NOT: %s: %s, not %s\n' "$1" "$2" "$3" >&2
		exit 1
	fi
}

state() {
	lab_call "$1" 'lists:sort(maps:to_list(demo_server:get())).' | tr -d ' '
}

vm() { # pid and creation, as the VM reports them
	lab_call "$1" '{os:getpid(), erlang:system_info(creation)}.'
}

say "$LAB_HOSTS hosts on this machine, from 127.0.0.2 on, with a private sshd"
lab_open
sed -i "s|^release .*|&\nbuild   = sh '$PWD/tests/fixtures/release.sh' --few|" \
	"$LAB/deploy.ini"
grep -v -e '^$' "$LAB/deploy.ini" | sed -n '1,8p;/^host/p'

say "Build 0.1.0 and push it: the hosts have no release, so it is unpacked"
run push lab 0.1.0

say "Start it, and give each node its own state"
run start lab
for n in $(seq "$LAB_HOSTS"); do
	lab_call "$n" "demo_server:add($n)." >/dev/null
	must "web$n state" "$(state "$n")" "[{money,$((100 + n))},{name,\"ann\"}]"
	vm "$n" >"$LAB/vm.$n"
done

say "Push 0.2.0, which renames money to salary: the nodes keep running"
run push lab 0.2.0

say "What would an upgrade do?"
run upgrade lab 0.2.0 --dry-run

say "Upgrade: one host first, then the others; each VM confirms its version"
run upgrade lab 0.2.0
for n in $(seq "$LAB_HOSTS"); do
	must "web$n state" "$(state "$n")" "[{name,\"ann\"},{salary,$((100 + n))}]"
	must "web$n pid and creation" "$(vm "$n")" "$(cat "$LAB/vm.$n")"
done

say "Roll back, again without a stop"
run rollback lab
for n in $(seq "$LAB_HOSTS"); do
	must "web$n state" "$(state "$n")" "[{money,$((100 + n))},{name,\"ann\"}]"
	must "web$n pid and creation" "$(vm "$n")" "$(cat "$LAB/vm.$n")"
done
run status lab

say "Stop the nodes, then remove sshd, files and processes of the demonstration"
run stop lab
