#!/bin/sh
# prune removes old versions; those that are needed stay and work.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
LAB_HOSTS=1
lab_open
sed 's/^path .*/&\nkeep = 1/' "$LAB/deploy.ini" >"$LAB/few.ini"

# 0.5.0 runs and came from 0.1.0; 0.2.0 ran before; 0.3.0 and 0.4.0 never ran;
# 0.6.0 failed; 0.7.0 is the newest; 0.8.0 is half an upload.
a_host_has_seen_much() {
	status 0 push lab 0.1.0
	status 0 start lab
	for v in 0.2.0 0.3.0 0.4.0 0.5.0 0.6.0 0.7.0; do
		status 0 push lab "$v" --cold
		sleep 0.01 # later files need later times
	done
	status 0 upgrade lab 0.2.0
	status 0 rollback lab
	# as if an hdeploy without the verdict had pushed it
	rm "$LAB/web1/.hdeploy/releases/0.6.0/modules"
	status 1 upgrade lab 0.6.0
	status 0 upgrade lab 0.5.0
	mkdir -p "$LAB/web1/releases/0.8.0" "$LAB/web1/.hdeploy/releases/0.8.0"
	: >"$LAB/web1/.hdeploy/releases/0.8.0/tarball.part"
	touch -d '1 hour ago' "$LAB/web1/.hdeploy/releases/0.8.0/tarball.part"
}

the_tab_key_offers_the_versions_that_a_status_saw() {
	XDG_CACHE_HOME=$LAB/cache
	export XDG_CACHE_HOME
	hd status lab >"$LAB/out" || :
	equal offered "$("$HDEPLOY" complete -- -f "$LAB/deploy.ini" upgrade lab '' |
		tr -d '\t' | sort | tr '\n' ' ')" \
		'0.1.0 0.2.0 0.3.0 0.4.0 0.5.0 0.6.0 0.7.0 0.8.0 '
	equal 'mode of the cache' "$(stat -c %a "$LAB/cache/hdeploy/versions")" 600
	rm -r "$LAB/cache"
	hd status lab --save "$LAB/saved" >"$LAB/out" || :
	rm -r "$LAB/cache"
	hd status lab --facts "$LAB/saved" >"$LAB/out" || :
	equal 'a cache from saved facts' "$(ls "$LAB/cache" 2>/dev/null)" ''
}

# versions FOLDER TAIL: the versions in a folder of .hdeploy or in releases
versions() {
	(cd "$LAB/web1/$1" && for f in *"$2"; do
		[ ! -e "$f" ] || echo "${f%"$2"}"
	done) | grep '^[0-9]' | tr '\n' ' '
}

a_dry_run_removes_nothing() {
	INI=few.ini
	status 0 prune lab --dry-run
	said 'prune 0.6.0, prune 0.4.0, prune 0.3.0, prune 0.8.0, record'
	equal tarballs "$(versions .hdeploy/tarballs .tar.gz)" \
		'0.1.0 0.2.0 0.3.0 0.4.0 0.5.0 0.6.0 0.7.0 '
}

exactly_the_right_ones_go() {
	INI=few.ini
	libs=$(cd "$LAB/web1/lib" && ls -d kernel-* stdlib-* sasl-*)
	emulator=$(cd "$LAB/web1" && ls -d erts-*)
	status 0 prune lab
	said 'MiB freed'
	kept='0.1.0 0.2.0 0.5.0 0.7.0 '
	equal tarballs "$(versions .hdeploy/tarballs .tar.gz)" "$kept"
	equal records "$(versions .hdeploy/releases '')" "$kept"
	equal releases "$(versions releases '')" "$kept"
	equal 'its own libraries' "$(cd "$LAB/web1/lib" && echo hotcode-*)" \
		'hotcode-0.1.0 hotcode-0.2.0 hotcode-0.5.0'
	equal 'shared libraries' \
		"$(cd "$LAB/web1/lib" && ls -d kernel-* stdlib-* sasl-*)" "$libs"
	equal emulators "$(cd "$LAB/web1" && ls -d erts-*)" "$emulator"
	runs 1 0.5.0
	status 0 prune lab
	host 1 result unchanged
}

what_stays_still_works() {
	kill -9 "$(lab_beams "$LAB/web1")"
	while [ -n "$(lab_beams "$LAB/web1")" ]; do sleep 0.1; done
	status 4 prune lab
	status 0 start lab
	runs 1 0.5.0
	status 0 rollback lab
	runs 1 0.1.0
	boots 1 0.1.0
	status 0 upgrade lab 0.2.0
	runs 1 0.2.0
}

a_made_up_list_is_no_ground_to_remove_anything() {
	INI=few.ini
	status 0 stop lab
	rm "$LAB/web1/releases/RELEASES"
	status 0 start lab
	status 4 prune lab
	said 'RELEASES was missing'
	equal tarballs "$(versions .hdeploy/tarballs .tar.gz)" \
		'0.1.0 0.2.0 0.5.0 0.7.0 '
}

check 'a host has seen much' a_host_has_seen_much
check 'the Tab key offers the versions that a status saw' \
	the_tab_key_offers_the_versions_that_a_status_saw
check 'a dry run removes nothing' a_dry_run_removes_nothing
check 'exactly the right ones go' exactly_the_right_ones_go
check 'what stays still works' what_stays_still_works
rarely 'a made up list does not justify removing anything' \
	a_made_up_list_is_no_ground_to_remove_anything
check_end
