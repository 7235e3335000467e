#!/bin/sh
# repair.sh NAME: drift of every kind, made for real on a host with the driver of
# that row of tests/drivers/rows, which runs 0.2.0 after an upgrade from 0.1.0.
# hdeploy finds it, repair mends it, nothing is left, the process is the same,
# and after a crash the host boots what it ran. That is asked without hdeploy.
# shellcheck disable=SC2034,SC2154,SC2317
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
. tests/drivers/row.sh

row "$1"
LAB_HOSTS=1
lab_open
row_open

can() { # ABILITY
	case ,$abilities, in *",$1,"*) return 0 ;; esac
	return 1
}

if [ "$driver" = app ]; then
	pointer=current
	file=releases/0.2.0/serve.py
	old=releases/0.1.0/serve.py
	whole=releases/0.1.0
else
	pointer=releases/start_erl.data
	file=lib/hotcode-0.2.0/ebin/hotcode.app
	old=lib/hotcode-0.1.0/ebin/hotcode.app
	whole=lib/hotcode-0.1.0
fi

# settled: web1 runs 0.2.0, as after an upgrade.
settled() {
	[ "$(now 2>/dev/null)" != 0.2.0 ] || [ "$(next)" != 0.2.0 ] ||
		! hd status lab >/dev/null 2>&1 || return 0
	[ "$(now)" = down ] || crash
	mkdir -p "$root"
	lab_clean "$root"
	if [ -d "$LAB/settled" ]; then
		cp -a "$LAB/settled/." "$root"
		status 0 start lab
		return
	fi
	status 0 push lab 0.1.0
	status 0 start lab
	status 0 push lab 0.2.0
	can hot || set -- --cold
	status 0 upgrade lab 0.2.0 "$@"
	cp -a "$root" "$LAB/settled"
}

# finds NAME: status reports it.
finds() {
	hd --json status lab --deep >"$LAB/events" 2>"$LAB/out" || :
	jq -es --arg n "$1" 'any(.[]; .event == "finding" and .name == $n)' \
		"$LAB/events" >/dev/null || flunk "did not find $1"
}

# whole: nothing is left to repair; a crash and a boot without hdeploy lead to
# 0.2.0.
whole() {
	equal 'what runs' "$(now)" 0.2.0
	equal 'what boots' "$(next)" 0.2.0
	unchanged
	layout 1
	crash
	boot
	equal 'what runs' "$(now)" 0.2.0
	status 0 status lab
	unchanged
}

unchanged() {
	status 0 repair lab --yes
	host 1 result unchanged
}

# drifted NAME COMMAND...: COMMAND damages web1, whose process stays.
drifted() {
	name=$1
	shift
	settled
	was=$(life)
	(cd "$root" && "$@")
	finds "$name"
	status 0 repair lab --yes
	host 1 result ok
	equal life "$(life)" "$was"
	whole
}

file_changed() { drifted files-changed sh -c "echo '%%' >>$file"; }
file_gone() { drifted files-gone rm "$file" "$old"; }
folder_gone() {
	case $driver in
	app) finding=files-gone ;;
	*) finding=library-gone ;;
	esac
	settled
	# with driver = app the version is not unpacked then
	[ "$driver" = app ] || drifted "$finding" rm -r "$whole"
}
pointer_gone() { drifted boot-file rm "$pointer"; }
pointer_other() {
	case $driver in
	app) drifted reboot-version ln -sfn releases/0.1.0 current ;;
	relx | distillery) drifted boot-pointers sed -i s/0.2.0/0.1.0/ "$pointer" ;;
	*) drifted reboot-version sed -i s/0.2.0/0.1.0/ "$pointer" ;;
	esac
}
copy_other() { # Distillery's, which is newer
	[ -f "$root/var/start_erl.data" ] || return 0
	drifted boot-pointers sed -i s/0.2.0/0.1.0/ var/start_erl.data
}
list_gone() { [ "$driver" = app ] || drifted list-gone rm releases/RELEASES; }
manifest_gone() { drifted manifest-gone rm .hdeploy/releases/0.2.0/manifest; }
leave() {
	mkdir -p .hdeploy/tmp .hdeploy/releases/0.7.0
	echo x | tee .hdeploy/tmp/x .hdeploy/releases/0.7.0/tarball.part \
		.hdeploy/change.new >/dev/null
}
leftovers() { drifted leftover-scratch leave; }

pointer_gone_while_it_is_down() {
	settled
	crash
	rm "$root/$pointer"
	status 4 start lab
	said 'hdeploy repair lab --limit web1'
	status 0 repair lab --yes
	equal 'what boots' "$(next)" 0.2.0
	boot
	whole
}

files_gone_while_it_is_down() {
	settled
	crash
	rm -rf "${root:?}/$file"
	status 4 start lab
	said 'hdeploy repair lab --limit web1'
	status 0 repair lab --yes
	boot
	whole
}

everything_at_once() {
	settled
	was=$(life)
	(cd "$root" && rm "$pointer" "$old" && echo '%%' >>"$file" && leave &&
		rm -f releases/RELEASES)
	status 0 repair lab --yes
	equal life "$(life)" "$was"
	whole
	if can hot; then
		status 0 rollback lab
		host 1 mode hot
	fi
}

check 'files are damaged' file_changed
check 'files are gone' file_gone
check 'a library is gone' folder_gone
check 'the boot pointer is gone' pointer_gone
check 'the boot pointer names another version' pointer_other
check "Distillery's own boot pointer names another version" copy_other
check 'RELEASES is gone' list_gone
check 'a manifest is gone' manifest_gone
check 'operations that were cut off left files' leftovers
check 'the boot pointer is gone, and nothing runs' pointer_gone_while_it_is_down
check 'files are gone, and nothing runs' files_gone_while_it_is_down
check 'everything at once' everything_at_once
check_end
