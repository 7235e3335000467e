# shellcheck shell=sh
# needs: driver app app_process drift facts_host facts_unit folders
# needs: preflight
# The present state of this host, for driver = app. Changes nothing, but counts
# as a keepalive.

# args: [deep now needs variables goal target libs brief]
main() {
	app=$arg_app
	say plain yes
	facts_host
	if [ -d "$arg_root" ]; then
		say root_exists yes
		facts_trust "$arg_root" || return 0
		lease_busy
		facts_env
		facts_disk
		facts_id
		app_facts_boot
		facts_operations
		facts_change
		app_facts_releases
		app_facts_newest
		app_facts_linked "$root"
		app_facts_closed
		app_facts_snapshot
		app_facts_process
		facts_is_brief || app_facts_more
		[ -z "$arg_now" ] || preflight_host
	else
		facts_user
		facts_parent "$arg_root"
		[ -z "$arg_now" ] || preflight_host
		app_facts_linked "$arg_root"
		say vm_state down
	fi
	return 0
}

# A brief answer lacks these (core/plan/facts_rows.c).
app_facts_more() {
	facts_user
	facts_history
	facts_service
	app_facts_service
	app_facts_drift
}

app_facts_boot() {
	app_boots || say refusal "$why"
	[ -z "$boots" ] || say boot "$boots"
}

app_facts_releases() {
	for folder in releases/*/; do
		folder=${folder%/}
		is_version "${folder#releases/}" && [ -d "$folder" ] &&
			[ ! -L "$folder" ] && say unpacked "${folder#releases/}"
	done
	facts_records
}

# The versions, the newest first: by the order of the pushes, others by the time
# of their folder.
app_facts_newest() {
	# shellcheck disable=SC2012
	ls -td releases/*/ .hdeploy/releases/*/record .hdeploy/releases/*/*.part \
		2>/dev/null | sed -e 's,^[.]hdeploy/,,' -e 's,^releases/,,' \
		-e 's,/.*,,' |
		awk '!seen[$0]++ { name[++n] = $0 }
			END { while (n) print name[n--] }' |
		in_order .hdeploy/releases |
		awk '{ name[++n] = $0 } END { while (n) print name[n--] }' |
		while IFS= read -r version; do
			! is_version "$version" || say newest "$version"
		done
}

# The service may run as another user.
app_facts_drift() {
	drift_plain=yes
	on_list=' '
	process_user "${app_pid:-0}"
	vm_user=$hd_user
	drift_records
	drift_versions
	drift_left
	drift_stray
	drift_pins
}

# app_facts_linked ROOT: files that a version would link to and that are missing.
app_facts_linked() {
	lacks=$(printf '%s\n' "$hd_linked_files" | while IFS= read -r name; do
		[ -z "$name" ] || [ -e "$1/shared/$name" ] ||
			[ -L "$1/shared/$name" ] ||
			printf '%s\n' "$1/shared/$name"
	done | facts_some)
	[ -z "$lacks" ] || say unlinked "$lacks"
}

app_facts_closed() {
	who_we_are
	[ "$hd_uid" != 0 ] || return 0
	facts_closed_part - "$root/releases"
}

# The newest snapshot, and the version that ran before that change.
app_facts_snapshot() {
	snapshot_newest
	newest=$hd_newest
	version=
	[ ! -f ".hdeploy/snapshots/$newest/current" ] ||
		read -r version <".hdeploy/snapshots/$newest/current"
	case $newest in
	*[!a-z0-9-]* | '') ;;
	*) ! is_version "$version" || say snapshot "$newest $version" ;;
	esac
}

app_facts_service() {
	[ -z "$hd_unit" ] || [ "$(service_get CanReload)" != no ] ||
		say no_reload yes
}

app_facts_process() {
	app_find
	owner=
	[ -z "$app_pid" ] || service_owner "$app_pid"
	[ -z "$owner" ] || {
		say vm_unit "${owner%% *}"
		say vm_manager "${owner#* }"
	}
	case $app_birth in
	'' | *[!0-9]*) app_birth=0 ;;
	esac
	[ -z "$app_pid" ] || {
		say vm_pid "$app_pid"
		say vm_creation "$app_birth"
	}
	say vm_state "$app_state"
	case $app_state-$app_word in
	unreachable*) say vm_why "$app_why" ;;
	up-yes) say vm_word "$app_version" ;;
	up-) say vm_script "$app_version" ;;
	esac
	[ -z "$app_stale" ] || say vm_stale "$app_stale"
}
