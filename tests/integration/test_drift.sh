#!/bin/sh
# A host that is no longer as hdeploy left it: status names what drifted, repair
# mends it, and nothing else changes. The kinds one by one: nightly, test_repair_all.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
LAB_HOSTS=1
lab_open
. tests/support/damage.sh
. tests/support/drift.sh

# quiet NAME: status without --deep does not find it.
quiet() {
	hd --json status lab >"$LAB/events" 2>"$LAB/out" || :
	! found "$1" || flunk "it found $1"
}

many_kinds_at_once() {
	again_settled
	was=$(vm_id 1)
	(
		cd "$root"
		sed -i s/0.2.0/0.1.0/ releases/start_erl.data
		tar -xzf "$FIXTURES/0.2.0.tar.gz" releases/RELEASES
		rm -r lib/hotcode-0.1.0 bin/hotcode-0.1.0 bin/nodetool
		rm erts-*/bin/heart lib/hotcode-0.2.0/ebin/hotcode_app.beam
		echo x >>lib/hotcode-0.2.0/ebin/hotcode.app
		echo x >releases/notes.txt
		leave
	)
	shows boot-pointers
	for name in list-short library-gone runtime-gone script-gone files-gone \
		files-changed leftover-upload leftover-scratch leftover-unpack \
		leftover-switch stray-files; do
		found "$name" || flunk "status did not find $name"
	done
	status 1 status lab
	said 'hdeploy repair lab --limit web1'
	status 0 repair lab --yes
	same_vm "$was"
	runs 1 0.2.0
	boots 1 0.2.0
	[ -e "$root/releases/notes.txt" ] || flunk 'a foreign file is gone'
	rm "$root/releases/notes.txt"
	whole
}

content_alone_changed() {
	again_settled
	name=$root/lib/hotcode-0.2.0/ebin/hotcode.app
	touch -r "$name" "$LAB/time"
	sed -i s/hotcode/hotc0de/ "$name"
	touch -r "$LAB/time" "$name"
	quiet files-changed
	shows files-changed
	status 0 repair lab --yes
	host 1 result ok
	status 0 status lab --deep
}

# A push brings what no repair can make.
what_is_kept_is_lost() {
	again_settled
	printf x | dd of="$root/.hdeploy/tarballs/0.1.0.tar.gz" bs=1 seek=99 \
		conv=notrunc 2>/dev/null
	quiet tarball-damaged
	shows tarball-damaged
	said 'hdeploy push lab 0.1.0'
	rm "$root/.hdeploy/tarballs/0.1.0.tar.gz"
	shows tarball-gone
	status 0 push lab 0.1.0
	status 0 status lab --deep
}

its_record_is_lost() {
	again_settled
	rm "$root/.hdeploy/releases/0.1.0/record"
	shows record-gone
	status 0 push lab 0.1.0
	status 0 status lab --deep
}

# It does not fail: the version that it leads to is sound.
a_change_names_what_it_found() {
	again_settled
	rm "$root/.hdeploy/tarballs/0.2.0.tar.gz"
	status 0 restart lab
	host 1 result ok
	said 'the kept tarball of 0.2.0 is gone'
	status 0 push lab 0.2.0
	on 0.2.0
}

check 'many kinds of drift at once' many_kinds_at_once
check 'only the content of a file changed' content_alone_changed
check 'the tarball is lost' what_is_kept_is_lost
rarely 'the record is lost' its_record_is_lost
check 'a change names the drift that it found' a_change_names_what_it_found
check_end
