#!/bin/bash
# fleet.sh: how wall, memory and descriptors grow with the number of hosts:
# status, upgrade --dry-run and the push of a delta, on FEW and on MANY hosts.
# No node runs there.
#
#	FEW=100 MANY=1000 BOUND=200 (s, of each run)
set -u
. "$(dirname "$0")/lab.sh"
FEW=${FEW:-100} MANY=${MANY:-1000} BOUND=${BOUND:-200}
bench_open "$MANY"
clone 0.2.0

hd() {
	timeout "$BOUND" "$HDEPLOY" -f "$LAB/deploy.ini" --wait 1m "$@"
}
hdeploy_dry() { hd upgrade lab 0.2.0 --dry-run --limit "$(web "$1")"; }
hdeploy_third() { hd push lab 0.3.0 --cold --limit "$(web "$1")"; }
before() { # COMMAND N
	[ "$1" != hdeploy_third ] || forget 0.3.0 1 "$2"
}

# grow COMMAND TEXT
grow() {
	local n few='' ratio
	for n in "$FEW" "$MANY"; do
		before "$1" "$n"
		peak "$1" "$n"
		printf '  %-24s %5d hosts %8.1f s %5d MiB %5d descriptors, status %d\n' \
			"$2" "$n" "$wall" "$memory" "$files" "$outcome"
		[ -n "$few" ] || few=$wall
		[ "$outcome" != 124 ] || {
			verdict 6 "$2: $n hosts" '' 11 "not done in $BOUND s"
			return
		}
	done
	ratio=$(awk "BEGIN { printf \"%.1f\", $wall / $few }")
	verdict 6 "$2: wall of $MANY hosts, as a multiple of $FEW hosts" \
		"$ratio" 11
	verdict 6 "$2: MiB of memory with $MANY hosts" "$memory" 170
	verdict 6 "$2: descriptors with $MANY hosts" "$files" 600
}

echo "one hdeploy, $FEW and $MANY hosts:"
grow hdeploy_status status
grow hdeploy_dry 'upgrade --dry-run'
grow hdeploy_third 'push of a delta'
