# shellcheck shell=sh
# A store for tests: an HTTP server that serves $LAB/store, with faults. After
# lab_open: store_open.

STORE_TOKEN=signature-4711

store_open() {
	mkdir "$LAB/store"
	python3 tests/support/store.py "$LAB/store" >"$LAB/store.port" &
	until [ -s "$LAB/store.port" ]; do sleep 0.1; done
	STORE=http://127.0.0.1:$(cat "$LAB/store.port")
	cat >"$LAB/to_store" <<-END
		#!/bin/sh
		set -eu
		[ "\$(sha256sum <"\$HDEPLOY_TARBALL")" = "\$HDEPLOY_SHA256  -" ]
		[ "\$(wc -c <"\$HDEPLOY_TARBALL")" = "\$HDEPLOY_SIZE" ]
		cp "\$HDEPLOY_TARBALL" "$LAB/store/"
		echo "\$HDEPLOY_TARBALL" >"$LAB/tarball"
		echo "\$(stat -c '%a %U' "\$HDEPLOY_TARBALL")" \
			"\$(stat -c %a "\${HDEPLOY_TARBALL%/*}")" >"$LAB/uploaded"
	END
	cat >"$LAB/print_url" <<-END
		#!/bin/sh
		echo "\$HDEPLOY_APP \$HDEPLOY_ENV \$HDEPLOY_VERSION" \
			"\$HDEPLOY_SHA256 \$HDEPLOY_SIZE" >>"$LAB/printed"
		echo "$STORE/good/hotcode-\$HDEPLOY_VERSION.tar.gz?x=$STORE_TOKEN"
	END
	chmod +x "$LAB/to_store" "$LAB/print_url"
}

# store_ini FAULT [LINE]: hosts fetch from there.
store_ini() {
	INI=store.ini
	{
		cat "$LAB/deploy.ini"
	} | sed "/^\[lab\]/a artifact_url = $STORE/$1/{app}-{version}.tar.gz?x=$STORE_TOKEN\\
${2:-# none}" >"$LAB/store.ini"
	rm -f "$LAB/store/log" "$LAB/store"/*.done
}

# store_push [OPTION]: pushes to hosts without any version.
store_push() {
	rm -rf "$LAB"/web[0-9]*
	status 0 push lab 0.1.0 "$@"
}

# fetched N...: these hosts have the tarball of the store, and hdeploy reports
# no other way.
fetched() {
	! grep -q 'over SSH' "$LAB/out" || flunk 'it was sent over SSH'
	store_same "$@"
}

uploaded() { # N...
	said 'it goes over SSH instead'
	store_same "$@"
}

store_same() { # N...
	for store_n; do
		cmp "$LAB/web$store_n/.hdeploy/tarballs/0.1.0.tar.gz" \
			"$LAB/store/hotcode-0.1.0.tar.gz"
		nothing_left "$store_n"
	done
}

# store_watch: keeps all command lines in $LAB/watched until it is killed.
store_watch() {
	while :; do
		cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\0' ' '
	done >>"$LAB/watched"
}
