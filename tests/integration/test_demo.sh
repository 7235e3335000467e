#!/bin/sh
# The scripts of `make demo` and `make lab`: they finish, and leave nothing
# behind when they are interrupted.
# shellcheck disable=SC2317 # functions are called by check
set -u
cd "$(dirname "$0")/../.." || exit 1
LAB=$(mktemp -d) # for check.sh; the demonstration makes its own
TMPDIR=$LAB/tmp
export TMPDIR
mkdir "$TMPDIR"
. tests/support/check.sh

left() { # files and processes that name its folder
	ls -A "$TMPDIR"
	for p in /proc/[0-9]*; do
		case $(tr '\0' ' ' 2>/dev/null <"$p/cmdline") in
		*"$TMPDIR/"*) tr '\0' ' ' <"$p/cmdline" ;;
		esac
	done
}

it_does_what_it_says() {
	hosts=1
	[ "${NIGHT-}" != yes ] || hosts=3
	LAB_HOSTS=$hosts sh tests/demo.sh >"$LAB/said" 2>&1 || {
		cat "$LAB/said"
		flunk 'it failed'
	}
	equal 'what it checked' "$(grep -c '^  ok: ' "$LAB/said")" \
		$((5 * hosts))
	equal left "$(left)" ''
}

interrupted() { # SIGNAL WHEN
	: >"$LAB/said" # from the previous case
	sh tests/demo.sh >"$LAB/said" 2>&1 &
	demo=$!
	until grep -q -e "$2" "$LAB/said"; do
		kill -0 "$demo" || flunk "it ended before: $2"
		sleep 0.1
	done
	kill "-$1" "$demo"
	wait "$demo" && flunk 'it went on'
	equal left "$(left)" ''
}

an_interruption_leaves_nothing() {
	interrupted TERM 'start 0.1.0 \.\.\.'
	interrupted HUP 'install 0.2.0 \.\.\.'
}

opened() { # COMMANDS: runs them in a laboratory, which must leave nothing
	sh -c "set -eu; . tests/support/lab.sh; lab_open; $1" \
		>"$LAB/said" 2>&1 || :
	equal left "$(left)" ''
}

its_end_is_the_end_of_everything() {
	# shellcheck disable=SC2016 # for the laboratory's shell
	opened 'kill -KILL "$LAB_SSHD"; wait "$LAB_SSHD" || :; sleep 0'
	mkdir "$LAB/bin"
	# shellcheck disable=SC2016
	echo 'kill -TERM "$PPID"' >"$LAB/bin/ssh-keygen"
	chmod 755 "$LAB/bin/ssh-keygen"
	PATH=$LAB/bin:$PATH opened :
}

lab() { # COMMAND: in a lab; its status is in $got
	got=0
	CMD=$1 sh tests/lab.sh >"$LAB/said" 2>&1 </dev/null || got=$?
}

in_its_words() { # PATTERN
	grep -q -e "$1" "$LAB/said" || {
		cat "$LAB/said"
		flunk "it did not say: $1"
	}
}

soon_nothing_is_left() {
	until [ -z "$(left)" ]; do sleep 0.1; done
}

a_lab_runs_one_command() {
	lab 'hdeploy status lab && exit 0; ls; exit 5'
	equal status "$got" 5
	in_its_words 'failed: no release here'
	in_its_words '^deploy.ini$'
	soon_nothing_is_left
}

a_lab_opens_a_shell() {
	echo 'hdeploy version; pwd; false' | setsid sh tests/lab.sh \
		>"$LAB/said" 2>&1 || flunk "$(cat "$LAB/said")"
	in_its_words '^hdeploy [0-9]'
	in_its_words "^$TMPDIR/hdeploy-lab"
	soon_nothing_is_left
}

a_lab_goes_when_killed() {
	# shellcheck disable=SC2016 # for the shell of the lab
	lab 'kill -KILL $$'
	equal status "$got" 137
	soon_nothing_is_left
	# shellcheck disable=SC2016
	lab 'kill -KILL $PPID; sleep 100'
	equal status "$got" 137
	soon_nothing_is_left
}

check 'it does what it says' it_does_what_it_says
rarely 'an interruption leaves nothing' an_interruption_leaves_nothing
check 'its end is the end of everything' its_end_is_the_end_of_everything
check 'a lab runs one command' a_lab_runs_one_command
check 'a lab opens a shell' a_lab_opens_a_shell
check 'a lab goes when its shell or itself is killed' a_lab_goes_when_killed
check_end
status=$?
rm -rf "$LAB"
exit "$status"
