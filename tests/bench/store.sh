#!/bin/bash
# store.sh: a push whose hosts fetch the tarball from a store, nginx on loopback,
# against the same push over SSH; and the bytes that go over SSH.
#
#	COPIES=8 SIZE=60 (MB) TIMES=3
set -u
. "$(dirname "$0")/lab.sh"
COPIES=${COPIES:-8} SIZE=${SIZE:-60}
bench_open "$COPIES"
clone
release_of "$SIZE" big
needs nginx || {
	verdict 10 "bytes over SSH to each of $COPIES hosts" '' 100000 'no nginx'
	exit 0
}

# Tries ports until nginx has one; it listens before it goes on alone.
nginx_open() {
	local tries=0
	mkdir store
	cp big.tar.gz store/hotcode-0.2.0.tar.gz
	chmod 755 "$LAB" store
	while [ "$tries" -lt 20 ]; do
		tries=$((tries + 1))
		STORE_PORT=$((20000 + RANDOM % 10000))
		cat >nginx.conf <<-END
			daemon on;
			pid $LAB/nginx.pid;
			error_log $LAB/nginx.log;
			events { }
			http {
				access_log off;
				client_body_temp_path $LAB/b;
				proxy_temp_path $LAB/p;
				fastcgi_temp_path $LAB/f;
				uwsgi_temp_path $LAB/u;
				scgi_temp_path $LAB/s;
				server {
					listen 127.0.0.1:$STORE_PORT;
					root $LAB/store;
				}
			}
		END
		nginx -c "$LAB/nginx.conf" 2>/dev/null && return
	done
	echo 'nginx does not start' >&2
	return 1
}
nginx_close() { kill "$(cat nginx.pid)" 2>/dev/null; }

before_over() { before_push "$1"; }
hdeploy_over() { INI=store.ini hd push lab 0.2.0 --limit "$(web "$1")"; }
hdeploy_ssh_over() { INI=${FROM:-deploy.ini} hdeploy_push "$1"; }

nginx_open || exit 1
trap 'nginx_close; cd / && lab_close 2>/dev/null' EXIT
url="artifact_url = http://127.0.0.1:$STORE_PORT/{app}-{version}.tar.gz"
sed "s|^\[lab\]|&\n$url|" deploy.ini >store.ini
echo "push of $SIZE MB to $COPIES hosts from a store, and over SSH:"
compare over "$COPIES" hdeploy hdeploy_ssh
proxy_open -r 0
sed "s|^\[lab\]|&\n$url|" far.ini >store.ini
before_push "$COPIES"
proxy_lines hdeploy_over "$COPIES"
proxy_close
! grep -F 'it goes over SSH instead' said || echo 'not all from the store'
bytes=$(cut -d' ' -f1 lines | sort -n | tail -n 1)
verdict 10 "bytes over SSH to each of $COPIES hosts, with login and scripts" \
	"$bytes" 100000
