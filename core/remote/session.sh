# shellcheck shell=sh disable=SC2015,SC2034,SC2154
# What the script of an operation does in its own session. It comes to life
# twice: outside, it waits, keeps the deadline and writes the status down;
# inside, in a second session that can be ended as a whole, it does the work.

# An install that is watched comes to life once more to do that (watch.sh).

# hd_operation outside|inside|watch SECONDS ARG...
hd_operation() {
	if [ "$1" = watch ]; then
		hd_setup
		hd_seconds=$2
		shift 2
		(watch_main "$@") 3>/dev/null
		return
	fi
	if [ "$1" = inside ]; then
		hd_setup
		hd_seconds=$2
		shift 2
		(main "$@")
		return
	fi
	hd_folder=${0%/*}
	hd_service=$PATH
	PATH=$HDEPLOY_PATH
	with_reserve process_mark "$hd_folder/pid" 2>/dev/null
	# What was begun goes on when the connection breaks, and nobody else may
	# begin until it has ended.
	[ "$hd_lease" = 0 ] || (cd "${hd_folder%/.hdeploy/ops/*}" &&
		lease_keep "$hd_lease" "$$" 25 lease_ended)
	hd_setsid=$(command -v setsid)
	hd_sleep=$(command -v sleep)
	limited "$2" "$(command -v env)" PATH="$hd_service" \
		"$(command -v sh)" "$0" inside </dev/null 3>>"$hd_folder/answers"
	# In place: there may be no room for another file.
	printf '%-7s' "$?" 1<>"$hd_folder/status.new"
	mv -f "$hd_folder/status.new" "$hd_folder/status"
}
