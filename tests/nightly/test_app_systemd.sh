#!/bin/sh
# driver = app: programs of all kinds as units of a real systemd, and one
# without a unit.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
. tests/support/systemd.sh
. tests/support/programs.sh
LAB_HOSTS=1
machine_open
port() { # N: a port of this laboratory
	echo $((LAB_PORT + $1))
}
for version in 1.0.0 1.1.0; do
	app_served "$version"
	app_node "$version"
	app_python "$version"
done
app_served 1.2.0 -DCRASH=3
app_served 1.3.0 -DBROKEN

unit() { # NAME PROPERTY
	machine systemctl show -P "$2" "$1.service"
}

# service NAME: a unit, with [Service] from stdin
service() {
	machine_unit "$1.service" <<-END
		[Service]
		WorkingDirectory=$LAB/$1/current
		$(cat)
	END
}

there_and_back() { # NAME PORT
	INI=$1.ini
	status 0 push lab 1.0.0
	status 0 start lab
	answers "$2" 1.0.0
	links "$1" 1.0.0
	status 0 push lab 1.1.0
	status 0 upgrade lab 1.1.0
	host 1 mode cold
	answers "$2" 1.1.0
	links "$1" 1.1.0
	status 0 status lab
	host 1 after 1.1.0
	status 0 rollback lab
	answers "$2" 1.0.0
	links "$1" 1.0.0
	equal "state of $1" "$(unit "$1" ActiveState)" active
}

a_static_program() {
	service static <<-END
		ExecStart=$LAB/static/current/static
		Environment=PORT=$(port 1)
	END
	app_ini static served <<-END
		service = static.service
		linked_dirs = log
		health = http 127.0.0.1:$(port 1)/ expect 200
		keep = 2
	END
	there_and_back static "$(port 1)"
	equal 'its log' "$(cat "$LAB/static/shared/log/served.log")" \
		"1.0.0 starts
1.1.0 starts
1.0.0 starts"
}

crashes_in_the_soak() {
	sed 's/^path .*/&\nsoak = 20s/' "$LAB/static.ini" >"$LAB/soak.ini"
	INI=soak.ini
	status 0 push lab 1.2.0
	status 1 upgrade lab 1.2.0
	host 1 result undone
	answers "$(port 1)" 1.0.0
	links static 1.0.0
}

a_crash_in_the_soak_goes_back() {
	crashes_in_the_soak
	machine sed -i 's/\[Service\]/&\nRestart=always\nRestartSec=0/' \
		/etc/systemd/system/static.service
	machine systemctl daemon-reload
	crashes_in_the_soak
}

# Restart=always: systemd gives up after a few tries.
a_version_that_cannot_start_goes_back() {
	INI=static.ini
	status 0 push lab 1.3.0
	status 1 upgrade lab 1.3.0
	said 'served: no database'
	host 1 result undone
	answers "$(port 1)" 1.0.0
	links static 1.0.0
	equal state "$(unit static ActiveState)" active
}

twelve_versions_are_pruned() {
	INI=static.ini
	for n in 1 2 3 4 5 6 7 8 9; do
		app_served "2.$n.0"
		status 0 push lab "2.$n.0"
	done
	status 0 upgrade lab 2.4.0
	status 0 upgrade lab 2.9.0
	answers "$(port 1)" 2.9.0
	status 0 prune lab
	named "$LAB/static/releases" '2.4.0 2.9.0'
	named "$LAB/static/.hdeploy/releases" '2.4.0 2.8.0 2.9.0'
	status 0 rollback lab
	answers "$(port 1)" 2.4.0
	layout_of static
}

named() { # FOLDER NAMES
	(cd "$1" && echo *) >"$LAB/names"
	equal "in $1" "$(cat "$LAB/names")" "$2"
}

layout_of() { # NAME: docs/on-host-layout.md has all its files
	ln -s "$1" "$LAB/web1"
	layout 1
	rm "$LAB/web1"
}

a_tree_of_node() {
	service node <<-END
		ExecStart=$(command -v node) server.js
		Environment=PORT=$(port 2)
	END
	app_ini node node <<-END
		service = node.service
		health = http 127.0.0.1:$(port 2)/ expect 200
	END
	there_and_back node "$(port 2)"
}

# Python writes __pycache__ into the version that runs.
a_tree_of_python() {
	service python <<-END
		ExecStart=/usr/bin/python3 -m shop
		Environment=PORT=$(port 3)
	END
	app_ini python python <<-END
		service = python.service
		health = http 127.0.0.1:$(port 3)/ expect 200
		keep = 1
	END
	there_and_back python "$(port 3)"
	[ -d "$LAB/python/releases/1.1.0/shop/__pycache__" ] ||
		flunk 'Python wrote nothing'
	for version in 1.3.0 1.4.0; do
		app_python "$version"
		status 0 deploy lab "$version"
	done
	status 0 prune lab
	named "$LAB/python/releases" '1.3.0 1.4.0'
}

a_unit_that_forks() {
	service forks <<-END
		Type=forking
		PIDFile=$LAB/forks/shared/forks.pid
		ExecStart=$LAB/forks/current/forks fork $LAB/forks/shared/forks.pid
		Environment=PORT=$(port 4)
	END
	app_ini forks served <<-END
		service = forks.service
	END
	there_and_back forks "$(port 4)"
}

a_socket_drops_no_request() {
	machine_unit socket.socket <<-END
		[Socket]
		ListenStream=127.0.0.1:$(port 5)
		Backlog=1024
	END
	service socket <<-END
		ExecStart=$LAB/socket/current/socket
	END
	machine systemctl start socket.socket
	app_ini socket served <<-END
		service = socket.service
		health = http 127.0.0.1:$(port 5)/ expect 200
	END
	INI=socket.ini
	status 0 push lab 1.0.0
	status 0 start lab
	status 0 push lab 1.1.0
	app_load "$(port 5)"
	status 0 upgrade lab 1.1.0
	app_loaded '1.0.0 1.1.0'
}

# The program executes the next version of itself, with its socket.
a_reload_keeps_the_process() {
	service reload <<-END
		ExecStart=$LAB/reload/current/served
		ExecReload=/bin/kill -HUP \$MAINPID
		Environment=PORT=$(port 6) ROOT=$LAB/reload
	END
	app_ini reload served <<-END
		service = reload.service
		upgrade = reload
		health = http 127.0.0.1:$(port 6)/ expect 200
	END
	sed -i 's/^name .*/name = served/' "$LAB/reload.ini"
	INI=reload.ini
	status 0 push lab 1.0.0
	status 0 start lab
	was=$(unit reload MainPID)
	status 0 push lab 1.1.0
	app_load "$(port 6)"
	status 0 upgrade lab 1.1.0
	answers "$(port 6)" 1.1.0
	status 0 rollback lab
	answers "$(port 6)" 1.0.0
	app_loaded '1.0.0 1.1.0'
	equal pid "$(unit reload MainPID)" "$was"
}

# The program ignores the reload: it runs, but its old version.
a_reload_that_is_ignored_is_not_believed() {
	machine sed -i 's/-HUP/-0/' /etc/systemd/system/reload.service
	machine systemctl daemon-reload
	INI=reload.ini
	status 1 upgrade lab 1.1.0
	host 1 result undone
	answers "$(port 6)" 1.0.0
	links reload 1.0.0
}

a_program_of_another_user() {
	machine_user shop
	echo 'shop ALL=(root) NOPASSWD: /usr/bin/systemctl start shop.service,' \
		'/usr/bin/systemctl stop shop.service,' \
		'/usr/bin/systemctl restart shop.service,' \
		'/usr/bin/systemctl reset-failed shop.service' |
		machine sh -c 'cat >/etc/sudoers.d/shop'
	machine install -d -o shop "$LAB/shop"
	service shop <<-END
		User=shop
		ExecStart=$LAB/shop/current/shop
		Environment=PORT=$(port 7)
	END
	app_ini shop served <<-END
		run_as = shop
		service = shop.service
	END
	there_and_back shop "$(port 7)"
	equal user "$(machine ps -o user= -p "$(machine systemctl show \
		-P MainPID shop.service)")" shop
}

# The process sees other mounts than we do.
a_hardened_unit() {
	machine install -d /srv/hard
	machine_unit hard.service <<-END
		[Service]
		User=shop
		WorkingDirectory=/srv/hard/current
		ExecStart=/srv/hard/current/hard
		Environment=PORT=$(port 9)
		ProtectSystem=strict
		ProtectHome=yes
		PrivateTmp=yes
		PrivateDevices=yes
		NoNewPrivileges=yes
		ReadWritePaths=/srv/hard/shared
	END
	app_ini hard served <<-END
		service = hard.service
		linked_dirs = log
	END
	sed -i 's|^path .*|path = /srv/hard|' "$LAB/hard.ini"
	INI=hard.ini
	status 0 push lab 1.0.0
	machine chown -R shop /srv/hard/shared
	status 0 start lab
	answers "$(port 9)" 1.0.0
	status 0 deploy lab 1.1.0
	answers "$(port 9)" 1.1.0
	status 0 rollback lab
	answers "$(port 9)" 1.0.0
	status 0 status lab
	host 1 after 1.0.0
}

a_program_without_a_unit() {
	app_ini plain served <<-END
		pid_file = shared/plain.pid
		command.start = ./current/plain fork shared/plain.pid
		command.stop = kill "\$(cat shared/plain.pid)"
		env.PORT = $(port 8)
	END
	INI=plain.ini
	status 0 push lab 1.0.0
	status 0 start lab
	answers "$(port 8)" 1.0.0
	status 0 push lab 1.1.0
	status 0 upgrade lab 1.1.0
	answers "$(port 8)" 1.1.0
	status 0 rollback lab
	answers "$(port 8)" 1.0.0
	links plain 1.0.0
	status 0 stop lab
	status 0 start lab
	answers "$(port 8)" 1.0.0
	status 0 stop lab
}

check 'a static program goes there and back' a_static_program
check 'a crash in the soak goes back' a_crash_in_the_soak_goes_back
check 'a version that cannot start goes back' \
	a_version_that_cannot_start_goes_back
check 'twelve versions are pruned' twelve_versions_are_pruned
if command -v node >/dev/null; then
	check 'a tree of Node' a_tree_of_node
else
	echo 'no node here: its case was left out'
fi
check 'a tree of Python' a_tree_of_python
check 'a unit that forks' a_unit_that_forks
check 'with a socket of systemd no request fails' a_socket_drops_no_request
check 'a reload keeps the process' a_reload_keeps_the_process
check 'a reload that is ignored is not believed' \
	a_reload_that_is_ignored_is_not_believed
check 'a program of another user' a_program_of_another_user
check 'a hardened unit' a_hardened_unit
check 'a program without a unit' a_program_without_a_unit
check_end
