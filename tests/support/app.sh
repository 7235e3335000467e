# shellcheck shell=sh
# A laboratory for driver = app: web1 runs a small server, tests/fixtures/app,
# that goes into the background and writes a pid file. Version 0.3.0 ends at
# once, 0.4.0 ignores a reload.
root=$LAB/web1
port=$(lab_epmd 19)
program() { # VERSION [FLAG...]
	mkdir -p "$LAB/build/$1/bin" "$LAB/build/$1/log"
	version=$1
	shift
	"${CC:-cc}" -DVERSION="\"$version\"" "$@" \
		-o "$LAB/build/$version/bin/appd" tests/fixtures/app/appd.c
	echo "of $version" >"$LAB/build/$version/.config"
	echo of the build >"$LAB/build/$version/log/old"
	ln -s ../.config "$LAB/build/$version/bin/config"
}
program 0.1.0
program 0.2.0
program 0.3.0 -DBROKEN=1
program 0.4.0 -DDEAF=1
cat >"$LAB/deploy.ini" <<END
[app]
name    = my-app
driver  = app
release = $LAB/build/{version}
[lab]
host = web1 $(lab_address 1):$LAB_PORT
path        = $root
identity    = $LAB/ssh/user
known_hosts = $LAB/ssh/known_hosts
command.start  = $root/current/bin/appd $root/shared/app.pid $port
command.reload = kill -HUP \$(cat shared/app.pid)
pid_file     = shared/app.pid
linked_dirs  = log, data/uploads
linked_files = .env
health = http 127.0.0.1:$port/ expect 200
start_timeout = 15s
keep = 1
END
