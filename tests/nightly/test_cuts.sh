#!/bin/sh
# Uploads whose connection is cut at random bytes: each is continued, and the
# host ends with the tarball that was packed. CUTS: how many, of each kind.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
LAB_HOSTS=1
lab_open
PROXY=${PROXY:-$PWD/build/tests/bench/proxy}
CUTS=${CUTS:-100}
WINDOW=2097152 # of sshd, in bytes

# push_cut VERSION HIGH: pushes it, and cuts the first connection after a random
# number of bytes, at most HIGH. Sets out, the bytes of all connections.
push_cut() {
	rm -f "$LAB/proxy.port"
	"$PROXY" -c "4000-$2" -n 1 "$LAB/proxy.port" "$LAB_PORT" \
		"$(lab_address 1)" 2>"$LAB/proxy" &
	proxy=$!
	until [ -s "$LAB/proxy.port" ]; do sleep 0.02; done
	read -r port <"$LAB/proxy.port"
	sed "s/:$LAB_PORT\$/:$port/" "$LAB/deploy.ini" >"$LAB/far.ini"
	sed "s/]:$LAB_PORT /]:$port /" "$LAB/ssh/near" >>"$LAB/ssh/known_hosts"
	INI=far.ini status 0 push lab "$1" --cold
	kill "$proxy"
	wait "$proxy" 2>/dev/null || :
	out=$(awk '{ n += $2 } END { print n + 0 }' "$LAB/proxy")
}

forget() { # VERSION
	rm -rf "$LAB/web1/.hdeploy/releases/$1" \
		"$LAB/web1/.hdeploy/tarballs/$1.tar.gz" "$LAB/web1/releases/$1"
}

same_tarball() { # VERSION
	cmp "$LAB/kept" "$LAB/web1/.hdeploy/tarballs/$1.tar.gz" ||
		flunk 'it is not the tarball that was packed'
	nothing_left 1
}

# cuts VERSION HIGH: push_cut, CUTS times. Compared with an upload that is not
# cut, each sends at most one window and the scripts of a new connection more.
cuts() {
	n=0
	sent_twice=0
	push_cut "$1" 999999999
	uncut=$out
	cp "$LAB/web1/.hdeploy/tarballs/$1.tar.gz" "$LAB/kept"
	while [ "$n" -lt "$CUTS" ]; do
		forget "$1"
		push_cut "$1" "$2"
		same_tarball "$1"
		[ "$((out - uncut))" -le "$sent_twice" ] ||
			sent_twice=$((out - uncut))
		n=$((n + 1))
	done
	echo "$CUTS cuts of an upload of $uncut bytes: at most $sent_twice more" \
		>>"$LAB/cuts"
	[ "$sent_twice" -lt "$((WINDOW + 500000))" ] ||
		flunk "$sent_twice bytes were sent twice"
}

a_whole_upload_survives_cuts_anywhere() {
	cp "$LAB/ssh/known_hosts" "$LAB/ssh/near"
	status 0 push lab 0.1.0
	rm "$LAB"/web1/.hdeploy/releases/0.1.0/chunks # all is sent
	cuts 0.2.0 4200000
}

a_delta_survives_cuts_anywhere() {
	forget 0.2.0
	forget 0.1.0
	status 0 push lab 0.1.0
	cuts 0.2.0 450000
}

check 'a whole upload survives cuts anywhere' \
	a_whole_upload_survives_cuts_anywhere
check 'a delta survives cuts anywhere' a_delta_survives_cuts_anywhere
cat "$LAB/cuts"
check_end
