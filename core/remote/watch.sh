# shellcheck shell=sh disable=SC2015,SC2034,SC2154
# What stays on the host while a version is installed and not permanent: it goes
# back to the old one when whoever watches the new one is gone, or late.

# watch_begin VERSION CHANGE SECONDS OLD: in a session of its own.
watch_begin() {
	told with_reserve watch_mark "$2" ||
		fail "$root/.hdeploy/watching cannot be written: $(reason)"
	(hd_again "$0" watch) </dev/null >/dev/null 2>&1 &
}

watch_mark() { # CHANGE
	printf '%s\n' "$1" | write_file .hdeploy/watching
}

# watch_main ROOT APP VERSION CHANGE up|down SECONDS OLD keep|end
watch_main() {
	app=$2
	enter_root "$1"
	is_version "$3" && is_version "$7" || return
	with_reserve process_mark .hdeploy/watcher # a restart of the host ends it
	clock_now
	until=$((hd_now + $6))
	while watch_waits "$8"; do
		sleep 2
		watch_goes_on "$4" || return 0
	done
	watch_goes_on "$4" && watch_take "$3" "$4" "$7" || return 0
	(watch_back "$7" "$8") && watch_record "$3" "$4" "$7"
	: >".hdeploy/released.$lease_n"
	rm -f ".hdeploy/returning.$hd_lease"
}

# watch_waits keep|end: for the run, while it holds its lease and has time; then
# for the processes that going back would end.
watch_waits() {
	lease_seconds "$hd_lease"
	clock_now
	[ "$lease_left" = 0 ] || [ "$hd_now" -ge "$until" ] || return 0
	[ "$1" = keep ] && old_code_runs
}

watch_back() {
	[ "$2" = keep ] || old_code_end
	driver_install "$1"
}

# watch_goes_on CHANGE: nobody made it permanent, undid it, or took this host.
watch_goes_on() {
	[ "$(cat .hdeploy/watching 2>/dev/null)" = "$1" ] || return 1
	lease_newest
	[ "$lease_n" = "$hd_lease" ] && return
	rm -f .hdeploy/watching
	return 1
}

# watch_take VERSION CHANGE OLD: from here on the run is too late. An operation
# of it that was let in before removes the file first, and then looks for the
# other: one of the two finds out.
watch_take() {
	mv .hdeploy/watching ".hdeploy/returning.$hd_lease" 2>/dev/null ||
		return 1
	lease_publish "$((hd_lease + 1))" "watch-$2" "this host itself" \
		"going back to $3: $1 was not made permanent in time" '' ||
		return 1
	lease_newest
	(umask 077 && echo 0 0 0 >".hdeploy/connection.$lease_n") # nobody's
	lease_keep "$lease_n" "$$" 25 :
}

# watch_record VERSION CHANGE OLD: as a change that went back.
watch_record() {
	line=$(printf '{"id":"%s","time":"%s","who":"%s","command":"%s",' \
		"$2" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "this host itself" \
		"$(change_command <.hdeploy/change)"
		printf '"from":"%s","to":"%s","result":"undone"}' "$3" "$1")
	with_reserve history_add "$line" && change_end "$2"
}
