# shellcheck shell=sh
# needs: lease_life limit output
# An operation's script runs twice. The outer half waits and enforces the
# deadline; the inner half does the work, in a session of its own that can be
# killed as a whole. Each half records the end if the other was killed, and the
# operation runs while one of them does.

# A watched install runs a third copy, the watcher (watch.sh).

# hd_operation outside|inside|watch SECONDS
hd_operation() {
	hd_folder=${0%/*}
	hd_half=$1
	hd_seconds=$2
	"half_$hd_half"
}

# half_marked FILE [DEADLINE]: records that this half runs; false if it must
# end, because a call found the operation dead before and removed its script.
half_marked() {
	with_reserve process_mark "$hd_folder/$1" "$$" "${2-}" 2>/dev/null
	[ -e "$0" ]
}

half_inside() {
	clock_now
	half_marked inner "$hd_clock $((hd_now + hd_seconds))" || return
	# The call that began the operation has just checked the root.
	hd_checked="$arg_root ${hd_folder%/.hdeploy/ops/*}"
	(hd_main)
	hd_status=$?
	# If it was killed, its children still run in this session.
	[ "$hd_status" = 137 ] || operation_tell "$hd_folder" "$hd_status"
	return "$hd_status"
}

# At its end it wakes the follower (follow.sh) by a pipe, which no program that
# it starts inherits.
half_outside() {
	half_outer 4>&-
	echo 2>/dev/null >&4
}

# half_guarded SECOND: bounds the output. The operation outlives the connection,
# so it keeps the lock until it ends; a short one needs no process for that,
# because the lease holds while it runs, and half_outer does the rest.
half_guarded() {
	output_bound "$hd_folder"
	[ "$1" = 0 ] && [ "$hd_lease" != 0 ] || return 0
	(cd "${hd_folder%/.hdeploy/ops/*}" &&
		lease_keep "$hd_lease" "$$" 25 lease_ended)
}

half_outer() {
	half_marked pid || return
	hd_guarded=half_guarded
	HDEPLOY_PATH=$hd_tools
	export HDEPLOY_PATH
	limited_begin "$hd_seconds" "$hd_sh" "$0" inside \
		</dev/null 3>>"$hd_folder/answers"
	wait "$hd_session"
	hd_status=$?
	while [ "$hd_status" = 137 ] && [ ! -e "$hd_folder/status" ] &&
		operation_inner "$hd_folder"; do
		"$hd_sleep" 1
	done
	limited_end
	operation_tell "$hd_folder" "$hd_status"
	[ "$hd_lease" = 0 ] || ! cd "${hd_folder%/.hdeploy/ops/*}" ||
		lease_ended "$hd_lease"
}
