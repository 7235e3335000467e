#!/bin/sh
# One user logs in, another one runs the VM: everything goes through sudo.
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
lab_open
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
		userdel "$user" 2>/dev/null # of a run that was killed
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
	said "$deploy cannot write"
	sed "s|^run_as .*|run_as = root|" "$LAB/deploy.ini" >"$LAB/no.ini"
	INI=no.ini
	status 3 push lab 0.1.0
	said 'sudo: '
	[ ! -e "$root" ] || flunk 'something was written'
}

the_main_job_as_another_user() {
	status 0 push lab 0.1.0
	status 0 start lab
	status 0 push lab 0.2.0
	lab_call 1 'demo_server:add(1).' >/dev/null
	was=$(vm_id 1)
	status 0 upgrade lab 0.2.0
	host 1 hot hot
	runs 1 0.2.0
	boots 1 0.2.0
	equal vm "$(vm_id 1)" "$was"
	status 0 rollback lab
	host 1 hot hot
	runs 1 0.1.0
	boots 1 0.1.0
	equal state "$(state 1)" '[{money,101},{name,"ann"}]'
	equal vm "$(vm_id 1)" "$was"
	equal 'user of the VM' "$(ps -o uid= -p "$(lab_beams "$root")" |
		tr -d ' ')" "$(id -u "$app")"
	a_console_as_another_user
	there_and_back_cold
}

there_and_back_cold() {
	status 0 upgrade lab 0.2.0 --cold
	host 1 hot cold
	runs 1 0.2.0
	boots 1 0.2.0
	status 0 rollback lab --cold
	runs 1 0.1.0
	boots 1 0.1.0
	status 0 upgrade lab 0.2.0
	host 1 hot hot
	status 0 rollback lab
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

# plant NAME: a link there to a folder of whoever logs in
plant() {
	rm -rf "$LAB/outside" "${root:?}/$1"
	mkdir -p "$LAB/outside/0.2.0" "$(dirname "$root/$1")"
	chown -R "$deploy" "$LAB/outside"
	find "$LAB/outside" -ls >"$LAB/outside.was"
	ln -s "$LAB/outside" "$root/$1"
	chown -Rh "$app" "$root"
}

nothing_happened_outside() {
	find "$LAB/outside" -ls | cmp - "$LAB/outside.was" ||
		flunk "$(find "$LAB/outside" -ls)"
}

a_planted_version_changes_nothing_outside() {
	plant releases/0.5.0
	status 1 push lab 0.5.0
	said 'cannot write'
	nothing_happened_outside
	rm "$root/releases/0.5.0"
	status 0 push lab 0.5.0
	plant releases/0.5.0
	status 0 upgrade lab 0.5.0
	runs 1 0.5.0
	nothing_happened_outside
	status 0 rollback lab
	plant .hdeploy/tarballs
	status 1 push lab 0.6.0
	nothing_happened_outside
	status 0 stop lab
}

a_planted_folder_changes_nothing_outside() {
	rm -rf "$root"
	plant bin
	status 1 push lab 0.1.0
	said "$root/bin is in the way: remove it"
	nothing_happened_outside
	rm -rf "$root"
	plant .hdeploy
	status 4 push lab 0.1.0
	said 'symbolic link'
	nothing_happened_outside
}

check 'root in another user'\''s folder is refused' \
	root_in_another_users_folder_is_refused
check 'who logs in cannot write there' who_logs_in_cannot_write_there
check 'the main job as another user' the_main_job_as_another_user
check 'nothing belongs to anybody else' nothing_belongs_to_anybody_else
check 'a planted version changes nothing outside' \
	a_planted_version_changes_nothing_outside
check 'a planted folder changes nothing outside' \
	a_planted_folder_changes_nothing_outside
check_end
