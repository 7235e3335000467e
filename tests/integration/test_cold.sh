#!/bin/sh
# Upgrades by stop and start: which version runs and boots afterwards, and hot
# upgrades that follow.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
LAB_HOSTS=1
lab_open
. tests/support/cold.sh
. tests/support/variant.sh

hot_and_cold_follow_each_other() {
	for v in 0.1.0 0.2.0 0.3.0; do
		status 0 push lab "$v"
	done
	status 0 start lab
	cold 0.2.0
	host 1 mode cold
	hot 0.1.0
	status 4 upgrade lab 0.3.0
	said '--cold'
}

once_more_each() {
	cold 0.3.0
	hot 0.2.0
}

one_more_time_each() {
	hot 0.3.0
	hot 0.2.0
	hot 0.1.0
	cold 0.3.0
	cold 0.1.0
	hot 0.2.0
}

another_runtime_goes_cold_and_back() {
	remake 0.3.0 0.9.1 other_runtime
	status 0 upgrade lab 0.9.1 --cold
	runs 1 0.9.1
	boots 1 0.9.1
	equal erts "$(cut -d' ' -f1 "$root/releases/start_erl.data")" 99.1
	equal runtime "$(lab_call 1 'list_to_atom(filename:basename(hd(tl(hd(
		[[0, D] || {ok, [[D]]} <- [init:get_argument(bindir)]]))),
		"/bin")).' | grep -o 'erts-99.1')" 'erts-99.1'
	status 4 rollback lab
	said '--cold'
	status 0 rollback lab --cold
	is 0.2.0
}

auto_goes_as_it_can() {
	sed '/^\[lab\]/a upgrade = auto' "$LAB/deploy.ini" >"$LAB/auto.ini"
	INI=auto.ini
	status 0 upgrade lab 0.1.0 # a relup leads down, but none was asked for
	is 0.1.0
	status 0 upgrade lab 0.3.0
	said '(cold: no relup leads from 0.1.0 to 0.3.0)'
	host 1 mode cold
	is 0.3.0
	status 0 rollback lab
	host 1 mode cold
	is 0.1.0
	lab_kill_vm 1
	status 0 upgrade lab 0.2.0
	said '(cold: the node is down)'
	is 0.2.0
}

# Files as overlays make them: 0.2.0 changes some, adds some and drops some.
overlay() { # NUMBER
	mkdir -p etc share data/spool
	echo "limit = $1" >etc/app.conf
	echo "edited = $1" >etc/edited.conf
	echo "$1" >bin/tool
	echo "$1" >"share/only-$1"
	echo same >etc/same.conf
}

placed() { # NUMBER OTHER
	for file in etc/app.conf bin/tool; do
		grep -q "$1" "$root/$file" || flunk "$file is not that of $1"
	done
	[ -f "$root/share/only-$1" ] || flunk "share/only-$1 is not there"
	[ ! -e "$root/share/only-$2" ] || flunk "share/only-$2 is there"
	equal edited "$(cat "$root/etc/edited.conf")" 'by hand'
	equal same "$(cat "$root/etc/same.conf")" 'by hand'
	equal data "$(cat "$root/data/spool/job")" 'of the node'
	equal files "$(cat "$root/.hdeploy/files")" "0.$1.0"
}

files_without_a_version_are_those_of_what_boots() {
	lab_kill_vm 1
	lab_clean "$root"
	variant 0.1.0 overlay 1
	variant 0.2.0 overlay 2
	variants_ini deploy.ini files.ini
	INI=files.ini
	status 0 push lab 0.1.0
	status 0 start lab
	echo 'by hand' >"$root/etc/edited.conf"
	echo 'by hand' >"$root/etc/same.conf"
	echo 'of the node' >"$root/data/spool/job"
	status 0 push lab 0.2.0
	status 0 upgrade lab 0.2.0 --hot --dry-run
	said 'bin/tool, etc/app.conf, etc/edited.conf and 2 more; edited on this host: etc/edited.conf)'
	status 0 upgrade lab 0.2.0 --hot
	said 'etc/edited.conf was changed on this host and is kept'
	placed 2 1
	equal beside "$(cat "$root/etc/edited.conf.0.2.0")" 'edited = 2'
	stays 0.2.0
	status 0 rollback lab --hot
	placed 1 2
	stays 0.1.0
}

cold_changes_replace_them_too() {
	INI=files.ini
	status 0 upgrade lab 0.2.0 --cold
	said 'etc/edited.conf was changed on this host and is kept'
	placed 2 1
	status 0 rollback lab --cold
	placed 1 2
	stays 0.1.0
}

# The VM dies while it becomes permanent, and the disk has half of the files.
half_of_the_files_are_there() {
	INI=files.ini
	echo '0.2.0 0.1.0' >"$root/.hdeploy/files"
	echo 2 >"$root/bin/tool"
	rm -f "$root/share/only-1"
	status 1 status lab
	said 'belong to 0.2.0, not to 0.1.0'
	said 'hdeploy repair lab'
	was=$(vm_id 1)
	status 0 repair lab --yes
	placed 1 2
	equal vm "$(vm_id 1)" "$was"
}

half_of_the_files_are_there_at_a_start() {
	INI=files.ini
	status 0 stop lab
	echo '0.2.0 0.1.0' >"$root/.hdeploy/files"
	echo 2 >"$root/bin/tool"
	status 0 start lab
	placed 1 2
	is 0.1.0
}

as_distillery_makes_them() {
	sh tests/fixtures/distillery.sh "$FIXTURES"
	lab_kill_vm 1
	lab_clean "$root"
	sed -e 's/^driver .*/driver = distillery/' -e "s|^release .*|release = \
 $FIXTURES/distillery-2.1/{version}.tar.gz|" -e 's/^env.NODE_NAME.*/&\
env.REPLACE_OS_VARS = true/' "$LAB/deploy.ini" >"$LAB/distillery.ini"
	INI=distillery.ini
	starts=start
	hot_and_cold_follow_each_other
	once_more_each
	one_more_time_each
	layout 1
}

check 'hot and cold upgrades follow each other' hot_and_cold_follow_each_other
rarely 'once more each' once_more_each
rarely 'a longer chain of both' one_more_time_each
rarely 'another runtime goes cold, and back' another_runtime_goes_cold_and_back
rarely 'auto goes as it can' auto_goes_as_it_can
check 'files without a version are those of the version that boots' \
	files_without_a_version_are_those_of_what_boots
rarely 'cold changes replace them too' cold_changes_replace_them_too
check 'half of the files are there' half_of_the_files_are_there
rarely 'half of the files are there at a start' \
	half_of_the_files_are_there_at_a_start
rarely 'releases as Distillery makes them' as_distillery_makes_them
check_end
