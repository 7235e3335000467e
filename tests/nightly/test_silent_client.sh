#!/bin/sh
# The machine that deploys vanishes without closing its connections: a CI runner
# is taken away, a laptop sleeps, a VPN drops. The host's server waits for as
# long as its kernel keeps the connection. The test uses a proxy
# that goes silent.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
LAB_HOSTS=1
WAIT=0s
lab_open
proxy=$((LAB_PORT + 11))
cat >"$LAB/proxy.py" <<'END'
import os, socket, sys, threading, time

silence = sys.argv[4]
listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", int(sys.argv[1])))
listener.listen(20)


def pump(a, b):
    while True:
        try:
            data = a.recv(65536)
        except OSError:
            data = b""
        while os.path.exists(silence):  # nothing is sent, nothing closed
            time.sleep(0.2)
        if not data:
            break
        try:
            b.sendall(data)
        except OSError:
            break
    try:
        b.shutdown(socket.SHUT_WR)
    except OSError:
        pass


while True:
    client, _ = listener.accept()
    server = socket.create_connection((sys.argv[2], int(sys.argv[3])))
    for ends in ((client, server), (server, client)):
        threading.Thread(target=pump, args=ends, daemon=True).start()
END
python3 "$LAB/proxy.py" "$proxy" "$(lab_address 1)" "$LAB_PORT" \
	"$LAB/silence" &
pump=$!
sed -i '/^\[lab\]/a client_alive = 20s' "$LAB/deploy.ini"
key=$(ssh-keygen -lf "$LAB/ssh/host.pub" | cut -d' ' -f2)
sed "s|^host = web1 .*|host = web1 127.0.0.1:$proxy\nhost_key = $key|" \
	"$LAB/deploy.ini" >"$LAB/far.ini"
sed "/^\[lab\]/a hook.before_push = local touch $LAB/waits; sleep 50" \
	"$LAB/far.ini" >"$LAB/waits.ini"

# until_there FILE: waits until the run in the background has made it
until_there() {
	until [ -e "$1" ]; do
		kill -0 "$run" || flunk "it ended before $1 was there"
		sleep 0.1
	done
}

a_first_release_is_there() {
	status 0 push lab 0.1.0
}

# The operation continues to its end; the next run finds nothing unfinished.
the_next_run_gets_the_host() {
	INI=far.ini
	meanwhile run lab -- \
		"touch at; until [ -e $LAB/go ]; do sleep 0.2; done; touch did"
	INI=deploy.ini
	until_there "$LAB/web1/at"
	touch "$LAB/silence"
	kill -KILL "$run"
	wait "$run" 2>/dev/null || :
	touch "$LAB/go"
	status 5 run lab true
	said 'locked by'
	WAIT=1m
	status 0 run lab -- touch next
	said 'no keepalive for'
	[ -e "$LAB/web1/did" ] || flunk 'what was begun did not end'
	[ -e "$LAB/web1/next" ] || flunk 'the next one did not run'
	rm "$LAB/silence"
}

# For longer than the allowed silence.
a_run_that_waits_here_keeps_the_host() {
	INI=waits.ini
	meanwhile push lab 0.2.0
	INI=deploy.ini
	until_there "$LAB/waits"
	sleep 40
	got=0
	hd run lab true >"$LAB/other" 2>&1 || got=$?
	equal 'status of another run' "$got" 5
	! grep 'no keepalive' "$LAB/other" || flunk 'it was taken for gone'
	ended_with 0
}

check 'a first release is there' a_first_release_is_there
check 'the next run gets the host' the_next_run_gets_the_host
check 'a run that waits here keeps the host' \
	a_run_that_waits_here_keeps_the_host
kill "$pump" 2>/dev/null
check_end
