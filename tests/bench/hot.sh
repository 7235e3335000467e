#!/bin/bash
# hot.sh: how long hdeploy takes for the hot upgrade of a running node beyond
# `bin/APP upgrade VERSION` alone, near and far. Each upgrade has a node of its
# own, which alone runs meanwhile: hdeploy looks at every node of a host.
#
#	TIMES=3
set -u
. "$(dirname "$0")/lab.sh"
lab_epmd_end() {
	ERL_EPMD_PORT=$(lab_epmd "$1") epmd -kill >/dev/null 2>&1 || :
}
bench_open $((3 * TIMES))
# the script changes files in place
CLONE=-a clone 0.2.0

by_hand() { # HOST: as the release's own script does it
	lab_env "$1" "web$1/bin/hotcode" upgrade 0.2.0
}
own() { # HOST
	hd upgrade lab 0.2.0 --json --limit "web$1"
}


: >results
timed() { # NAME COMMAND HOST
	INI=deploy.ini hd start lab --limit "web$3" >said 2>&1 || cat said
	sleep 1 # it has just started
	measure "$2" "$3"
	lab_kill_vm "$3"
	[ "$outcome" = 0 ] || {
		echo "$1: status $outcome: $(tail -n 1 said)" >&2
		return
	}
	echo "$1 $wall $cpu $hosts" >>results
}
for ((i = 0; i < TIMES; i++)); do
	timed script by_hand $((3 * i + 1))
	timed hdeploy own $((3 * i + 2))
	cp said near
done
proxy_open -r 100
proxy_lines true
for ((i = 0; i < TIMES; i++)); do
	timed far own $((3 * i + 3))
done
sleep 0.3
turns=$(sed -n 's/.* \([0-9]*\) turns.*/x \1/p' proxy | medians | cut -d' ' -f3)
proxy_close
echo 'hot upgrade of one host with a running node. script: its own'
echo 'bin/hotcode upgrade; far: hdeploy over a round trip of 100 ms:'
table <results
ms() { # NAME
	medians <results | awk -v name="$1" '$1 == name { print $3 * 1000 }'
}
echo "  steps of the last near run, ms: $(sed -n \
	's/.*"step":"\([^"]*\)".*"result":"ok".*"ms":\([0-9]*\).*/\1 \2/p' near |
	paste -s -d, | sed 's/,/, /g')"
script=$(ms script) near=$(ms hdeploy) far=$(ms far)
[ -n "$script" ] && [ -n "$near" ] && [ -n "$far" ] || exit 0
echo "  hdeploy needs $(awk "BEGIN { print $near - $script }") ms beyond the" \
	"script; over 100 ms $(awk "BEGIN { print ($far - $near) / 100 }")" \
	"round trips with the login ($turns turns)"
verdict 9 'ms of a hot upgrade beyond the script of the release, near' \
	"$(awk "BEGIN { print $near - $script }")" 150
