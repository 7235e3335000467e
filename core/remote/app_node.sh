# shellcheck shell=sh
# needs: app_process control_wait said service
# Starts, stops and reloads the program by systemd, by commands of deploy.ini or
# by the pid file, and waits for the result.

# app_begin start|stop|restart|reload VERSION: runs in the background, as
# control_begin of node.sh does.
app_begin() {
	clock_now
	control_until=$((hd_now + hd_seconds - 15))
	control_status=
	said_begin
	if [ -n "$hd_unit" ]; then
		vm_pid=$app_pid # for service_begin
		service_begin "$1"
		control_name="systemctl $service_verb $hd_unit"
	else
		command_given "$1" || fail "deploy.ini has no command.$1"
		command_text "$1" "$2"
		control_name="command.$1"
		(command_env "$2" "$hd_setsid" "$hd_sh" -c "$hd_command") &
	fi
	control_pid=$!
	control_mark
}

# app_came VERSION GRACE: waits until the program has run from VERSION ("": from
# any) for a second, in one process. After GRACE seconds another version, or
# none that is known, is a failure.
app_came() {
	same='' since='' strange=''
	while :; do
		app_find
		clock_now
		if [ "$app_state" = up ] && app_is "$1" && app_done; then
			if [ "$same" != "$app_pid.$app_birth" ]; then
				[ -z "$same" ] || app_not_started \
					"it ended while it started"
				same=$app_pid.$app_birth
				since=$hd_now
			fi
			[ "$hd_now" -lt "$((since + 2))" ] || break
		elif [ "$app_state" != down ] && app_done; then
			strange=${strange:-$hd_now}
			[ "$hd_now" -lt "$((strange + $2))" ] ||
				app_not_started "$(app_elsewhere "$1")"
		elif [ -n "$same" ]; then
			app_not_started "it ended while it started"
		elif control_ended; then
			[ "$control_status" = 0 ] || app_not_started \
				"$control_name ended with status $control_status$(said_last)"
			[ -z "$hd_unit" ] || ! service_ended ||
				app_not_started "$hd_unit ended at once"
		fi
		! control_late || app_not_started \
			"it did not come up within $((hd_seconds - 15)) s\
${app_why:+: $app_why}"
		nap
	done
	birth_of "$app_pid"
	# command.start can itself be the program
	[ "$hd_in" = "$control_pid" ] || control_end "$app_pid"
}

app_is() { # VERSION
	[ "$app_version" = "${1:-$app_version}" ]
}

# app_done: whether systemctl or the command succeeded. A command that is the
# program itself need not end.
app_done() {
	if control_ended; then
		[ "$control_status" = 0 ]
	else
		[ -z "$hd_unit" ] && [ -n "$app_pid" ] && {
			birth_of "$app_pid"
			[ "$hd_in" = "$control_pid" ]
		}
	fi
}

app_elsewhere() { # VERSION
	if [ "$app_state" = up ]; then
		echo "process $app_pid still runs from\
 $root/releases/$app_version, not from releases/$1: does it start in\
 $root/current?"
	else
		echo "$app_why"
	fi
}

# app_not_started WHY: within a change the way back follows at once. Otherwise
# nothing half started may stay.
app_not_started() {
	control_ended || control_give_up
	if [ -n "$hd_unit" ]; then
		result=$(service_get Result)
		restarts=$(service_get NRestarts)
		service_tell
		[ -s .hdeploy/change ] || service_stop
		case $restarts in
		0 | '') restarts= ;;
		*) restarts=", $restarts restarts" ;;
		esac
		fail "$app does not run as it should: $1 (result of $hd_unit:" \
			"${result:-unknown}$restarts)$service_said"
	fi
	fail "$app does not run as it should: $1$(said_last)"
}

# app_halt VERSION: stops it, and waits until that process is gone.
app_halt() {
	halted=$app_pid halted_birth=$app_birth
	if [ -z "$hd_unit" ] && ! command_given stop; then
		app_term
	else
		app_begin stop "$1"
	fi
	until app_halted; do
		[ -z "$control_name" ] || ! control_ended ||
			[ "$control_status" = 0 ] ||
			fail "$control_name ended with status" \
				"$control_status$(said_last); $app still runs"
		! control_late || {
			[ -z "$control_name" ] || control_give_up
			fail "$app${halted:+ (process $halted)} did not stop" \
				"within $((hd_seconds - 15)) s"
		}
		nap
	done
	[ -z "$control_name" ] || control_end "$halted"
}

# app_term: the pid file names a process that runs from one of our versions.
app_term() {
	[ "$app_state" = up ] && [ -z "$app_word" ] ||
		fail "$app is not stopped: ${app_why:-set command.stop}"
	clock_now
	control_until=$((hd_now + hd_seconds - 15))
	control_name=
	told kill -TERM "$app_pid" ||
		fail "process $app_pid cannot be stopped: $(reason)"
}

app_halted() {
	if [ -n "$halted" ]; then
		birth_of "$halted"
		[ "$hd_birth" != "$halted_birth" ]
	else
		app_find
		[ "$app_state" = down ]
	fi
}
