#!/bin/sh
# hdeploy repair: a host that drifted in many ways is mended in one run, while its
# node keeps running; one that did not is not touched. tests/nightly has every
# kind of drift, with every driver.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
LAB_HOSTS=1
lab_open
. tests/support/damage.sh
. tests/support/drift.sh

damage_all() {
	cd "$root"
	rm -r lib/hotcode-0.1.0 bin/hotcode-0.2.0 releases/start_erl.data \
		releases/RELEASES .hdeploy/releases/0.1.0/manifest
	echo '%%' >>lib/hotcode-0.2.0/ebin/hotcode.app
	cp bin/hotcode-0.1.0 bin/hotcode
	leave
}

everything_is_mended_at_once() {
	again_settled
	was=$(vm_id 1)
	(damage_all)
	status 1 status lab
	said 'hdeploy repair lab --limit web1'
	status 4 rollback lab
	said 'hdeploy repair lab --limit web1'
	status 0 repair lab --dry-run
	status 2 repair lab </dev/null
	said '--yes'
	status 0 repair lab --yes
	same_vm "$was"
	on 0.2.0
}

a_mended_host_goes_back_and_up() {
	status 0 rollback lab
	host 1 mode hot
	status 0 upgrade lab 0.2.0
	whole
}

without_its_tarball() {
	again_settled
	rm "$root/.hdeploy/tarballs/0.1.0.tar.gz"
	rm -r "$root/lib/hotcode-0.1.0"
	echo '%%' >>"$root/releases/0.1.0/start_clean.boot"
	status 4 repair lab --yes
	said 'hdeploy push lab 0.1.0 --limit web1'
	status 0 push lab 0.1.0
	status 0 repair lab --yes
	host 1 result unchanged
	status 0 rollback lab
	host 1 mode hot
	status 0 upgrade lab 0.2.0
}

# Each upgrade unpacks nothing, and compares no file that people edit.
edited_scripts_refuse_no_change() {
	again_settled
	echo '# edited' | tee -a "$root/releases/0.1.0/vm.args.src" \
		>>"$root/bin/hotcode-0.1.0"
	status 0 upgrade lab 0.1.0
	host 1 mode hot
	status 0 upgrade lab 0.2.0
	grep -q edited "$root/bin/hotcode-0.1.0" || flunk 'the edit is lost'
	settled
}

# once_restoring: waits until the files of a version are being restored.
once_restoring() {
	until ls "$root"/.hdeploy/ops/*-repair-files-*/pid >/dev/null 2>&1; do
		kill -0 "$run" || flunk 'it ended before that'
		sleep 0.02
	done
}

# The operation that it began continues; the next run waits for its end.
killed_in_the_middle() {
	again_settled
	was=$(vm_id 1)
	(damage_all)
	rm -rf "$root"/.hdeploy/ops/*-repair-files-*
	meanwhile repair lab --yes
	once_restoring
	kill -KILL "$run"
	wait "$run" || :
	status 0 repair lab --yes
	same_vm "$was"
	whole
}

killed_with_its_operation() {
	again_settled
	(damage_all)
	rm -rf "$root"/.hdeploy/ops/*-repair-files-*
	meanwhile repair lab --yes
	once_restoring
	kill -KILL "$run"
	for pid in $(lab_under "$root/.hdeploy/ops"); do
		kill -KILL "$pid" 2>/dev/null || :
	done
	wait "$run" || :
	status 0 repair lab --yes
	whole
}

two_at_once() {
	again_settled
	(damage_all)
	meanwhile repair lab --yes
	got=0
	WAIT=1ms hd --json repair lab --yes >"$LAB/second" 2>&1 || got=$?
	case $got in
	0 | 1 | 5) ;;
	*) flunk "the second: status $got" ;;
	esac
	first=0
	wait "$run" || first=$?
	[ "$first" = 0 ] || [ "$got" = 0 ] || {
		cat "$LAB/second"
		flunk "none of both mended it: $first, $got"
	}
	status 0 repair lab --yes
	whole
}

disk_is_full() {
	again_settled
	(damage_all)
	before=$(find "$root/lib" "$root/releases" "$root/bin" | sort)
	cat /dev/zero >"$root/ballast" 2>/dev/null || :
	status 1 repair lab --yes
	said 'the disk is full'
	equal 'the files' "$(find "$root/lib" "$root/releases" "$root/bin" |
		sort)" "$before"
	rm "$root/ballast"
	status 0 repair lab --yes
	whole
}

check 'a healthy host is not touched' a_healthy_host_is_not_touched
check 'everything is mended at once' everything_is_mended_at_once
rarely 'a mended host goes back and up' a_mended_host_goes_back_and_up
rarely 'without its tarball' without_its_tarball
rarely 'edited scripts refuse no change' edited_scripts_refuse_no_change
rarely 'killed in the middle' killed_in_the_middle
rarely 'killed with its operation' killed_with_its_operation
rarely 'two at once' two_at_once
if [ "${NIGHT-}" != yes ]; then
	:
elif lab_kill_vm 1 && rm -rf "$root" && lab_mount "$root" size=80m 2>/dev/null; then
	rarely 'the disk is full' disk_is_full
else
	echo 'left out, cannot mount here: the disk is full'
fi
check_end
