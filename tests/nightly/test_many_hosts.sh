#!/bin/sh
# A hundred hosts behind one sshd that limits the logins in progress, near and
# far. One address: hdeploy sees that it is one server. Many addresses: it
# cannot know, as with NAT; then only trying again helps.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
LAB_HOSTS=1
MANY=100
lab_open
port=$((LAB_PORT + 12))
proxy=$((LAB_PORT + 13))

# Passes everything on after a delay.
cat >"$LAB/proxy.py" <<'END'
import asyncio, sys

port, target, delay, many = (int(a) for a in sys.argv[1:5])


async def pump(reader, writer):
    loop = asyncio.get_running_loop()
    queue = asyncio.Queue()

    async def receive():
        try:
            while data := await reader.read(65536):
                queue.put_nowait((loop.time() + delay / 1000, data))
        except OSError:
            pass
        queue.put_nowait((loop.time() + delay / 1000, b""))

    task = asyncio.create_task(receive())
    try:
        while True:
            due, data = await queue.get()
            await asyncio.sleep(max(0, due - loop.time()))
            if not data:
                break
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    task.cancel()
    writer.close()


async def serve(reader, writer):
    try:
        far = await asyncio.open_connection("127.0.0.1", target)
    except OSError:
        writer.close()
        return
    await asyncio.gather(pump(reader, far[1]), pump(far[0], writer))


async def main():
    addresses = ["127.0.8.%d" % (i + 1) for i in range(many)]
    await asyncio.start_server(serve, addresses, port, backlog=1000)
    print("ready", flush=True)
    await asyncio.Event().wait()


asyncio.run(main())
END

begin() { # LIMIT DELAY
	echo "$1" >"$LAB/ssh/limits"
	grep -v MaxStartups "$LAB/ssh/config" >>"$LAB/ssh/limits"
	: >"$LAB/ssh/busy"
	: >"$LAB/ready"
	"$(lab_sshd_path)" -D -f "$LAB/ssh/limits" -E "$LAB/ssh/busy" \
		-o "ListenAddress=127.0.0.1:$port" &
	server=$!
	python3 "$LAB/proxy.py" "$proxy" "$port" "$2" "$MANY" >"$LAB/ready" &
	pump=$!
	until grep -q listening "$LAB/ssh/busy" && [ -s "$LAB/ready" ]; do
		kill -0 "$server" || flunk 'no sshd'
		kill -0 "$pump" || flunk 'no proxy'
		sleep 0.1
	done
}

end() {
	kill "$server" "$pump"
	wait "$server" "$pump" 2>/dev/null || :
}

inventory() { # ADDRESSES: one or many
	sed -n '1,/^env.ERL_FLAGS/p' "$LAB/deploy.ini"
	echo "host_key = $(ssh-keygen -lf "$LAB/ssh/host.pub" | cut -d' ' -f2)"
	n=1
	while [ "$n" -le "$MANY" ]; do
		[ "$1" = many ] && to=$n || to=1
		echo "host = web$n 127.0.8.$to:$proxy"
		n=$((n + 1))
	done
}

all_are_reached() { # LIMITS DELAY ADDRESSES PARALLEL
	begin "$1" "$2"
	inventory "$3" >"$LAB/many.ini"
	since=$(date +%s)
	# the roots are empty: the status is 1
	INI=many.ini hd --json status lab --parallel "$4" \
		>"$LAB/events" 2>"$LAB/out" || :
	reached=$(jq -s 'last.hosts | map(select(.result != "unreachable")) |
		length' "$LAB/events")
	end
	echo "$1, $((2 * $2)) ms, $3, parallel $4: $reached of $MANY in" \
		"$(($(date +%s) - since)) s" >>"$LAB/numbers"
	[ "$reached" = "$MANY" ] || flunk "$reached of $MANY"
}

for limits in 'MaxStartups 10:30:100' 'MaxStartups 3:50:6' \
	'PerSourceMaxStartups 2'; do
	for delay in 0 50; do
		for parallel in 32 100; do
			for addresses in ${ADDRESSES:-one many}; do
				# shellcheck disable=SC2317 # check calls it
				this() {
					all_are_reached "$limits" "$delay" \
						"$addresses" "$parallel"
				}
				check "$limits, $((2 * delay)) ms, $addresses, parallel $parallel" \
					this
			done
		done
	done
done
cat "$LAB/numbers"
check_end
