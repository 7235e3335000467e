#!/bin/sh
# Any program, without systemd: driver = app. web1 runs a small server that goes
# into the background and writes a pid file.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
LAB_HOSTS=1
lab_open
. tests/support/app.sh

pid() {
	cat "$root/shared/app.pid"
}

starts() { # VERSION: the next start starts it
	equal current "$(readlink "$root/current")" "releases/$1"
}

runs() { # VERSION: runs, as the kernel and the program itself report, and starts
	equal exe "$(readlink "/proc/$(pid)/exe")" "$root/releases/$1/bin/appd"
	equal answer "$(curl -s "http://127.0.0.1:$port/")" "$1"
	starts "$1"
}

on() { # VERSION
	runs "$1"
	status 0 status lab
	host 1 after "$1"
	host 1 boots "$1"
}

the_first_version_links_to_the_shared_files() {
	status 4 push lab 0.1.0
	said "linked_files: $root/shared/.env does not exist on the host"
	mkdir -p "$root/shared"
	echo secret >"$root/shared/.env"
	status 0 push lab 0.1.0
	starts 0.1.0
	equal links "$(cd "$root/releases/0.1.0" && cat .env log/../.env &&
		readlink log data/uploads bin/config && cat bin/config)" "secret
secret
../../shared/log
../../../shared/data/uploads
../.config
of 0.1.0"
	[ ! -e "$root/shared/log/old" ] || flunk 'files of the tarball are shared'
	status 1 status lab
	said 'the app is down'
	status 0 start lab
	on 0.1.0
	status 0 push lab 0.1.0
	host 1 result unchanged
	layout 1
}

up_and_back() {
	status 0 push lab 0.2.0
	runs 0.1.0
	status 4 upgrade lab 0.2.0 --hot
	said 'has no hot upgrade'
	status 0 upgrade lab 0.2.0
	host 1 mode cold
	on 0.2.0
	status 0 rollback lab
	host 1 mode cold
	on 0.1.0
	layout 1
}

a_crash_in_the_soak_takes_it_back() {
	sed '/^keep/a soak = 5s' "$LAB/deploy.ini" >"$LAB/soak.ini"
	echo 0.2.0 >"$root/shared/app.pid.crash"
	INI=soak.ini
	status 1 upgrade lab 0.2.0
	host 1 result undone
	INI=deploy.ini
	rm "$root/shared/app.pid.crash"
	on 0.1.0
}

one_that_does_not_start_goes_back() {
	status 0 push lab 0.3.0
	status 1 upgrade lab 0.3.0
	said 'command.start ended with status 1'
	host 1 result undone
	on 0.1.0
	[ ! -e "$root/releases/0.3.0" ] || flunk 'its files were left'
}

# gated: deploy.ini with a hook between the switch and the restart, which ends
# with the file gate.
gated() {
	: >"$LAB/gate"
	sed "/^keep/a hook.before_start = remote while [ -e $LAB/gate ]; do sleep 0.1; done" \
		"$LAB/deploy.ini" >"$LAB/gate.ini"
	INI=gate.ini meanwhile upgrade lab 0.2.0
	until [ "$(readlink "$root/current")" = releases/0.2.0 ]; do
		kill -0 "$run" || flunk 'it ended'
		sleep 0.1
	done
	once_said 'hook before_start'
	kill -KILL "$run"
	wait "$run" 2>/dev/null || :
	rm "$LAB/gate"
	# else the lock holds for a while, so that the run can return
	until hd unlock lab >"$LAB/out" 2>&1; do sleep 0.2; done
	starts 0.2.0
	equal exe "$(readlink "/proc/$(pid)/exe")" \
		"$root/releases/0.1.0/bin/appd"
}

runs_that_are_killed_between_switch_and_restart() {
	gated
	status 1 status lab
	said '0.1.0 still runs, and the new version would start'
	status 0 resume lab
	on 0.2.0
}

# The next run takes the change back, or repeats it.
others_end_what_killed_runs_left() {
	status 0 rollback lab
	on 0.1.0
	gated
	was=$(pid)
	status 0 rollback lab
	on 0.1.0
	equal process "$(pid)" "$was"
	gated
	status 0 upgrade lab 0.2.0
	on 0.2.0
}

a_reload_keeps_the_process() {
	sed '/^keep/a upgrade = reload' "$LAB/deploy.ini" >"$LAB/reload.ini"
	INI=reload.ini
	was=$(pid)
	status 0 push lab 0.4.0
	status 0 rollback lab
	runs 0.1.0
	equal process "$(pid)" "$was"
	host 1 mode 'hot, partial'
	status 0 upgrade lab 0.4.0
	runs 0.4.0
	# 0.4.0 ignores the signal: nothing was taken over, and nothing is lost
	status 1 upgrade lab 0.2.0
	said "process $was still runs from $root/releases/0.4.0"
	host 1 result undone
	runs 0.4.0
	equal process "$(pid)" "$was"
	status 0 upgrade lab 0.2.0 --cold
	INI=deploy.ini
	on 0.2.0
}

old_versions_go_and_others_can_be_fetched() {
	status 0 prune lab
	equal releases "$(cd "$root/releases" && echo *)" '0.2.0 0.4.0'
	status 0 fetch lab --into "$LAB/fetched"
	tar -tzf "$LAB/fetched/my-app-0.2.0.tar.gz" | grep -qx bin/appd
}

# As old workers do for a while after a reload, or a program that was started by
# hand: nothing names that process.
a_folder_that_another_process_uses_stays() {
	"$root/releases/0.4.0/bin/appd" "$LAB/other.pid" "$((port + 1))"
	until [ -s "$LAB/other.pid" ]; do sleep 0.1; done
	other=$(cat "$LAB/other.pid")
	echo changed >"$root/releases/0.4.0/.config"
	status 1 upgrade lab 0.4.0
	said "cannot be replaced: process $other still runs from releases/0.4.0"
	equal exe "$(readlink "/proc/$other/exe")" \
		"$root/releases/0.4.0/bin/appd"
	kill "$other"
	while [ -e "/proc/$other/exe" ]; do sleep 0.05; done
	status 0 repair lab --yes
	on 0.2.0
}

a_link_to_elsewhere_is_refused() {
	ln -sfn /etc "$root/current"
	status 4 upgrade lab 0.4.0
	said "$root/current does not lead to a folder of releases/"
	rm "$root/current"
	mkdir "$root/current"
	status 4 upgrade lab 0.4.0
	said "$root/current is not a link to a version"
	rmdir "$root/current"
	status 0 upgrade lab 0.2.0
	on 0.2.0
}

a_pid_file_of_others_decides_nothing() {
	chmod 666 "$root/shared/app.pid"
	status 4 restart lab
	said "pid_file $root/shared/app.pid is not used"
	chmod 644 "$root/shared/app.pid"
	was=$(pid)
	echo $$ >"$root/shared/app.pid"
	status 4 restart lab
	said "process $$ runs outside $root/releases/"
	said "remove $root/shared/app.pid if that is not my-app"
	echo "$was" >"$root/shared/app.pid"
	on 0.2.0
	status 0 stop lab
	# until its parent reaps it, a dead process can still be signalled
	! grep -q '^State:.[^Z]' "/proc/$was/status" 2>/dev/null ||
		flunk 'it runs'
}

check 'the first version links to the shared files' \
	the_first_version_links_to_the_shared_files
check 'up and back' up_and_back
rarely 'a crash in the soak takes it back' a_crash_in_the_soak_takes_it_back
check 'one that does not start goes back' one_that_does_not_start_goes_back
check 'runs that are killed between switch and restart' \
	runs_that_are_killed_between_switch_and_restart
rarely 'rollback and upgrade end them too' others_end_what_killed_runs_left
check 'a reload keeps the process' a_reload_keeps_the_process
check 'old versions go, and others can be fetched' \
	old_versions_go_and_others_can_be_fetched
check 'a folder that another process uses stays' \
	a_folder_that_another_process_uses_stays
check 'a link to elsewhere is refused' a_link_to_elsewhere_is_refused
check 'a pid file of others decides nothing' a_pid_file_of_others_decides_nothing
check_end
