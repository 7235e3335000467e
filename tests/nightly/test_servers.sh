#!/bin/sh
# A release is shipped, started, upgraded hot, and stopped, through every kind
# of SSH server.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
. tests/interop/servers.sh
LAB_HOSTS=1
lab_open
W=$LAB/servers
TOOLS=${HDEPLOY%/*}/tests/interop
keys='ed25519 ecdsa rsa'
mkdir "$W"

# use SERVER: $INI reaches host web1 through it
use() {
	mkdir "$W/$1"
	start "$1"
	cat "$LAB/ssh/user.pub" >"$W/$1/home/.ssh/authorized_keys"
	until [ -s "$W/$1/port" ]; do sleep 0.05; done
	known_hosts "$1" ed25519 >"$W/$1/known_hosts"
	INI=$1.ini
	sed "s|^host = web1.*|host = web1 127.0.0.1:$(cat "$W/$1/port")|
		s|^known_hosts.*|known_hosts = $W/$1/known_hosts|" \
		"$LAB/deploy.ini" >"$LAB/$INI"
}

deploy_through() { # SERVER
	use "$1"
	status 0 push lab 0.1.0
	status 0 start lab
	status 0 push lab 0.2.0
	status 0 upgrade lab 0.2.0
	runs 1 0.2.0
	boots 1 0.2.0
	status 0 rollback lab
	runs 1 0.1.0
	status 0 stop lab
	down 1
	nothing_left 1
	lab_clean "$LAB/web1"
}

through_openssh() {
	deploy_through openssh
}

through_openssh_hardened() {
	deploy_through hardened
}

through_openssh_with_one_session() {
	deploy_through one-session
}

through_dropbear() {
	deploy_through dropbear
}

through_tinysshd() {
	deploy_through tinysshd
}

through_erlang() {
	deploy_through erlang
}

check 'through OpenSSH' through_openssh
check 'through OpenSSH, hardened' through_openssh_hardened
check 'through OpenSSH with one session' through_openssh_with_one_session
check 'through dropbear' through_dropbear
check 'through tinysshd' through_tinysshd
check "through Erlang's daemon" through_erlang
check_end
