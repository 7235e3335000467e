#!/bin/bash
# trips.sh: round trips, counted by a proxy in front of the hosts: of a push
# that finds everything in place, and of the locks and facts of many hosts.
#
#	COPIES=32 MANY=100 TIMES=3
set -u
. "$(dirname "$0")/lab.sh"
COPIES=${COPIES:-32} MANY=${MANY:-100}
bench_open "$MANY"
clone 0.2.0

again() { hd push lab 0.2.0 --parallel "$MANY" --limit "$(web "$1")"; }

# turns NAME COMMAND...: prints the median and the maximum of its connections.
turns() {
	local name=$1
	shift
	proxy_lines "$@"
	middle=$(middle 3)
	printf '  %-22s %5g turns, at most %3d; %6.0f bytes sent, %6.0f received\n' \
		"$name" "$middle" "$(cut -d' ' -f3 lines | sort -n | tail -n 1)" \
		"$(middle 1)" "$(middle 2)"
}

echo "turns of each connection at 50 ms, $COPIES hosts; a turn is a round trip"
echo 'that the client waits for:'
proxy_open -r 50
turns 'ssh HOST true' ssh_status "$COPIES"
login=$middle
turns 'hdeploy status' hdeploy_status "$COPIES"
turns 'hdeploy push, no-op' again "$COPIES"
own=$middle
proxy_close
verdict 8 "round trips of a no-op push to $COPIES hosts beyond \`ssh HOST true\`" \
	"$(awk "BEGIN { print $own - $login }")" 3 \
	"$own, ssh $login with its login"

# planned MS: sets took, in ms, until the last of MANY hosts is locked and has
# its plan.
planned() {
	local begin
	proxy_open -q -r "$1"
	: >planned
	for ((i = 0; i < TIMES; i++)); do
		begin=$(now)
		hd push lab 0.2.0 --parallel "$MANY" --json 2>/dev/null |
			grep '"event":"plan"' | while read -r _; do now; done |
			tail -n 1 | awk -v begin="$begin" \
			'{ print "x", $1 - begin }' >>planned
	done
	proxy_close
	took=$(medians <planned | cut -d' ' -f3)
}
echo
echo "locks and facts of $MANY hosts, all at once:"
planned 0
near=$took
planned 200
far=$took
trips=$(awk "BEGIN { printf \"%.1f\", ($far - $near) / 200 }")
echo "  $near ms at 0 ms, $far ms at 200 ms: $trips round trips, with the login"
verdict 7 "round trips of the logins, locks and facts of $MANY hosts at once" \
	"$trips" "$(awk "BEGIN { print $login + 6 }")" \
	"6 more than the $login of \`ssh HOST true\`"
