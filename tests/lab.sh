#!/bin/sh
# lab.sh: three hosts on this machine, as in the demonstration, and a shell with
# hdeploy and their deploy.ini. With CMD, runs that command instead and exits
# with its status. Everything is removed when the shell or this process ends,
# even by SIGKILL.
set -eu
cd "$(dirname "$0")/.."
HDEPLOY=${HDEPLOY:-$PWD/build/hdeploy}
FIXTURES=${FIXTURES:-$PWD/build/fixtures}
CMD=${CMD-}
. tests/support/lab.sh

sweep_after() { # PID FOLDER
	trap '' HUP INT TERM
	while kill -0 "$1" 2>/dev/null; do sleep 0.5; done
	sweep "$2"
}

if [ "${1-}" = --sweep ]; then
	sweep_after "$2" "$3"
	exit
fi

# A make in the shell must not inherit the flags of the outer make.
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES

tell() {
	cat <<-END

		Three hosts, web1 to web3, are folders of $LAB:
		nothing runs yet. Versions 0.1.0 and 0.2.0 can be pushed.

		    hdeploy push lab 0.1.0
		    hdeploy start lab
		    hdeploy push lab 0.2.0
		    hdeploy upgrade lab 0.2.0
		    hdeploy rollback lab

		Leave this shell to remove them.

	END
}

shell_rc() {
	cat <<-END
		[ -z "\${BASH-}" ] || [ ! -f ~/.bashrc ] || . ~/.bashrc
		PATH=$LAB/bin:\$PATH
		PS1='lab\\$ '
		unset ENV
	END
}

shell() {
	shell_rc >rc
	tell
	if command -v bash >/dev/null; then
		bash --rcfile "$LAB/rc" -i
	else
		ENV=$LAB/rc sh -i
	fi || : # ignore the status of the last command
}

# /dev/null: text typed ahead is for the shell.
sh tests/fixtures/release.sh --few </dev/null
lab_open </dev/null
lab_top=$PWD
setsid sh "$lab_top/tests/lab.sh" --sweep "$$" "$LAB" </dev/null \
	>/dev/null 2>&1 &
mkdir "$LAB/bin"
ln -s "$HDEPLOY" "$LAB/bin/hdeploy"
PATH=$LAB/bin:$PATH
export PATH
cd "$LAB"
status=0
if [ -n "$CMD" ]; then
	sh -c "$CMD" || status=$?
else
	shell
fi
cd "$lab_top"
exit "$status"
