#!/bin/sh
# Hosts fetch a large tarball from nginx, and a small one with every tool.
set -u
cd "$(dirname "$0")/../.." || exit 1
LAB_HOSTS=8
LAB_PATH=tools
MIB=60
. tests/support/lab.sh
. tests/support/check.sh
. tests/support/store.sh
lab_open
store_open
proxy=$(dirname "$HDEPLOY")/tests/bench/proxy

# serve: nginx on a free port, which becomes the store.
serve() {
	mkdir -p "$LAB/nginx"
	port=$((LAB_PORT + 15))
	cat >"$LAB/nginx/conf" <<-END
		pid $LAB/nginx/pid;
		error_log $LAB/nginx/errors;
		events { }
		http {
			access_log $LAB/nginx/log;
			server {
				listen 127.0.0.1:$port;
				location /good/ { alias $LAB/store/; }
			}
		}
	END
	PATH=$PATH:/usr/sbin nginx -e "$LAB/nginx/errors" -c "$LAB/nginx/conf" \
		-g 'daemon off; user root;' &
	nginx=$!
	STORE=http://127.0.0.1:$port
	until curl -s -o "$LAB/nginx/first" "$STORE/"; do sleep 0.1; done
}

# through_proxy: the hosts are behind a proxy that counts their bytes.
through_proxy() {
	# shellcheck disable=SC2046
	"$proxy" "$LAB/proxy.port" "$LAB_PORT" $(lab_each lab_address) \
		2>"$LAB/proxy" &
	counter=$!
	until [ -s "$LAB/proxy.port" ]; do sleep 0.1; done
	read -r port <"$LAB/proxy.port"
	sed -i "s|\(^host = .*\):$LAB_PORT|\1:$port|" "$LAB/store.ini"
	sed "s|:$LAB_PORT|:$port|" "$LAB/ssh/known_hosts" >"$LAB/ssh/known"
	sed -i "s|^known_hosts .*|known_hosts = $LAB/ssh/known|" "$LAB/store.ini"
}

no_byte_of_it_goes_over_ssh() {
	head -c $((MIB * 1048576)) /dev/urandom >"$LAB/shop/data"
	serve
	through_proxy
	for n in 1 2 3 4 5 6 7 8; do
		store_from "$n" good
	done
	store_push
	fetched 1 2 3 4 5 6 7 8
	equal 'uploads above 100 KB' "$(jq -s '[.[] | select(.event == "step" and
		.sent != null and .sent > 100000)] | length' "$LAB/events")" 0
	kill "$counter" "$nginx"
	wait "$counter" || :
	# most of these bytes are scripts, which are compressed
	equal 'connections above 200 KB' "$(sed -n \
		's/.*: \([0-9]*\) bytes out.*/\1/p' "$LAB/proxy" |
		awk '$1 > 200000 { n++ } END { print NR > 0 ? n + 0 : "all" }')" 0
}

# push_here TOOL: pushes to this machine as host 1, with no other tool.
push_here() {
	rm -rf "${LAB:?}/bin"
	mkdir "$LAB/bin"
	ln -s /usr/bin/* "$LAB/bin/"
	ln -sf /bin/* "$LAB/bin/"
	rm -f "$LAB/bin/curl" "$LAB/bin/wget"
	[ "$1" = none ] || ln -s "$(command -v "$1")" "$LAB/bin/wget"
	(PATH=$LAB/bin store_push --limit web1)
}

wget_and_busybox_fetch_as_well() {
	head -c 300000 /dev/urandom >"$LAB/shop/data"
	python3 tests/support/store.py "$LAB/store" >"$LAB/store.port" &
	until [ "$(cat "$LAB/store.port")" ]; do sleep 0.1; done
	STORE=http://127.0.0.1:$(cat "$LAB/store.port")
	store_ini | sed '/^\[lab\]/a connection = local' >"$LAB/store.ini"
	for fault in good cut whole changed moved; do
		store_from 1 "$fault"
		push_here wget
		fetched 1
	done
	push_here busybox
	not_fetched 1 'and the process list would show the secret URL'
	push_here none
	not_fetched 1 'this host has neither curl nor wget'
	for fault in good cut whole; do
		store_from 1 "$fault"
		sed -i 's|^\(artifact_url = [^?]*\).*|\1|' "$LAB/store.ini"
		push_here busybox
		fetched 1
	done
	for fault in none endless slow; do
		store_from 1 "$fault"
		push_here wget
		not_fetched 1 ''
	done
}

check "$MIB MiB to 8 hosts" no_byte_of_it_goes_over_ssh
check 'wget and busybox' wget_and_busybox_fetch_as_well
check_end
