# shellcheck shell=sh
# needs: change driver_install lease_life vm_do
# The watcher: runs on the host while a version is installed and not permanent,
# and reverts to the old version if the run is gone or late.

# watch_begin: starts it in a session of its own. The watcher reads the
# arguments of install.sh.
watch_begin() {
	told with_reserve watch_mark ||
		fail "$root/.hdeploy/watching cannot be written: $(reason)"
	(hd_again "$0" watch) </dev/null >/dev/null 2>&1 &
}

watch_mark() {
	printf '%s\n' "$arg_change" | write_file .hdeploy/watching
}

watch_main() {
	app=$arg_app
	enter_root "$arg_root"
	is_version "$arg_version" && is_version "$arg_old" || return
	with_reserve process_mark .hdeploy/watcher # a reboot ends the watcher
	clock_now
	until=$((hd_now + arg_seconds))
	while watch_waits; do
		sleep 2
		watch_goes_on || return 0
	done
	watch_goes_on && watch_take || return 0
	(watch_back) && watch_record
	: >".hdeploy/released.$lease_n"
	rm -f ".hdeploy/returning.$hd_lease"
}

# watch_waits: whether to wait: for the run, while it holds its lease and has
# time left; then, with policy keep, for the processes that reverting would
# kill.
watch_waits() {
	lease_seconds "$hd_lease"
	clock_now
	[ "$lease_left" = 0 ] || [ "$hd_now" -ge "$until" ] || return 0
	[ "$arg_policy" = keep ] && old_code_runs
}

watch_back() {
	[ "$arg_policy" = keep ] || old_code_end
	driver_install "$arg_old"
}

# watch_goes_on: whether nobody has made the version permanent, undone the
# change, or taken the lock.
watch_goes_on() {
	[ "$(cat .hdeploy/watching 2>/dev/null)" = "$arg_change" ] || return 1
	lease_newest
	[ "$lease_n" = "$hd_lease" ] && return
	rm -f .hdeploy/watching
	return 1
}

# watch_take: takes the lock; from here on the run is too late. This renames the
# file; an operation of the run first removes it, then looks for the new name
# (operation.sh). So at most one of the two acts.
watch_take() {
	mv .hdeploy/watching ".hdeploy/returning.$hd_lease" 2>/dev/null ||
		return 1
	lease_publish "$((hd_lease + 1))" "watch-$arg_change" "this host itself" \
		"reverting to $arg_old: $arg_version was not made permanent\
 in time" '' ||
		return 1
	lease_newest
	private put_line ".hdeploy/connection.$lease_n" '0 0 0' # no process
	lease_keep "$lease_n" "$$" 25 :
}

# watch_record: records the change as undone.
watch_record() {
	line=$(history_line "$arg_change" "this host itself" \
		"$(line_command <.hdeploy/change)" \
		"$arg_old" "$arg_version" undone)
	with_reserve history_add "$line" && journal_end "$arg_change"
}

# In this process alone: a child could outlive it unseen.
half_watch() {
	watch_main 3>/dev/null
}
