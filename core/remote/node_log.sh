# shellcheck shell=sh
# needs: env
# The log that the release's control script has the VM write.

# node_log: sets log to the newest log that run_erl wrote, in the usual folders
# and those that the service's environment names; "" if there is none.
node_log() {
	set -- "$root/log" "$root/var/log" "$root/tmp/log"
	for name in RUNNER_LOG_DIR RELEASE_MUTABLE_DIR RELEASE_TMP; do
		log=$(service_value "$name" 2>/dev/null)
		case $log in
		'') continue ;;
		/*) ;;
		*) log=$root/$log ;;
		esac
		[ "$name" = RUNNER_LOG_DIR ] || log=$log/log
		set -- "$@" "$log"
	done
	for folder; do
		shift
		for log in "$folder"/erlang.log.*; do
			[ ! -f "$log" ] || set -- "$@" "$log"
		done
	done
	log=
	# shellcheck disable=SC2012
	[ "$#" = 0 ] || log=$(ls -t "$@" | head -n 1)
}
