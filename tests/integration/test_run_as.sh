#!/bin/sh
# One user logs in and another runs the VM: everything goes through sudo.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
if [ "$(id -u)" != 0 ] || ! command -v useradd >/dev/null ||
	[ ! -d /etc/sudoers.d ]; then
	echo "needs root, sudo, useradd and /etc/sudoers.d"
	exit 77
fi
LAB_HOSTS=1
umask 077 # of logins, from sshd
lab_open
umask 022
deploy=hd-deploy-$LAB_PORT
app=hd-app-$LAB_PORT
sudoers=/etc/sudoers.d/$deploy
root=$LAB/owned/web1

forget_users() {
	lab_close
	rm -f "$sudoers"
	userdel "$deploy" 2>/dev/null
	userdel "$app" 2>/dev/null
}
trap forget_users EXIT

make_users() {
	for user in "$deploy" "$app"; do
		userdel "$user" 2>/dev/null # left by a killed run
		useradd --no-create-home --home-dir / --shell /bin/sh \
			--password '*' "$user" || exit 1
	done
	echo "$deploy ALL=($app) NOPASSWD: /bin/sh" >"$sudoers"
	chmod 440 "$sudoers"
	chmod 711 "$LAB" "$LAB/ssh"
	chmod 644 "$LAB/ssh/authorized_keys"
	mkdir "$LAB/owned" "$LAB/owned/pipes"
	chown "$app" "$LAB/owned" "$LAB/owned/pipes"
	ln -s "$root" "$LAB/web1"
}

make_users
sed -i "s|^path .*|path = $LAB/owned/{host}|
	s|^env.PIPE_DIR.*|env.PIPE_DIR = $LAB/owned/pipes/|" "$LAB/deploy.ini"
cp "$LAB/deploy.ini" "$LAB/root.ini"
sed -i "s|^path .*|&\nuser = $deploy|" "$LAB/deploy.ini"
cp "$LAB/deploy.ini" "$LAB/alone.ini"
sed -i "s|^path .*|&\nrun_as = $app|" "$LAB/deploy.ini"

root_in_another_users_folder_is_refused() {
	INI=root.ini
	status 4 push lab 0.1.0
	said 'set run_as'
	[ ! -e "$root" ] || flunk 'root wrote there'
}

who_logs_in_cannot_write_there() {
	INI=alone.ini
	status 4 push lab 0.1.0
	said "$deploy cannot write to $LAB/owned"
	sed "s|^run_as .*|run_as = root|" "$LAB/deploy.ini" >"$LAB/no.ini"
	INI=no.ini
	status 3 push lab 0.1.0
	said "$deploy cannot sudo to root without a password"
	[ ! -e "$root" ] || flunk 'something was written'
	sed "s|^run_as .*|run_as = $deploy-x|" "$LAB/deploy.ini" >"$LAB/no.ini"
	status 3 push lab 0.1.0
	said "the host has no user $deploy-x, which run_as in deploy.ini names"
}

# advised: runs what a message advises between `sudo` and `there makes it`
advised() {
	# shellcheck disable=SC2016
	sed -n 's/.*`sudo \(install .*\)` on the host makes it.*/\1/p' "$LAB/out" |
		head -n 1 >"$LAB/advised"
	grep -q . "$LAB/advised" || flunk 'no command is advised'
	sh -e "$LAB/advised" || flunk "$(cat "$LAB/advised") failed"
}

# closed INI FOLDER: makes FOLDER the path, in a folder that only root can write
# to
closed() {
	rm -rf "$LAB/opt"
	mkdir "$LAB/opt"
	sed "s|^path .*|path = $LAB/opt/$2|" "$LAB/$1" >"$LAB/closed.ini"
	INI=closed.ini
}

the_folder_that_is_advised_is_enough() {
	closed alone.ini "it's here"
	status 4 push lab 0.1.0
	said "$deploy cannot write to $LAB/opt: "
	advised
	status 1 status lab
	said 'no release here'
	closed deploy.ini web1
	status 4 push lab 0.1.0
	said "$app cannot write to $LAB/opt: \`sudo install -d -o $app $LAB/opt/web1\` on the host makes it"
	advised
	status 0 push lab 0.1.0
	closed alone.ini web1
	mkdir "$LAB/opt/web1"
	status 4 push lab 0.1.0
	said "$deploy cannot write to $LAB/opt/web1: "
	advised
	status 0 push lab 0.1.0
	# for a moment the lock can still be written there
	until rm -r "$LAB/opt/web1" 2>/dev/null; do sleep 0.1; done
	mkdir "$LAB/opt/web1" "$LAB/opt/web1/bin"
	status 4 push lab 0.1.0
	said "$deploy cannot write to $LAB/opt/web1, which belongs to root"
	rm -rf "$LAB/opt"
}

# sudo itself accepts the rule of the message, and it is enough.
the_rule_that_is_advised_lets_it_in() {
	rm "$sudoers"
	status 3 push lab 0.1.0
	said "$deploy cannot sudo to $app without a password"
	# shellcheck disable=SC2016
	sed -n 's/.*allows it: `\(.*\)`.*/\1/p' "$LAB/out" | head -n 1 >"$LAB/rule"
	grep -q . "$LAB/rule" || flunk 'there is no rule'
	PATH=$PATH:/usr/sbin visudo -qcf "$LAB/rule" || flunk 'visudo refused it'
	install -m 440 "$LAB/rule" "$sudoers"
	status 1 status lab
	said 'no release here'
}

the_main_job_as_another_user() {
	status 0 push lab 0.1.0
	status 0 start lab
	status 0 push lab 0.2.0
	lab_call 1 'demo_server:add(1).' >/dev/null
	was=$(vm_id 1)
	status 0 upgrade lab 0.2.0
	host 1 mode hot
	runs 1 0.2.0
	boots 1 0.2.0
	equal vm "$(vm_id 1)" "$was"
	status 0 rollback lab
	host 1 mode hot
	runs 1 0.1.0
	boots 1 0.1.0
	equal state "$(state 1)" '[{money,101},{name,"ann"}]'
	equal vm "$(vm_id 1)" "$was"
	equal 'user of the VM' "$(ps -o uid= -p "$(lab_beams "$root")" |
		tr -d ' ')" "$(id -u "$app")"
	nobody_else_can_read_its_secrets
	a_console_as_another_user
	status 0 stop lab
}

# A process of the user that logs in, who does not run the VM.
a_process_of_another_user_changes_nothing() {
	mallory=$LAB/mallory
	mkdir "$mallory"
	mkfifo -m 644 "$mallory/wait"
	printf '#!/bin/sh\nread x <%s/wait\n' "$mallory" >"$mallory/beam.smp"
	printf '#!/bin/sh\ntouch %s/ran\n' "$mallory" >"$mallory/erl_call"
	cp "$mallory/erl_call" "$mallory/epmd"
	chmod 755 "$mallory"/*[lmp]
	chown -R "$deploy" "$mallory"
	setpriv --reuid "$deploy" --clear-groups "$mallory/beam.smp" \
		-root "$root" -boot x/start -name web1@127.0.0.1 -setcookie c \
		-bindir "$mallory" -extra </dev/null >/dev/null 2>&1 &
	fake=$!
	status 1 status lab
	said 'the node is down'
	said "process $fake of user $deploy claims to run from this root"
	status 0 stop lab
	status 0 start lab
	runs 1 0.1.0
	status 0 status lab
	said "process $fake of user $deploy claims to run from"
	status 0 stop lab
	kill -0 "$fake" || flunk 'the process of another user was ended'
	kill "$fake"
	[ ! -e "$mallory/ran" ] || flunk 'a program of another user ran'
}

# mine: runs what a message advises, as root
mine() {
	# shellcheck disable=SC2016
	sed -n 's/.*: `\(chown -R [^`]*\)`.*/\1/p' "$LAB/out" | head -n 1 \
		>"$LAB/advised"
	grep -q . "$LAB/advised" || flunk 'no command is advised'
	sh -e "$LAB/advised" || flunk "$(cat "$LAB/advised") failed"
}

# 0.1.0 runs. Somebody unpacked as root, or started it once as root.
files_of_root_are_told_before_anything_begins() {
	status 0 start lab
	status 0 push lab 0.2.0
	was=$(vm_id 1)
	for path in releases/0.2.0 releases/RELEASES bin; do
		chown root "$root/$path"
		chmod go-w "$root/$path"
		status 4 upgrade lab 0.2.0
		said "$root/$path belongs to root, and $app cannot write to it"
		status 1 status lab
		mine
	done
	status 0 upgrade lab 0.2.0
	runs 1 0.2.0
	equal vm "$(vm_id 1)" "$was"
	chown -R root "$root/releases/0.1.0"
	status 4 rollback lab
	said "$root/releases/0.1.0 belongs to root"
	mine
	status 0 rollback lab
	status 0 stop lab
	chown -R root "$LAB/owned/pipes"
	status 4 start lab
	said "$LAB/owned/pipes belongs to root"
	mine
	status 0 start lab
	runs 1 0.1.0
}

a_node_that_was_renamed_is_found_again_by_its_old_name() {
	status 0 start lab
	sed 's|{host}@127.0.0.1|new@127.0.0.1|' "$LAB/deploy.ini" >"$LAB/new.ini"
	INI=new.ini
	status 4 stop lab
	said "started with NODE_NAME=web1@127.0.0.1, and deploy.ini or its env_file now sets new@"
	INI=deploy.ini
	status 0 stop lab
}

there_and_back_cold() {
	status 0 start lab
	status 0 upgrade lab 0.2.0 --cold
	host 1 mode cold
	runs 1 0.2.0
	boots 1 0.2.0
	status 0 rollback lab --cold
	runs 1 0.1.0
	boots 1 0.1.0
	status 0 upgrade lab 0.2.0
	host 1 mode hot
	status 0 rollback lab
	status 0 stop lab
}

a_console_as_another_user() {
	: >"$LAB/typescript"
	{
		tries=300
		until grep -q -F '(web1@127.0.0.1)1>' "$LAB/typescript" ||
			[ $((tries -= 1)) = 0 ]; do
			sleep 0.1
		done
		printf '\007'
		sleep 1
		printf 'q\r'
	} | script -qfec "env TERM=xterm $HDEPLOY -f $LAB/deploy.ini \
		console lab web1" "$LAB/typescript" >"$LAB/console" || {
		cp "$LAB/typescript" "$LAB/out"
		flunk 'the console failed'
	}
}

nothing_belongs_to_anybody_else() {
	equal files "$(find "$LAB/owned" ! -user "$app" | head -3)" ''
	equal 'for everybody to write' \
		"$(find "$root" ! -type l -perm -o+w | head -3)" ''
}

# plant NAME: a link to a folder of another user
plant() {
	rm -rf "$LAB/outside" "${root:?}/$1"
	mkdir -p "$LAB/outside/0.2.0" "$(dirname "$root/$1")"
	chown -R 65534 "$LAB/outside"
	find "$LAB/outside" -ls >"$LAB/outside.was"
	ln -s "$LAB/outside" "$root/$1"
	chown -Rh "$app" "$root"
}

nothing_happened_outside() {
	find "$LAB/outside" -ls | cmp - "$LAB/outside.was" ||
		flunk "$(find "$LAB/outside" -ls)"
}

a_planted_version_changes_nothing_outside() {
	status 0 start lab
	plant releases/0.5.0
	status 4 push lab 0.5.0
	said "$LAB/outside belongs to"
	nothing_happened_outside
	rm "$root/releases/0.5.0"
	status 0 push lab 0.5.0
	plant releases/0.5.0
	status 4 upgrade lab 0.5.0
	said "$LAB/outside belongs to"
	nothing_happened_outside
	rm "$root/releases/0.5.0"
}

without_it_the_version_is_installed() {
	status 0 upgrade lab 0.5.0
	runs 1 0.5.0
	status 0 rollback lab
}

planted_tarballs_change_nothing_outside() {
	plant .hdeploy/tarballs
	status 1 push lab 0.6.0 --cold
	nothing_happened_outside
	status 0 stop lab
}

a_planted_folder_changes_nothing_outside() {
	rm -rf "$root"
	plant bin
	status 4 push lab 0.1.0
	said "$LAB/outside belongs to"
	nothing_happened_outside
	rm "$root/bin"
	plant .hdeploy
	status 4 push lab 0.1.0
	said 'symbolic link'
	nothing_happened_outside
	rm "$root/.hdeploy"
}

# If several users can write, one of them can plant a link for the others.
a_folder_that_a_group_may_write_to_is_refused() {
	mkdir -p "$root/releases"
	chown "$app:$app" "$root" "$root/releases"
	chmod 775 "$root" "$root/releases"
	chgrp "$deploy" "$root/releases"
	status 4 push lab 0.1.0
	said "$root/releases can be written to by group $deploy"
	chgrp "$app" "$root/releases" # nobody else is in it
	status 0 push lab 0.1.0
	usermod -a -G "$app" "$deploy"
	status 4 push lab 0.1.0
	said "can be written to by group $app"
}

nobody_else_can_read_its_secrets() {
	equal 'umask of the VM' "$(sed -n 's/^Umask:[^0-9]*//p' \
		"/proc/$(lab_beams "$root")/status")" 0077
	equal 'to be read by others' "$(find "$root"/releases/*/sys.config \
		"$root"/releases/*/vm.args "$root/log" "$root"/releases/*/*.gz \
		'(' -perm -0004 -o -perm -0040 ')' | head -3)" ''
}

check 'root in another user'\''s folder is refused' \
	root_in_another_users_folder_is_refused
check 'who logs in cannot write there' who_logs_in_cannot_write_there
check 'the folder that is advised is enough' \
	the_folder_that_is_advised_is_enough
check 'the rule that is advised lets it in' the_rule_that_is_advised_lets_it_in
check 'the main job as another user' the_main_job_as_another_user
rarely 'there and back, cold' there_and_back_cold
check 'a process of another user changes nothing' \
	a_process_of_another_user_changes_nothing
rarely 'files of root are named before anything begins' \
	files_of_root_are_told_before_anything_begins
rarely 'a node that was renamed is found again by its old name' \
	a_node_that_was_renamed_is_found_again_by_its_old_name
check 'nothing belongs to anybody else' nothing_belongs_to_anybody_else
check 'a planted version changes nothing outside' \
	a_planted_version_changes_nothing_outside
rarely 'without it the version is installed' \
	without_it_the_version_is_installed
check 'planted tarballs change nothing outside' \
	planted_tarballs_change_nothing_outside
check 'a planted folder changes nothing outside' \
	a_planted_folder_changes_nothing_outside
check 'a folder that a group may write to is refused' \
	a_folder_that_a_group_may_write_to_is_refused
check_end
