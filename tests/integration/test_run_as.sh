#!/bin/sh
# The VM's user is not the one who logs in: everything goes through sudo.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
if [ "$(id -u)" != 0 ] || ! sudo -n -u nobody true 2>/dev/null; then
	echo "needs root, and sudo to nobody"
	exit 77
fi
LAB_HOSTS=1
lab_open
chmod 711 "$LAB"
mkdir "$LAB/owned" "$LAB/owned/pipes"
chown nobody "$LAB/owned" "$LAB/owned/pipes"
sed -i "s|^path .*|path = $LAB/owned/{host}|
	s|^env.PIPE_DIR.*|env.PIPE_DIR = $LAB/owned/pipes/|" "$LAB/deploy.ini"
ln -s "$LAB/owned/web1" "$LAB/web1"

root_in_another_users_folder_is_refused() {
	status 4 push lab 0.1.0
	said 'set run_as'
	[ ! -e "$LAB/owned/web1" ] || flunk 'root wrote there'
}

the_main_job_as_another_user() {
	sed -i 's|^path .*|&\nrun_as = nobody|' "$LAB/deploy.ini"
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
	runs 1 0.1.0
	equal state "$(state 1)" '[{money,101},{name,"ann"}]'
	equal 'user of the VM' \
		"$(ps -o user= -p "$(lab_beams "$LAB/owned/web1")")" nobody
	a_console_as_another_user
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
	equal files "$(find "$LAB/owned" ! -user nobody | head -3)" ''
}

a_planted_link_changes_nothing_outside() {
	mkdir "$LAB/outside"
	chmod 777 "$LAB/outside"
	rm -rf "$LAB/owned/web1"
	mkdir "$LAB/owned/web1"
	ln -s "$LAB/outside" "$LAB/owned/web1/.hdeploy"
	chown -R nobody "$LAB/owned/web1"
	status 4 push lab 0.1.0
	said 'symbolic link'
	equal outside "$(ls -A "$LAB/outside")" ''
}

check 'root in another user'\''s folder is refused' \
	root_in_another_users_folder_is_refused
check 'the main job as another user' the_main_job_as_another_user
check 'nothing belongs to anybody else' nothing_belongs_to_anybody_else
check 'a planted link changes nothing outside' \
	a_planted_link_changes_nothing_outside
check_end
