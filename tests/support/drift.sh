# shellcheck shell=sh disable=SC2034,SC2154
# Kinds of drift, on web1, which runs 0.2.0 after an upgrade from 0.1.0. Source it
# after damage.sh.

# settled: web1 as described.
settled() {
	lab_kill_vm 1
	mkdir -p "$root"
	lab_clean "$root"
	if [ -d "$LAB/settled" ]; then
		cp -a "$LAB/settled/." "$root"
		status 0 start lab
	else
		status 0 push lab 0.1.0
		status 0 start lab
		status 0 push lab 0.2.0
		status 0 upgrade lab 0.2.0
		status 0 status lab
		cp -a "$root" "$LAB/settled"
	fi
}

# again_settled: the same, but keeps the host if the last case left it in order.
again_settled() {
	(runs 1 0.2.0 && boots 1 0.2.0 && hd status lab) >/dev/null 2>&1 ||
		settled
}

# tree: one word for all files of web1, with content, mode, owner, time and
# inode, except what the node itself writes.
tree() {
	(cd "$root" && find . ! -path './log*' ! -path './.hdeploy' \
		-exec stat -c '%n %i %a %u %s %Y' {} + | sort
	find . -type f ! -path './log*' -exec sha256sum {} + | sort) |
		sha256sum
}

# same_vm ID: still that VM
same_vm() {
	equal 'the VM' "$(vm_id 1)" "$1"
}

# drifted NAME COMMAND...: COMMAND damages web1; status shows the finding NAME;
# repair mends it, the VM stays, and after a crash boots the same version.
drifted() {
	name=$1
	shift
	again_settled
	was=$(vm_id 1)
	(cd "$root" && "$@")
	shows "$name"
	status 0 repair lab --yes
	host 1 result ok
	same_vm "$was"
	whole
}

# shows NAME: status finds it.
shows() {
	hd --json status lab --deep >"$LAB/events" 2>"$LAB/out" || :
	found "$1" || flunk "status did not find $1"
}

found() { # NAME
	jq -es --arg n "$1" 'any(.[]; .event == "finding" and .name == $n)' \
		"$LAB/events" >/dev/null
}

# whole: nothing is left to repair; a crash and a start boot 0.2.0; layout.
whole() {
	status 0 status lab
	status 0 repair lab --yes
	host 1 result unchanged
	layout 1
	lab_kill_vm 1
	status 0 start lab
	on 0.2.0
	status 0 repair lab --yes
	host 1 result unchanged
}

a_healthy_host_is_not_touched() {
	again_settled
	was=
	# the keeper of the last lock writes for a moment
	until [ "$(tree)" = "$was" ]; do
		was=$(tree)
		sleep 1
	done
	status 0 repair lab --yes
	host 1 result unchanged
	equal 'the tree' "$(tree)" "$was"
}

drift_kinds='boot_file boot_file_garbage boot_file_other script_pointer
list_gone list_garbage list_short list_unread release_gone library_gone
runtime_gone script_gone files_gone files_changed manifest_gone
manifest_damaged leftovers owner'

drift_boot_file() { drifted boot-file rm releases/start_erl.data; }
drift_boot_file_garbage() {
	drifted boot-file sh -c 'echo garbage >releases/start_erl.data'
}
drift_boot_file_other() {
	drifted boot-pointers sh -c 'sed -i s/0.2.0/0.1.0/ releases/start_erl.data'
}
drift_script_pointer() {
	drifted boot-pointers cp bin/hotcode-0.1.0 bin/hotcode
}
drift_list_gone() { drifted list-gone rm releases/RELEASES; }
drift_list_garbage() {
	drifted list-garbage sh -c 'echo garbage >releases/RELEASES'
}
# as after `tar -x` of the release over the root
drift_list_short() {
	drifted list-short tar -xzf "$FIXTURES/0.2.0.tar.gz" releases/RELEASES
}
list_lost_at_a_start() {
	rm releases/RELEASES
	lab_kill_vm 1
	lab_env 1 bin/hotcode daemon
	until (runs 1 0.2.0) >/dev/null 2>&1; do sleep 0.1; done
}
drift_list_unread() {
	again_settled
	(cd "$root" && list_lost_at_a_start)
	status 4 rollback lab
	said 'hdeploy repair lab --limit web1'
	was=$(vm_id 1)
	status 0 repair lab --yes
	same_vm "$was"
	status 0 rollback lab
	host 1 mode hot
	status 0 upgrade lab 0.2.0
	whole
}
drift_release_gone() { drifted release-gone rm -r releases/0.1.0; }
drift_library_gone() { drifted library-gone rm -r lib/hotcode-0.2.0; }
drift_runtime_gone() {
	drifted runtime-gone sh -c 'rm erts-*/bin/erlexec erts-*/bin/heart'
}
drift_script_gone() { drifted script-gone rm bin/hotcode-0.2.0; }
drift_files_gone() {
	drifted files-gone rm lib/hotcode-0.2.0/ebin/hotcode_app.beam \
		releases/0.2.0/start.boot
}
drift_files_changed() {
	drifted files-changed sh -c 'echo x >>lib/hotcode-0.2.0/ebin/hotcode.app
		echo y >>releases/0.1.0/relup'
}
drift_manifest_gone() {
	drifted manifest-gone rm .hdeploy/releases/0.1.0/manifest
}
drift_manifest_damaged() {
	drifted manifest-damaged sed -i 1d .hdeploy/releases/0.2.0/manifest
}
leave() {
	mkdir -p .hdeploy/tmp/lib .hdeploy/snapshot.new .hdeploy/releases/0.7.0 \
		releases/0.7.0
	echo x | tee .hdeploy/tmp/lib/x .hdeploy/releases/0.7.0/tarball.part \
		.hdeploy/change.new releases/RELEASES.new bin/hotcode.new \
		releases/0.7.0/sys.config >/dev/null
}
drift_leftovers() {
	again_settled
	was=$(vm_id 1)
	(cd "$root" && leave)
	shows leftover-scratch
	for name in leftover-upload leftover-switch leftover-unpack; do
		found "$name" || flunk "status did not find $name"
	done
	status 0 repair lab --yes
	same_vm "$was"
	[ ! -e "$root/releases/0.7.0" ] || flunk 'releases/0.7.0 is left'
	whole
}
drift_owner() {
	[ "$(id -u)" = 0 ] || return 0
	drifted owner sh -c "chown 12345 lib/runtime_tools-*/priv/lib/dyntrace.so"
}
