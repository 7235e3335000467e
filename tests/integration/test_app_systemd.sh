#!/bin/sh
# driver = app under a real systemd: the socket of the unit holds requests while
# the program restarts. The other kinds of units: tests/nightly.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
. tests/support/systemd.sh
. tests/support/programs.sh
LAB_HOSTS=1
machine_open
PORT=$((LAB_PORT + 1))
app_served 1.0.0
app_served 1.1.0
app_served 1.2.0 -DCRASH=2
machine_unit shop.socket <<-END
	[Socket]
	ListenStream=127.0.0.1:$PORT
	Backlog=1024
END
machine_unit shop.service <<-END
	[Service]
	WorkingDirectory=$LAB/shop/current
	ExecStart=$LAB/shop/current/shop
END
machine systemctl start shop.socket
app_ini shop served <<-END
	service = shop.service
	linked_dirs = log
	health = http 127.0.0.1:$PORT/ expect 200
END
INI=shop.ini

an_upgrade_drops_no_request() {
	status 0 push lab 1.0.0
	status 0 start lab
	answers "$PORT" 1.0.0
	app_load "$PORT"
	status 0 deploy lab 1.1.0
	app_loaded '1.0.0 1.1.0'
	host 1 mode cold
	links shop 1.1.0
}

a_crash_in_the_soak_goes_back() {
	sed 's/^path .*/&\nsoak = 20s/' "$LAB/shop.ini" >"$LAB/soak.ini"
	INI=soak.ini
	status 1 deploy lab 1.2.0
	host 1 result undone
	answers "$PORT" 1.1.0
	links shop 1.1.0
	equal log "$(cut -d' ' -f1 "$LAB/shop/shared/log/served.log" | uniq |
		tr '\n' ' ')" '1.0.0 1.1.0 1.2.0 1.1.0 '
}

check 'an upgrade drops no request' an_upgrade_drops_no_request
check 'a crash in the soak goes back' a_crash_in_the_soak_goes_back
check_end
