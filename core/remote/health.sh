# shellcheck shell=sh
# needs: driver lease_life limit trust
# Runs a health check of the user: "output" is the end of its output. The status
# is the check's, or HD_OP_DEADLINE.

# args: command
main() {
	enter_root "$arg_root"
	lease_busy
	text=$({
		health_try "$arg_command" 2>&1 3>&-
		printf '\n%s' "$?"
	} | tail -c 3000)
	say output "${text%
*}"
	return "${text##*
}"
}

# Kills the processes that the check left: they would hold its output open.
health_try() {
	limited "$hd_seconds" "$hd_sh" -c "$1"
	hd_tried=$?
	kill -KILL "-$hd_session" 2>/dev/null
	return "$hd_tried"
}
