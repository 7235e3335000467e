#!/bin/sh
# Nodes that do without epmd, as relx offers it, and a node without a name.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
LAB_HOSTS=1
lab_open
sed "s|^env.NODE_COOKIE.*|&\nenv.ERL_DIST_PORT = $((LAB_PORT + 10900))|" \
	"$LAB/deploy.ini" >"$LAB/alone.ini"

known_to_epmd() {
	ERL_EPMD_PORT=$(lab_epmd 1) epmd -names 2>/dev/null | grep -q 'name web1'
}

without_epmd() {
	INI=alone.ini
	status 0 push lab 0.1.0
	status 0 start lab
	! known_to_epmd || flunk 'epmd knows it'
	status 0 push lab 0.2.0
	status 0 upgrade lab 0.2.0
	host 1 mode hot
	status 0 status lab
	status 0 rollback lab
	host 1 mode hot
	status 0 restart lab
	status 0 upgrade lab 0.2.0 --cold
	status 0 rollback lab --cold
	! known_to_epmd || flunk 'epmd knows it'
	status 0 stop lab
	down 1
}

# Started by a command, because relx's own script needs a name.
nameless() {
	INI=nameless.ini
	cat >"$LAB/nameless" <<-END
		#!/bin/sh
		for erts in "\$PWD"/erts-*; do :; done
		ROOTDIR=\$PWD BINDIR=\$erts/bin EMU=beam PROGNAME=erl
		export ROOTDIR BINDIR EMU PROGNAME
		exec "\$BINDIR/erlexec" -boot "\$PWD/releases/0.1.0/start" \
			-boot_var SYSTEM_LIB_DIR "\$PWD/lib" \
			-config "\$PWD/releases/0.1.0/sys.config" -noinput -detached
	END
	chmod +x "$LAB/nameless"
	sed "s|^path .*|&\ncommand.start = $LAB/nameless|" "$LAB/deploy.ini" \
		>"$LAB/nameless.ini"
	status 6 start lab
	said 'was left running, but it cannot be verified: it has no node name'
	[ -n "$(lab_beams "$LAB/web1")" ] || flunk 'it was ended'
	status 4 stop lab
	said 'has no node name'
	lab_kill_vm 1
}
check 'a node without epmd works in all commands' without_epmd
check 'a node without a name is reported at once and left running' nameless
check_end
