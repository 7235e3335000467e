# shellcheck shell=sh
# Programs of three kinds for driver = app, in folders $LAB/build/VERSION, and a
# deploy.ini for each. Source it after lab.sh and check.sh.

# app_served VERSION [OPTION...]: a static program. Options are the compiler's.
app_served() {
	mkdir -p "$LAB/build/$1"
	${CC:-cc} -static -O1 -DVERSION="\"$1\"" -o "$LAB/build/$1/served" \
		tests/fixtures/app/served.c ${2+"$2"}
}

app_node() { # VERSION
	mkdir -p "$LAB/build/$1"
	cp -r tests/fixtures/app/node "$LAB/build/$1/"
	echo "{ \"name\": \"node\", \"version\": \"$1\" }" \
		>"$LAB/build/$1/node/package.json"
}

app_python() { # VERSION
	mkdir -p "$LAB/build/$1"
	cp -r tests/fixtures/app/python "$LAB/build/$1/"
	sed -i "s/VERSION/$1/" "$LAB/build/$1/python/shop/__init__.py"
}

# app_ini NAME KIND: $LAB/NAME.ini, with the release $LAB/build/VERSION/KIND and
# the root $LAB/NAME on host 1. stdin: settings of the host.
app_ini() {
	cat >"$LAB/$1.ini" <<-END
		[app]
		name    = $1
		driver  = app
		release = $LAB/build/{version}/$2

		[lab]
		host        = web1 $(lab_address 1):$LAB_PORT
		path        = $LAB/$1
		identity    = $LAB/ssh/user
		known_hosts = $LAB/ssh/known_hosts
		$(cat)
	END
}

# answers PORT VERSION: as the program itself says, within 10 s.
answers() {
	app_naps=0
	until [ "$(app_ask "$1" 2>/dev/null)" = "$2" ]; do
		app_naps=$((app_naps + 1))
		[ "$app_naps" -lt 50 ] ||
			flunk "port $1: \"$(app_ask "$1" 2>&1)\", not \"$2\""
		sleep 0.2
	done
}

app_ask() { # PORT
	python3 -c 'import sys, urllib.request as u
print(u.urlopen("http://127.0.0.1:%s/" % sys.argv[1], timeout=5).read().decode())' \
		"$1"
}

# app_load PORT: requests without a pause until app_loaded, which checks that
# only these versions answered, and that no request failed.
app_load() {
	rm -f "$LAB/enough"
	python3 tests/fixtures/app/load.py "$1" "$LAB/enough" \
		>"$LAB/answered" &
	app_loader=$!
}

app_loaded() { # VERSIONS
	: >"$LAB/enough"
	wait "$app_loader"
	equal answers "$(cat "$LAB/answered")" "$1"
}

# links NAME VERSION: current is that version.
links() {
	equal "current of $1" "$(readlink "$LAB/$1/current")" "releases/$2"
}
