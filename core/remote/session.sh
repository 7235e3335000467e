# shellcheck shell=sh
# needs: lease_life limit
# What the script of an operation does in its own session. It comes to life
# twice: outside, it waits and keeps the deadline; inside, in a second session
# that can be ended as a whole, it does the work. Each half says how it ended if
# the other was killed, and the operation goes on while one of them does.

# An install that is watched comes to life once more to do that (watch.sh).

# hd_operation outside|inside|watch SECONDS
hd_operation() {
	hd_folder=${0%/*}
	hd_half=$1
	hd_seconds=$2
	"half_$hd_half"
}

# half_marked FILE [DEADLINE]: tells that it is there; false if whoever looked
# before that did not wait for it.
half_marked() {
	with_reserve process_mark "$hd_folder/$1" "$$" "${2-}" 2>/dev/null
	[ -e "$0" ]
}

half_inside() {
	clock_now
	half_marked inner "$hd_clock $((hd_now + hd_seconds))" || return
	(main)
	hd_status=$?
	# One that was killed leaves in this session what it had begun.
	[ "$hd_status" = 137 ] || operation_tell "$hd_folder" "$hd_status"
	return "$hd_status"
}

half_outside() {
	half_marked pid || return
	# What was begun goes on when the connection breaks, and nobody else may
	# begin until it has ended.
	[ "$hd_lease" = 0 ] || (cd "${hd_folder%/.hdeploy/ops/*}" &&
		lease_keep "$hd_lease" "$$" 25 lease_ended)
	limited_begin "$hd_seconds" "$(command -v env)" \
		HDEPLOY_PATH="$hd_tools" "$hd_sh" "$0" inside \
		</dev/null 3>>"$hd_folder/answers"
	wait "$hd_session"
	hd_status=$?
	while [ "$hd_status" = 137 ] && [ ! -e "$hd_folder/status" ] &&
		operation_inner "$hd_folder"; do
		"$hd_sleep" 1
	done
	limited_end
	operation_tell "$hd_folder" "$hd_status"
}
