#!/bin/sh
# run_as where sudo wants a password: real sudo, real PAM. pam_faillock counts
# the wrong ones.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
if [ "$(id -u)" != 0 ] || ! command -v useradd >/dev/null ||
	! command -v faillock >/dev/null || [ ! -d /etc/sudoers.d ] ||
	[ ! -d /etc/pam.d ]; then
	echo "needs root, sudo, useradd and PAM with pam_faillock"
	exit 77
fi
LAB_HOSTS=2
umask 077 # of logins, from sshd
lab_open
umask 022
deploy=hd-deploy-$LAB_PORT
app=hd-app-$LAB_PORT
sudoers=/etc/sudoers.d/$deploy
pam=/etc/pam.d/$deploy
# shellcheck disable=SC2089 # they are part of it
secret="planted pass'word \"\$HOME %u"

forget_users() {
	lab_close
	rm -f "$sudoers" "$pam"
	userdel "$deploy" 2>/dev/null
	userdel "$app" 2>/dev/null
}
trap forget_users EXIT

hash_of() { # PASSWORD
	printf '%s\n' "$1" | openssl passwd -6 -stdin
}

make_users() {
	for user in "$deploy" "$app"; do
		userdel "$user" 2>/dev/null # left by a killed run
		useradd --no-create-home --home-dir / --shell /bin/sh \
			--password "$(hash_of "$user's own")" "$user" || exit 1
	done
	usermod --password "$(hash_of "$secret")" "$deploy"
	cat >"$pam" <<-END
		auth required pam_faillock.so preauth dir=$LAB/refused deny=9
		auth [success=1 default=ignore] pam_unix.so nodelay
		auth [default=die] pam_faillock.so authfail nodelay dir=$LAB/refused deny=9
		auth required pam_faillock.so authsucc dir=$LAB/refused
		account required pam_permit.so
		session required pam_permit.so
	END
	chmod 711 "$LAB" "$LAB/ssh"
	chmod 644 "$LAB/ssh/authorized_keys"
	mkdir "$LAB/owned" "$LAB/owned/pipes" "$LAB/refused"
	chown "$app" "$LAB/owned" "$LAB/owned/pipes"
	ln -s "$LAB/owned/web1" "$LAB/web1"
	ln -s "$LAB/owned/web2" "$LAB/web2"
}

# rule [LINE...]: sudo lets the user in with a password; more lines of sudoers
rule() {
	rm -f "$sudoers"
	{
		echo "Defaults:$deploy pam_service=$deploy"
		echo "$deploy ALL=($app) /bin/sh"
		printf '%s\n' "$@"
	} >"$LAB/rule"
	install -m 440 "$LAB/rule" "$sudoers"
}

# use FILE SETTING: another deploy.ini
use() {
	sed "s|^path .*|&\n$2|" "$LAB/base.ini" >"$LAB/$1"
	INI=$1
}

# wrong_ones: the attempts that PAM refused since the last call
wrong_ones() {
	faillock --dir "$LAB/refused" --user "$deploy" | grep -c ' V$' || :
	faillock --dir "$LAB/refused" --user "$deploy" --reset
}

make_users
sed -i "s|^path .*|path = $LAB/owned/{host}\nuser = $deploy\nrun_as = $app|
	s|^env.PIPE_DIR.*|env.PIPE_DIR = $LAB/owned/pipes/|" "$LAB/deploy.ini"
cp "$LAB/deploy.ini" "$LAB/base.ini"
printf '%s\n' "$secret" >"$LAB/password"
printf 'wrong one\n' >"$LAB/wrong"
right="sudo_password = command echo \$HDEPLOY_USER >>$LAB/asked; cat $LAB/password"

without_one_the_advice_names_both_ways() {
	rule
	use none.ini ''
	status 3 push lab 0.1.0
	said "$deploy cannot sudo to $app without a password"
	said 'sudo_password'
	equal wrong "$(wrong_ones)" 0
}

a_password_of_a_command_serves_all_calls() {
	rule
	use right.ini "$right"
	rm -f "$LAB/asked" /run/sudo/ts/"$deploy" /var/lib/sudo/ts/"$deploy"
	status 0 push lab 0.1.0
	equal 'times asked' "$(cat "$LAB/asked")" "$deploy"
	equal wrong "$(wrong_ones)" 0
	equal files "$(find "$LAB/owned" ! -user "$app" | head -3)" ''
	# sudo was not asked to remember it
	for kept in /run/sudo/ts /var/run/sudo/ts /var/lib/sudo/ts; do
		[ ! -e "$kept/$deploy" ] || flunk "sudo keeps $kept/$deploy"
	done
}

the_main_job() {
	rule
	use right.ini "$right"
	status 0 start lab --limit web1
	status 0 push lab 0.2.0 --limit web1
	was=$(vm_id 1)
	status 0 upgrade lab 0.2.0 --limit web1
	host 1 mode hot
	runs 1 0.2.0
	equal vm "$(vm_id 1)" "$was"
	status 0 logs lab --limit web1
	equal 'user of the VM' "$(ps -o uid= -p "$(lab_beams "$LAB/owned/web1")" |
		tr -d ' ')" "$(id -u "$app")"
	equal wrong "$(wrong_ones)" 0
}

console_typist() {
	wait_for "password for $deploy"
	printf '%s\n' "$secret"
	wait_for '(web1@127.0.0.1)1>'
	printf '\007'
	sleep 1
	printf 'q\r'
}

# 0.2.0 runs on web1.
a_console() {
	: >"$LAB/typescript"
	console_typist |
		on_a_terminal "$HDEPLOY -f $LAB/right.ini console lab web1"
	grep -q -a -F '(web1@127.0.0.1)1>' "$LAB/typescript" ||
		flunk 'no console'
	! grep -q -a planted "$LAB/typescript" || flunk 'an echo'
}

a_way_back_by_the_host_itself() {
	use soak.ini "$right\nsoak = 60s\ncommit = after_soak\nclient_alive = 15s"
	status 0 rollback lab --limit web1
	meanwhile upgrade lab 0.2.0 --limit web1
	once_said 'soak'
	kill -9 "$run"
	until [ -z "$(ls "$LAB"/owned/web1/.hdeploy/watching 2>/dev/null)" ]; do
		sleep 0.2
	done
	WAIT=2m status 0 status lab --limit web1
	runs 1 0.1.0
}

nothing_of_it_is_to_be_seen() {
	use seen.ini "$right\nhook.before_push = local cat /proc/\$PPID/environ >$LAB/seen.hook"
	status 0 -v push lab 0.2.0 --limit web2
	[ -s "$LAB/seen.hook" ] || flunk 'the hook did not run'
	cp "$LAB/out" "$LAB/seen.push"
	cp "$LAB/events" "$LAB/seen.push.json"
	meanwhile -v run lab -- "touch $LAB/owned/begun; while [ -e \
		$LAB/owned/begun ]; do sleep 0.1; done"
	until [ -e "$LAB/owned/begun" ]; do
		kill -0 "$run" || flunk 'it ended'
		sleep 0.1
	done
	ps axww -o args >"$LAB/seen.ps"
	for p in /proc/[0-9]*; do
		cat "$p/cmdline" "$p/environ" 2>/dev/null || :
	done >"$LAB/seen.processes"
	grep -q -a 'sudo.-k.-S' "$LAB/seen.processes" || flunk 'no sudo seen'
	rm "$LAB/owned/begun"
	ended_with 0
	cp "$LAB/out" "$LAB/seen.run"
	cp "$LAB/events" "$LAB/seen.run.json"
	grep -r -l -a -F -e "$secret" -e "planted pass" "$LAB"/seen.[!i]* \
		"$LAB/owned" "$LAB/ssh/log" >"$LAB/places" || :
	equal places "$(cat "$LAB/places")" ''
}

a_variable_is_gone_before_a_child_starts() {
	rule
	use variable.ini "sudo_password = env HD_SUDO_PW\n\
hook.before_push = local { env; tr '\\\\0' '\\\\n' </proc/\$PPID/environ; } >$LAB/hook"
	status 7 push lab 0.1.0
	said 'the environment variable HD_SUDO_PW, which sudo_password names, is not set'
	HD_SUDO_PW=$secret
	# shellcheck disable=SC2090
	export HD_SUDO_PW
	status 0 push lab 0.2.0 --limit web1
	unset HD_SUDO_PW
	grep -q '^HDEPLOY_HOOK=' "$LAB/hook" || flunk 'the hook did not run'
	! grep -q -e HD_SUDO_PW=. -e planted "$LAB/hook" ||
		flunk 'a child has it'
	equal wrong "$(wrong_ones)" 0
}

# Without this, each of the two hosts would count a failure.
a_wrong_one_is_tried_once() {
	rule
	rm -rf "$LAB"/owned/web[12].old
	use wrong.ini "sudo_password = command cat $LAB/wrong"
	for command in 'push lab 0.3.0' 'status lab' 'run lab -- true'; do
		# shellcheck disable=SC2086
		status 3 $command
		said 'sudo did not accept the password from sudo_password'
		said 'so hdeploy sends it to no other host'
		equal "wrong ones of $command" "$(wrong_ones)" 1
	done
	rule "Defaults:$deploy passwd_tries=1"
	status 3 status lab
	said 'from sudo_password; hdeploy does not send it again; sudo said: '
	equal 'wrong ones' "$(wrong_ones)" 1
}

other_rules_of_sudo() {
	use right.ini "$right"
	rule "Defaults:$deploy requiretty"
	status 3 status lab
	said "\`Defaults:$deploy !requiretty\`"
	rule "Defaults:$deploy use_pty, pwfeedback, lecture=always"
	status 0 run lab -- id -un
	said "$app"
	# shellcheck disable=SC2016
	rule "$deploy ALL=($app) NOPASSWD: /bin/sh"
	use wrong.ini "sudo_password = command cat $LAB/wrong"
	status 0 run lab -- id -un
	said "$app"
	rule "Defaults:$deploy targetpw"
	use target.ini "sudo_password = command echo \"$app's own\""
	status 0 run lab -- id -un
	said "$app"
	rm "$sudoers"
	use right.ini "$right"
	status 3 status lab
	said "$deploy cannot sudo to $app; this line"
	equal 'wrong ones' "$(wrong_ones)" 0
}

# TYPIST | on_a_terminal COMMAND: $LAB/typescript is what the terminal shows
on_a_terminal() {
	env -u CI TERM=xterm timeout 60 script -qefc "$1" /dev/null \
		>"$LAB/typescript" || :
	cp "$LAB/typescript" "$LAB/out"
}

wait_for() { # TEXT: on the terminal, at most 30 s
	tries=300
	until grep -q -a -F -e "$1" "$LAB/typescript" || [ "$tries" = 0 ]; do
		tries=$((tries - 1))
		sleep 0.1
	done
}

answer() { # LINE
	wait_for "sudo password of $deploy, for all hosts"
	printf '%s\n' "$1"
}

a_person_is_asked_once() {
	rule
	use ask.ini 'sudo_password = ask'
	: >"$LAB/ssh/log"
	status 2 push lab 0.1.0
	said 'sudo_password = ask needs a terminal'
	[ ! -s "$LAB/ssh/log" ] || flunk 'it connected'
	: >"$LAB/typescript"
	answer "$secret" |
		on_a_terminal "$HDEPLOY -f $LAB/ask.ini run lab -- id -un"
	grep -q -a 'status 0' "$LAB/typescript" || flunk 'it failed'
	equal questions "$(grep -c -a 'sudo password of' "$LAB/typescript")" 1
	equal ran "$(grep -c -a "| $app" "$LAB/typescript")" 2
	! grep -q -a planted "$LAB/typescript" || flunk 'an echo'
	: >"$LAB/typescript"
	answer 'wrong one' |
		on_a_terminal "$HDEPLOY -f $LAB/ask.ini run lab -- id -un"
	grep -q -a 'status 3' "$LAB/typescript" || flunk 'a wrong one'
	equal questions "$(grep -c -a 'sudo password of' "$LAB/typescript")" 1
	equal 'wrong ones' "$(wrong_ones)" 1
}

# The connections are cut, not the listener.
a_lost_connection_gets_it_again() {
	rule
	rm -f "$LAB/asked"
	use right.ini "$right"
	meanwhile run lab --limit web1 -- "touch $LAB/owned/begun; while [ -e \
		$LAB/owned/begun ]; do sleep 0.1; done; echo came to its end"
	until [ -e "$LAB/owned/begun" ]; do
		kill -0 "$run" || flunk 'it ended'
		sleep 0.1
	done
	# shellcheck disable=SC2046,SC2086
	kill $(pgrep -P $LAB_SSHD)
	rm "$LAB/owned/begun"
	ended_with 0
	said 'came to its end'
	equal 'times asked' "$(cat "$LAB/asked")" "$deploy"
	equal 'wrong ones' "$(wrong_ones)" 0
}

check 'without one the advice names both ways' \
	without_one_the_advice_names_both_ways
check 'a wrong one is tried once' a_wrong_one_is_tried_once
check 'a password of a command serves all calls' \
	a_password_of_a_command_serves_all_calls
check 'a variable is gone before a child starts' \
	a_variable_is_gone_before_a_child_starts
check 'a person is asked once' a_person_is_asked_once
check 'other rules of sudo' other_rules_of_sudo
check 'a lost connection gets it again' a_lost_connection_gets_it_again
check 'nothing of it is to be seen' nothing_of_it_is_to_be_seen
rarely 'the main job' the_main_job
rarely 'a console' a_console
rarely 'a way back by the host itself' a_way_back_by_the_host_itself
check_end
