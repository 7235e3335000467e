#!/bin/sh
# Following the advice of messages helps. In every state that a host can be
# brought into here, the test runs the advised command as printed, then the next
# one, until a command is done or a person must look.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
LAB_HOSTS=1
lab_open
mkdir "$LAB/bin"
ln -s "$HDEPLOY" "$LAB/bin/hdeploy"
sed -i '/^driver/a version = 0.1.0' "$LAB/deploy.ini"

# shellcheck disable=SC2016 # it is what people read
advised() { # the first command in the output for people
	grep -o '`hdeploy [^`]*`' "$LAB/out" | head -n 1 | tr -d '`'
}

# follow: runs each advised command. Ends when a command is done (0 in $got), or
# fails and advises no other; the same command twice is a circle.
follow() {
	seen=
	got=none
	while command=$(advised) && [ -n "$command" ]; do
		case $seen in
		*"|$command|"*) flunk "a circle: $seen" ;;
		esac
		seen="$seen|$command|"
		got=0
		PATH=$LAB/bin:$PATH sh -c "$command --json" \
			>"$LAB/events" 2>"$LAB/out" </dev/null || got=$?
		[ "$got" != 2 ] || flunk "no command: $command"
		[ "$got" != 0 ] || return 0
	done
	[ "$got" != none ] || flunk 'no command was advised'
}

done_by() { # COMMAND: was the last one followed, and succeeded
	equal 'status of the advised command' "$got" 0
	case $command in
	"hdeploy $1 "*) ;;
	*) flunk "followed $command, not $1" ;;
	esac
}

ini() { # LINE...: in a deploy.ini of its own
	printf '%s\n' "$@" >"$LAB/lines"
	sed "/^\[lab\]/r $LAB/lines" "$LAB/deploy.ini" >"$LAB/own.ini"
	INI=own.ini
}

nothing_there() {
	status 4 start lab
	follow
	done_by push
	status 0 start lab
	runs 1 0.1.0
}

not_pushed() {
	status 4 upgrade lab 0.2.0
	follow
	done_by push
	status 0 status lab
}

down_then() { # STATUS ARG...: hdeploy ARG... advises to start the node
	lab_kill_vm 1
	status "$@"
	follow
	done_by start
	status 0 status lab
}

node_down() {
	down_then 1 status lab
	down_then 4 upgrade lab 0.2.0
}

node_down_for_other_commands() {
	down_then 4 rollback lab
	down_then 4 prune lab
}

damaged_tarball() {
	status 0 push lab 0.2.0
	truncate -s 1000 "$LAB/web1/.hdeploy/tarballs/0.2.0.tar.gz"
	status 4 upgrade lab 0.2.0
	follow
	done_by push
	status 0 upgrade lab 0.2.0
	status 0 rollback lab
}

nothing_to_go_back_to() {
	status 4 rollback lab
	follow
	done_by rollback # --from, which leaves this host out
	runs 1 0.1.0
}

sick_host() {
	ini 'health = command exit 9' 'health_retries = 0'
	status 4 upgrade lab 0.2.0
	follow
	equal 'status of the advised command' "$got" 1
	said 'not healthy, as before'
	equal 'advised then' "$(advised)" ''
	status 0 status lab
	runs 1 0.1.0
}

# cut_off: kills the run when 0.2.0 is permanent and not yet in the history
cut_off() {
	ini "hook.after_upgrade = remote touch $LAB/permanent; sleep 3"
	rm -f "$LAB/permanent"
	meanwhile upgrade lab 0.2.0
	until [ -e "$LAB/permanent" ]; do
		kill -0 "$run" || flunk 'it ended'
		sleep 0.1
	done
	kill -KILL "$run"
	wait "$run" 2>/dev/null || :
	INI=deploy.ini
}

cut_off_run() {
	cut_off
	status 1 status lab
	said 'was cut off'
	follow
	done_by resume
	host 1 mode hot
	status 0 status lab
	status 0 rollback lab
	runs 1 0.1.0
}

# The run that ends the change never saw the node in which it began.
cut_off_run_and_the_node_died() {
	cut_off
	lab_kill_vm 1
	status 1 status lab
	follow
	done_by resume
	host 1 mode cold
	said 'its state is lost'
	status 0 status lab
	hd history lab --count 1 >"$LAB/out" 2>&1
	said ', cold'
}

a_stop_is_a_cold_change() {
	status 0 stop lab
	host 1 mode cold
	hd history lab --count 1 >"$LAB/out" 2>&1
	said ', cold'
	status 0 start lab
	host 1 mode -
}

locked() {
	"$HDEPLOY" -f "$LAB/deploy.ini" run lab -- 'echo begun; sleep 20' \
		>"$LAB/slow.out" 2>&1 &
	slow=$!
	until grep -q begun "$LAB/slow.out"; do sleep 0.1; done
	WAIT=0s
	status 5 restart lab
	WAIT=1m
	follow # no terminal can confirm
	equal 'status of the advised command' "$got" 5
	kill -TERM "$slow"
	wait "$slow" || :
	status 0 status lab
}

# planned COMMAND...: the plan from the saved facts, in a folder without
# deploy.ini, is the same as from the host
planned() {
	got=0 want=0
	(cd "$LAB" && "$HDEPLOY" "$@" --dry-run) >"$LAB/from.host" 2>&1 ||
		want=$?
	(cd "$LAB/bin" && "$HDEPLOY" "$@" --facts "$LAB/saved") \
		>"$LAB/from.file" 2>&1 || got=$?
	equal "status of $*" "$got" "$want"
	sed -i -e '/: no host is /d' -e 's/"time":"[^"]*",//' \
		"$LAB/from.host" "$LAB/from.file"
	diff "$LAB/from.host" "$LAB/from.file"
}

saved_facts() {
	(umask 022 && echo before >"$LAB/saved")
	status 0 status lab --save "$LAB/saved"
	said "the replies of 1 of 1 hosts are in $LAB/saved"
	equal 'its mode' "$(stat -c %a "$LAB/saved")" 600
	! grep -e "lab-$LAB_PORT" -e ssh/user "$LAB/saved" ||
		flunk 'a cookie or a key file was saved'
	planned status lab
	planned restart lab
	planned rollback lab
	planned upgrade lab 9.9.9
	planned stop lab --json
}

saved_never_through_a_link() {
	echo precious >"$LAB/precious"
	ln -s precious "$LAB/link"
	status 7 status lab --save "$LAB/link"
	said 'is not a file: name another one'
	equal 'what the link leads to' "$(cat "$LAB/precious")" precious
	status 7 status lab --save "$LAB/none/saved"
	said 'No such file'
	status 2 status lab --facts "$LAB/precious"
	said 'precious:1: not a file that'
}

check 'nothing is there' nothing_there
check 'a version that was not pushed' not_pushed
check 'the node is down' node_down
rarely 'the node is down for other commands' node_down_for_other_commands
check 'the kept tarball is damaged' damaged_tarball
check 'nothing to go back to' nothing_to_go_back_to
rarely 'a sick host' sick_host
check 'a run that was cut off' cut_off_run
rarely 'a run that was cut off, and the node died' cut_off_run_and_the_node_died
rarely 'a stop is a cold change' a_stop_is_a_cold_change
check 'locked' locked
check 'the same plan from saved facts' saved_facts
check 'facts are never saved through a link' saved_never_through_a_link
check_end
