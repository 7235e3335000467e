# shellcheck shell=sh disable=SC3013
# needs: command process trust unit
# Finds the program's main process, and the version whose folder it runs from.
# systemd names the process of a unit, else the pid file does. Both are root's or
# ours; what other users start decides nothing. hd_pid_file: deploy.ini.

# app_find: sets app_state: down, up, or unreachable with app_why; app_pid, empty
# if it is not known, and app_birth; app_version, and app_word=yes if
# command.running printed it; app_stale if the process runs files that were
# deleted or replaced.
app_find() {
	app_state=down app_pid='' app_birth='' app_version='' app_why=''
	app_word='' app_stale=''
	if [ -n "$hd_unit" ]; then
		app_of_unit
	elif [ -n "$hd_pid_file" ]; then
		app_of_file
	elif ! command_given running; then
		app_lost "$app cannot be found: set service, pid_file or\
 command.running in deploy.ini"
	fi
	case $app_state in
	up) command_given running || app_place ;;
	unreachable) return ;;
	down) [ -z "$hd_unit$hd_pid_file" ] || return 0 ;;
	esac
	! command_given running || app_ask
}

app_lost() { # WHY
	app_state=unreachable
	app_why=$1
}

app_of_unit() {
	app_pid=$(service_get MainPID)
	case $app_pid in
	'' | 0 | *[!0-9]*)
		app_pid=
		case $(service_get ActiveState) in
		active | reloading) app_lost "$hd_unit is active but has no\
 main process: use Type=exec or simple, or PIDFile= with Type=forking" ;;
		esac
		;;
	*) app_take ;;
	esac
}

# app_take: whether process app_pid lives.
app_take() {
	birth_of "$app_pid"
	app_birth=$hd_birth
	if [ -n "$app_birth" ]; then
		app_state=up
	else
		app_pid=
	fi
}

# Another user could write any number into a file that is not trusted. A process
# of another user is not the program: only root can start that.
app_of_file() {
	app_file=$hd_pid_file
	case $app_file in
	/*) ;;
	*) app_file=$root/$app_file ;;
	esac
	[ -e "$app_file" ] || [ -L "$app_file" ] || return 0
	trusted "$app_file" || {
		app_lost "pid_file $app_file is not used: $why"
		return
	}
	[ -f "$app_file" ] && app_pid=$(head -c 32 "$app_file" 2>/dev/null)
	case $app_pid in
	'' | 0* | *[!0-9]*)
		app_pid=
		app_lost "pid_file $app_file does not contain a process id: remove\
 the file if $app is down"
		return
		;;
	esac
	app_take
	who_we_are
	process_user "${app_pid:-0}"
	[ -z "$app_pid" ] || [ "$hd_uid" = 0 ] || [ "$hd_user" = "$hd_uid" ] ||
		app_lost "process $app_pid, which pid_file $app_file names,\
 belongs to another user: remove the file if $app is down"
}

# app_place: the version that it runs from, as the kernel sees it: the folder of
# its program, else its working folder. A process that has just begun first has
# those of the process that began it.
app_place() {
	naps=0
	until app_runs_from; do
		naps=$((naps + 1))
		[ "$naps" -lt 8 ] || break
		nap
		birth_of "$app_pid"
		[ "$hd_birth" = "$app_birth" ] || {
			app_state=down app_pid=''
			return
		}
	done
	[ -z "$app_version" ] || return 0
	[ -n "$app_exe$app_cwd" ] || {
		process_user "$app_pid"
		user=$(user_name "$hd_user")
		app_lost "$(id -un) cannot see where process $app_pid of user\
 $user runs from: set run_as to a user who can (root can), or command.running"
		return
	}
	app_fix="set WorkingDirectory=$root/current in $hd_unit"
	[ -n "$hd_unit" ] || app_fix="remove $app_file if that is not $app, else\
 start it in $root/current"
	app_lost "process $app_pid runs outside $root/releases/ (its program is\
 ${app_exe:-hidden}, its folder ${app_cwd:-hidden}): $app_fix, or set\
 command.running in deploy.ini"
}

app_runs_from() {
	app_exe=$(readlink "/proc/$app_pid/exe" 2>/dev/null)
	app_cwd=$(readlink "/proc/$app_pid/cwd" 2>/dev/null)
	app_below "$app_exe" exe || app_below "$app_cwd" cwd
}

# app_below PATH exe|cwd: whether PATH, to which that link of the process leads,
# is in a version's folder, and not in a folder of the same name in a container.
app_below() {
	path=$1
	case $path in
	"$root/releases/"*) ;;
	*) return 1 ;;
	esac
	if ! [ "/proc/$app_pid/$2" -ef "$path" ]; then
		case $path in
		*' (deleted)') path=${path%' (deleted)'} ;;
		*) return 1 ;;
		esac
		app_stale="process $app_pid runs from $path, which was deleted\
 or replaced"
	fi
	path=${path#"$root/releases/"}
	is_version "${path%%/*}" && app_version=${path%%/*}
}

# app_ask: command.running knows the version.
app_ask() {
	app_version=$(command_word running)
	case $? in
	0) app_state=up app_word=yes ;;
	1) [ -z "$app_pid" ] || app_lost "command.running reports that nothing\
 runs, but process $app_pid does" ;;
	*) app_lost "command.running printed no version" ;;
	esac
}
