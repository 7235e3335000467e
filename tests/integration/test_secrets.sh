#!/bin/sh
# Keys with passphrases and keys from the environment: they log in, and nobody
# can see them.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
LAB_HOSTS=2
lab_open
unset CI SSH_AUTH_SOCK

phrase='planted phrase'
sealed=$LAB/ssh/sealed
cp "$LAB/ssh/user" "$sealed"
ssh-keygen -q -p -a 4 -N "$phrase" -f "$sealed" >"$LAB/log"
# also a line of the key, as it is without its passphrase
middle=$(sed -n 4p "$LAB/ssh/user")
sed -i "s|^env.NODE_NAME.*|&\nenv.SECRET = planted-value|" "$LAB/deploy.ini"
use() { # INI LINE: instead of the identity
	sed "s|^identity.*|$2|" "$LAB/deploy.ini" >"$LAB/$1"
	INI=$1
}

a_passphrase_comes_from_a_variable_or_a_command() {
	use sealed.ini "identity = $sealed"
	status 7 status lab </dev/null
	said "key $sealed has a passphrase: add the key to an ssh-agent"
	said 'set HDEPLOY_KEY_PASSPHRASE or passphrase_command'
	export HDEPLOY_KEY_PASSPHRASE='something else'
	status 7 status lab </dev/null
	said 'the value of HDEPLOY_KEY_PASSPHRASE is not its passphrase'
	export HDEPLOY_KEY_PASSPHRASE="$phrase"
	status 0 push lab 0.1.0
	unset HDEPLOY_KEY_PASSPHRASE
	printf '%s\nmore\n' "$phrase" >"$LAB/phrase"
	use command.ini "identity = $sealed\n\
passphrase_command = echo once >>$LAB/asked; cat $LAB/phrase"
	status 0 run lab -- true
	equal 'times asked' "$(cat "$LAB/asked")" once
}

a_key_comes_from_a_variable_or_a_descriptor() {
	use env.ini 'identity_env = DEPLOY_KEY'
	DEPLOY_KEY=$(sed 's/$/\r/' "$LAB/ssh/user") status 0 run lab -- true
	status 7 run lab -- true
	# shellcheck disable=SC2016
	said 'key $DEPLOY_KEY: the environment has no variable DEPLOY_KEY'
	DEPLOY_KEY=$LAB/ssh/user status 7 run lab -- true
	said 'it holds a path: use identity'
	use fd.ini 'identity_env = fd:3'
	status 0 run lab -- true 3<"$LAB/ssh/user"
	# shellcheck disable=SC2002 # a pipe
	cat "$LAB/ssh/user" | status 0 run lab -- true 3<&0
	status 7 run lab -- true
	said 'it was not open when hdeploy started'
}

nothing_is_asked_if_an_agent_has_the_key() {
	use sealed.ini "identity = $sealed"
	eval "$(ssh-agent)" >"$LAB/log"
	ssh-add -q "$LAB/ssh/user"
	got=0
	hd run lab -- true >"$LAB/out" 2>&1 || got=$?
	kill "$SSH_AGENT_PID"
	equal status "$got" 0
}

# TYPIST | on_a_terminal SCRIPT: $LAB/typescript is what the terminal shows.
# Empty it before the typist reads it.
on_a_terminal() {
	printf '%s\n' "$1" >"$LAB/script"
	got=0
	env LAB="$LAB" HDEPLOY="$HDEPLOY" TERM=xterm timeout 60 script -qefc \
		"sh $LAB/script" /dev/null >"$LAB/typescript" || got=$?
}

wait_for() { # TEXT: on the terminal, at most 30 s
	tries=300
	until grep -q -F -e "$1" "$LAB/typescript" || [ "$tries" = 0 ]; do
		tries=$((tries - 1))
		sleep 0.1
	done
	[ "$tries" -gt 0 ] || echo "never said: $1" >&2
}

answer() {
	wait_for "passphrase for $sealed"
	printf 'nonsense\n'
	wait_for "wrong, try again: passphrase for $sealed"
	printf '%s\n' "$phrase"
}

a_person_is_asked_once_without_echo() {
	use sealed.ini "identity = $sealed"
	: >"$LAB/typescript"
	# shellcheck disable=SC2016 # for the inner shell
	answer | on_a_terminal '$HDEPLOY -f $LAB/sealed.ini run lab -- echo hi
		stty -a'
	grep -q 'status 0' "$LAB/typescript" || flunk 'it failed'
	equal questions "$(grep -c 'passphrase for' "$LAB/typescript")" 2
	! grep -q -e "$phrase" -e nonsense "$LAB/typescript" || flunk 'an echo'
	grep -q ' echo ' "$LAB/typescript" || flunk 'no echo afterwards'
}

# Three signals end hdeploy at once, without any tidying up.
end_it() { # SIGNAL...
	wait_for "passphrase for $sealed"
	for signal; do
		kill "-$signal" "$(cat "$LAB/pid")"
		sleep 0.6 # a quicker one would be a duplicate
	done
}

the_echo_returns_however_the_question_ends() {
	use sealed.ini "identity = $sealed"
	for signals in INT TERM 'INT INT INT'; do
		: >"$LAB/typescript"
		# shellcheck disable=SC2016,SC2086
		end_it $signals | on_a_terminal 'sh -c "echo \$\$ >$LAB/pid
			exec $HDEPLOY -f $LAB/sealed.ini status lab"
			stty -a'
		grep -q ' echo ' "$LAB/typescript" ||
			flunk "$signals: no echo afterwards"
	done
}

# Ctrl-Z, then a look at the terminal, then back to the question.
stop_and_return() {
	# shellcheck disable=SC2016 # for the shell at the terminal
	printf '$HDEPLOY -f $LAB/sealed.ini run lab -- true\n'
	wait_for "passphrase for $sealed"
	printf '\032'
	wait_for Stopped
	# shellcheck disable=SC2016
	printf 'stty -a >$LAB/stty; fg\n'
	tries=300 # for the second question
	until [ "$(grep -c -a 'passphrase for' "$LAB/typescript")" = 2 ] ||
		[ "$tries" = 0 ]; do
		tries=$((tries - 1))
		sleep 0.1
	done
	printf '%s\n' "$phrase"
	wait_for 'status 0'
	printf 'exit\n'
}

a_stopped_question_returns() {
	use sealed.ini "identity = $sealed"
	: >"$LAB/typescript"
	stop_and_return | on_a_terminal 'exec sh -i'
	grep -q ' echo ' "$LAB/stty" || flunk 'no echo while it is stopped'
	! grep -q -a -e "$phrase" "$LAB/typescript" || flunk 'an echo'
	grep -q -a 'status 0' "$LAB/typescript" || flunk 'it failed'
	equal questions "$(grep -c -a 'passphrase for' "$LAB/typescript")" 2
}

tree() { # PID...: these processes and all below them
	for p; do
		echo "$p"
		# shellcheck disable=SC2046
		tree $(pgrep -P "$p")
	done
}

nothing_secret_is_to_be_seen() {
	use seen.ini "identity = $sealed\nidentity_env = DEPLOY_KEY\n\
hook.before_push = local { env; cat /proc/\$PPID/environ; } >$LAB/seen.hook"
	export DEPLOY_KEY HDEPLOY_KEY_PASSPHRASE
	DEPLOY_KEY=$(cat "$LAB/ssh/host") # which no host accepts
	HDEPLOY_KEY_PASSPHRASE=$phrase
	hd -v push lab 0.2.0 >"$LAB/seen.log" 2>&1
	grep -q '^HDEPLOY_HOOK=' "$LAB/seen.hook" || flunk 'the hook did not run'
	meanwhile run lab -- "touch $LAB/begun; while [ -e $LAB/begun ]; do
		sleep 0.1; done"
	unset DEPLOY_KEY HDEPLOY_KEY_PASSPHRASE
	until [ -e "$LAB/begun" ]; do
		kill -0 "$run" || flunk 'it ended'
		sleep 0.1
	done
	ps axww -o args >"$LAB/seen.ps"
	# here and on the hosts, where init has adopted the operation
	# shellcheck disable=SC2046
	for p in $(tree "$run" "$LAB_SSHD" $(lab_under "$LAB/web1")); do
		cat "/proc/$p/cmdline" >>"$LAB/seen.commands" || :
		cat "/proc/$p/environ" >>"$LAB/seen.environment" || :
	done
	rm "$LAB/begun"
	ended_with 0
	# the command gets the variables of the node
	grep -q -a 'SECRET=planted-value' "$LAB/seen.environment" ||
		flunk 'no host seen'
	sed -i 's/planted-value//g' "$LAB/seen.environment"
	cp "$LAB/events" "$LAB/seen.json"
	cp "$LAB/out" "$LAB/seen.text"
	grep -r -l -a -F -e "$phrase" -e "$middle" -e planted-value \
		-e "$(sed -n 3p "$LAB/ssh/host")" "$LAB"/seen.* \
		"$LAB"/web[12]/.hdeploy >"$LAB/places" || :
	equal places "$(grep -v 'seen.ini$' "$LAB/places")" ''
}

# On Erlang's daemon: sshd would need a user with a known password.
start_erlang() {
	mkdir "$LAB/erlang"
	ssh-keygen -q -t ed25519 -N '' -f "$LAB/erlang/ssh_host_ed25519_key"
	HOME=$LAB/erlang escript tests/fixtures/esshd.escript \
		"$LAB/erlang/port" "$LAB/erlang" "$LAB/erlang" \
		"$1" >"$LAB/erlang/log" 2>&1 &
	until [ -s "$LAB/erlang/port" ]; do sleep 0.1; done
	port=$(cat "$LAB/erlang/port")
	echo "[127.0.0.1]:$port $(cat "$LAB/erlang/ssh_host_ed25519_key.pub")" \
		>"$LAB/erlang/known_hosts"
	sed "s|^host = web1.*|host = web1 127.0.0.1:$port|; /^host = web2/d
		s|^known_hosts.*|known_hosts = $LAB/erlang/known_hosts|
		/^\[lab:web2\]/,\$d
		s|^identity.*|password_command = cat $LAB/password|" \
		"$LAB/deploy.ini" >"$LAB/password.ini"
}

a_password_is_not_to_be_seen() {
	start_erlang planted-password
	INI=password.ini
	echo planted-password >"$LAB/password"
	meanwhile run lab -- "touch $LAB/begun; while [ -e $LAB/begun ]; do
		sleep 0.1; done"
	until [ -e "$LAB/begun" ]; do
		kill -0 "$run" || ended_with 0
		sleep 0.1
	done
	grep -l -s -a -F planted-password /proc/"$run"/cmdline \
		/proc/"$run"/environ >"$LAB/places" || :
	rm "$LAB/begun"
	ended_with 0
	cp "$LAB/events" "$LAB/seen.password.json"
	cp "$LAB/out" "$LAB/seen.password.text"
	echo wrong-planted-password >"$LAB/password"
	got=0
	hd -v --json status lab >"$LAB/seen.wrong" 2>&1 || got=$?
	equal 'status of a wrong password' "$got" 3
	grep -r -l -a -F planted-password "$LAB"/seen.* \
		"$LAB/web1/.hdeploy" >>"$LAB/places" || :
	equal places "$(cat "$LAB/places")" ''
}

no_core_dump_is_written() {
	use sealed.ini "identity = $sealed"
	mkdir "$LAB/cores"
	export HDEPLOY_KEY_PASSPHRASE="$phrase"
	(
		# shellcheck disable=SC3045 # dash and bash have -c
		ulimit -c unlimited
		cd "$LAB/cores" || exit 1
		exec "$HDEPLOY" -f "$LAB/sealed.ini" run lab -- "
			touch $LAB/begun; while [ -e $LAB/begun ]; do
			sleep 0.1; done"
	) >"$LAB/out" 2>&1 &
	run=$!
	unset HDEPLOY_KEY_PASSPHRASE
	until [ -e "$LAB/begun" ]; do
		kill -0 "$run" || flunk 'it ended'
		sleep 0.1
	done
	# root may look into it all the same, but not at secret memory; with the
	# sanitizers a dump would fill the disk
	if command -v gcore >/dev/null && [ "$(id -u)" = 0 ] &&
		! grep -q -a '__[at]san_init' "$HDEPLOY"; then
		gcore -o "$LAB/cores/taken" "$run" >"$LAB/log" 2>&1 || :
		! grep -q -a -F -e "$phrase" -e "$middle" "$LAB"/cores/taken* ||
			flunk 'the key or its passphrase is in memory of its own'
		rm -f "$LAB"/cores/taken*
	fi
	kill -ABRT "$run"
	wait "$run" || :
	rm "$LAB/begun"
	equal cores "$(ls "$LAB/cores")" ''
}

check 'a passphrase comes from a variable or a command' \
	a_passphrase_comes_from_a_variable_or_a_command
check 'a key comes from a variable or a descriptor' \
	a_key_comes_from_a_variable_or_a_descriptor
check 'nothing is asked if an agent has the key' \
	nothing_is_asked_if_an_agent_has_the_key
check 'a person is asked once, without echo' a_person_is_asked_once_without_echo
check 'the echo returns however the question ends' \
	the_echo_returns_however_the_question_ends
check 'a stopped question returns' a_stopped_question_returns
check 'nothing secret is to be seen' nothing_secret_is_to_be_seen
check 'a password is not to be seen' a_password_is_not_to_be_seen
check 'no core dump is written' no_core_dump_is_written
check_end
