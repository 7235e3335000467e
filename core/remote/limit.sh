# shellcheck shell=sh
# needs: env process
# Commands with a time limit.

# limited SECONDS COMMAND...: like as_service, in a session of its own. At the
# limit the whole session is ended, and the status is 124.
limited() {
	limited_begin "$@"
	wait "$hd_session"
	hd_status=$?
	limited_end
	return "$hd_status"
}

limited_begin() {
	hd_limit=$1
	shift
	(service_env && exec "$hd_setsid" "$@") &
	hd_session=$!
	(hd_guard "$hd_session" "$hd_limit") >/dev/null 2>&1 3>&- &
	hd_watcher=$!
}

limited_end() {
	kill "$hd_watcher" 2>/dev/null
	wait "$hd_watcher" 2>/dev/null
	[ "$?" != 124 ] || hd_status=124
}

# hd_guard PID SECONDS: ends that session at its limit. PID counts only with its
# time of birth: if the script was killed, the session can end unnoticed, and
# another process can get its number. Calls hd_guarded, if it is set, with the
# number of each second.
hd_guard() {
	birth_of "$1"
	hd_born=$hd_birth
	hd_n=0
	while [ "$hd_n" -lt "$2" ]; do
		"$hd_sleep" 1 &
		wait "$!" # mksh would end its sleep before it dies
		session_lives "$1" "$hd_born" || exit 0
		[ -z "${hd_guarded-}" ] || "$hd_guarded" "$hd_n"
		hd_n=$((hd_n + 1))
	done
	trap '' TERM
	session_end "$1"
	exit 124
}
