# shellcheck shell=sh
# A store for tests: an HTTP server that serves $LAB/store, with faults, and an
# app that hosts fetch from there. With LAB_PATH=tools: store_open after
# lab_open.

STORE_TOKEN=signature-4711
STORE_FILE=shop-0.1.0.tar.gz

store_open() {
	mkdir "$LAB/store" "$LAB/shop" "$LAB/tools"
	python3 tests/support/store.py "$LAB/store" >"$LAB/store.port" &
	until [ -s "$LAB/store.port" ]; do sleep 0.1; done
	STORE=http://127.0.0.1:$(cat "$LAB/store.port")
	store_curl >"$LAB/tools/curl"
	store_hook >"$LAB/to_store"
	store_command >"$LAB/print_url"
	chmod +x "$LAB/tools/curl" "$LAB/to_store" "$LAB/print_url"
	head -c 300000 /dev/urandom >"$LAB/shop/data"
	store_ini >"$LAB/store.ini"
	export INI=store.ini
}

# curl as hosts have it; records its arguments and environment, and all command
# lines that have the URL.
store_curl() {
	cat <<-END
		#!/bin/sh
		{
			echo "curl \$*"
			env
			cat /proc/[0-9]*/cmdline | tr '\0' ' ' |
				grep -ac 'x[=]$STORE_TOKEN'
		} >>"$LAB/seen" 2>/dev/null
		exec $(command -v curl) "\$@"
	END
}

store_hook() {
	cat <<-END
		#!/bin/sh
		set -eu
		[ "\$(sha256sum <"\$HDEPLOY_TARBALL")" = "\$HDEPLOY_SHA256  -" ]
		[ "\$(wc -c <"\$HDEPLOY_TARBALL")" = "\$HDEPLOY_SIZE" ]
		cp "\$HDEPLOY_TARBALL" "$LAB/store/"
		echo "\$HDEPLOY_TARBALL" >"$LAB/tarball"
		echo "\$(stat -c '%a %U' "\$HDEPLOY_TARBALL")" \
			"\$(stat -c %a "\${HDEPLOY_TARBALL%/*}")" >"$LAB/modes"
	END
}

store_command() {
	cat <<-END
		#!/bin/sh
		echo "\$HDEPLOY_APP \$HDEPLOY_ENV \$HDEPLOY_VERSION" \
			"\$HDEPLOY_SHA256 \$HDEPLOY_SIZE" >>"$LAB/printed"
		echo "$STORE/good/$STORE_FILE?x=$STORE_TOKEN"
	END
}

store_ini() {
	sed "s|^name .*|name = shop|; s|^driver .*|driver = app|
		s|^release .*|release = $LAB/shop|
		/^\[lab\]/a hook.before_push = local $LAB/to_store\\
upload_timeout = 3s" "$LAB/deploy.ini"
}

# store_from N FAULT: host N fetches with this fault; "command": the URL that
# artifact_url_command prints.
store_from() {
	store_line="artifact_url = $STORE/$2/{app}-{version}.tar.gz?x=$STORE_TOKEN"
	[ "$2" != command ] ||
		store_line="artifact_url_command = $LAB/print_url"
	sed -i "/^\[lab:web$1\]/,/^\[/{/^artifact_url/d}
		/^\[lab:web$1\]/a $store_line" "$LAB/store.ini"
}

# store_push [OPTION]: pushes to hosts without any version.
store_push() {
	rm -rf "$LAB"/web[0-9]* "$LAB/store/log" "$LAB/store"/*.done
	status 0 push lab 0.1.0 "$@"
}

# fetched N...: these hosts got the tarball from the store.
fetched() {
	for store_n; do
		! grep "web$store_n.*over SSH" "$LAB/out" ||
			flunk "web$store_n got it over SSH"
		store_same "$store_n"
	done
}

# not_fetched N TEXT: host N got the tarball over SSH, and hdeploy says why.
not_fetched() {
	grep "web$1  tarball not fetched from artifact_url: .*; it goes over" \
		"$LAB/out" | grep -q -F -e "$2" || flunk "web$1: not said: $2"
	store_same "$1"
}

store_same() { # N
	cmp "$LAB/web$1/.hdeploy/tarballs/0.1.0.tar.gz" "$LAB/store/$STORE_FILE"
	nothing_left "$1"
}
