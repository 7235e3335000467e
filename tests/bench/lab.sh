# shellcheck shell=bash
# The laboratory of a part of `make bench`: hosts, each with a copy of a release,
# a proxy in front of them, shared by all parts. Sourced by each part.
#
# All hosts are loopback addresses of this machine, so client and hosts share
# its processors: compare ratios, not seconds. A part never fails because
# hdeploy is slow.
#
#	PROXY    the program of proxy.c (build/tests/bench/proxy)

cd "$(dirname "$0")/../.." || exit 1
PROXY=${PROXY:-$PWD/build/tests/bench/proxy}
AT_ONCE=32 # hosts at once, for every tool: hdeploy's default
. tests/support/lab.sh
. tests/bench/measure.sh
. tests/bench/peers.sh
lab_epmd_end() { :; } # replaced where nodes run

# More addresses than one net of 254 has.
lab_address() { # N
	echo "127.0.$(($1 / 250)).$(($1 % 250 + 1))"
}

bench_open() { # HOSTS
	INI=deploy.ini
	LAB_HOSTS=$1
	lab_open
	cd "$LAB" || exit 1 # lab_close ends the processes that run in it
	trap 'cd / && lab_close 2>/dev/null' EXIT
	trap 'exit 141' PIPE # as with `make bench | head`
	ssh_config "$LAB_PORT" >"$LAB/ssh/client"
	F="-F $LAB/ssh/client"
	cp ssh/known_hosts ssh/near
	hd -q push lab 0.1.0 --limit web1 >said 2>&1 || cat said
}

# clone VERSION...: only the first host gets real pushes; the other hosts share
# its files, or with CLONE=-a has copies of them.
clone() {
	local version n
	for version; do
		hd -q push lab "$version" --limit web1 >said 2>&1 || cat said
	done
	for ((n = 2; n <= LAB_HOSTS; n++)); do
		cp "${CLONE:--al}" web1 "web$n"
		rm -f "web$n/.hdeploy/id"
		echo "$n" >"web$n/.hdeploy/id"
	done
}

forget() { # VERSION FIRST LAST: hosts FIRST to LAST do not have it any more
	local n
	for ((n = $2; n <= $3; n++)); do
		rm -rf "web$n/releases/$1" "web$n/.hdeploy/releases/$1" \
			"web$n/releases/"*"$1.tar.gz" \
			"web$n/.hdeploy/tarballs/$1.tar.gz"
	done
	sync
}

# proxy_open OPTION...: from now on, hd and the other tools reach the hosts
# through a proxy. Its lines about connections are in $LAB/proxy.
proxy_open() {
	local port
	rm -f proxy.port
	# shellcheck disable=SC2046 # a list of addresses
	"$PROXY" "$@" "$LAB/proxy.port" "$LAB_PORT" $(list "$LAB_HOSTS") \
		2>proxy &
	PROXY_PID=$!
	until [ -s proxy.port ]; do sleep 0.05; done
	read -r port <proxy.port
	sed "s/:$LAB_PORT\$/:$port/" deploy.ini >far.ini
	sed "s/]:$LAB_PORT /]:$port /" ssh/near >>ssh/known_hosts
	ssh_config "$port" >ssh/far
	INI=far.ini F="-F $LAB/ssh/far"
}

proxy_close() {
	kill "$PROXY_PID" && wait "$PROXY_PID" 2>/dev/null
	INI=deploy.ini F="-F $LAB/ssh/client"
}

# proxy_lines COMMAND...: runs it through the proxy; sets lines to the file with
# "BYTES-OUT BYTES-IN TURNS SECONDS" of each of its connections.
proxy_lines() {
	local before
	before=$(wc -l <proxy)
	"$@" >said 2>&1 || :
	sessions_end
	sleep 0.3 # the proxy writes its line
	tail -n "+$((before + 1))" proxy |
		sed -n 's/.*: \([0-9]*\) bytes out, \([0-9]*\) in, \([0-9]*\) turns, \([0-9.]*\) s.*/\1 \2 \3 \4/p' \
			>lines
}

# middle COLUMN: of lines
middle() {
	awk -v c="$1" '{ print "x", $c }' lines | medians | cut -d' ' -f3
}

list() { # N: the addresses of hosts 1 to N
	local n
	for ((n = 1; n <= $1; n++)); do
		lab_address "$n"
	done
}

web() { # N
	echo "web[1-$1]"
}

# release_of SIZE NAME: makes NAME.tar.gz, version 0.2.0 with SIZE MB of random
# bytes, in the form that hdeploy gives tarballs: packing is another part.
release_of() {
	local small
	small=$(wc -c <"$FIXTURES/0.2.0.tar.gz")
	mkdir "$2"
	tar -xzf "$FIXTURES/0.2.0.tar.gz" -C "$2"
	[ "$(($1 * 1000000))" -le "$small" ] ||
		head -c "$(($1 * 1000000 - small))" /dev/urandom \
			>"$2/lib/hotcode-0.2.0/ballast"
	(cd "$2" && tar -cf - --format=ustar -- *) | gzip -1 >"$2.tar.gz"
	rm -rf "$2"
	use_release "$2.tar.gz"
	hd -q push lab 0.2.0 --limit web1 >said 2>&1 || cat said
	mv web1/.hdeploy/tarballs/0.2.0.tar.gz "$2.tar.gz"
	forget 0.2.0 1 1
}

use_release() { # FILE: what deploy.ini ships
	sed -i "s|^release .*|release = $LAB/$1|" deploy.ini
	[ ! -f far.ini ] || sed -i "s|^release .*|release = $LAB/$1|" far.ini
}
