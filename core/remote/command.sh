# shellcheck shell=sh
# needs: lib limit
# The commands of deploy.ini, command.NAME, which replace actions of the driver:
# hd_command_NAME, empty if it is not set.

# command_given NAME
command_given() {
	eval "[ -n \"\${hd_command_$1-}\" ]"
}

# command_text NAME [VERSION]: sets hd_command, with {version} replaced.
command_text() {
	eval "hd_rest=\$hd_command_$1"
	hd_command=
	while :; do
		case $hd_rest in
		*"{version}"*) ;;
		*) break ;;
		esac
		is_version "${2-}" ||
			fail "command.$1 needs {version}, which is not known"
		hd_command=$hd_command${hd_rest%%"{version}"*}$2
		hd_rest=${hd_rest#*"{version}"}
	done
	hd_command=$hd_command$hd_rest
}

# command_env VERSION COMMAND...: becomes COMMAND, in the service's environment
# with HDEPLOY_APP and HDEPLOY_VERSION.
command_env() {
	exec 3>&-
	HDEPLOY_APP=$app
	HDEPLOY_VERSION=$1
	shift
	service_env && export HDEPLOY_APP HDEPLOY_VERSION && exec "$@"
}

# command_run NAME VERSION: runs it in the root, in that environment.
command_run() {
	command_text "$1" "$2"
	(command_env "$2" "$hd_sh" -c "$hd_command")
}

# command_word NAME: the version that the command prints as its last line.
# Status 1: the command failed, which means that there is none; 2: that is not
# known.
command_word() {
	command_text "$1"
	hd_text=$(command_limited 2>/dev/null 3>&- |
		tr -d '\r' | sed '/^$/d' | tail -n 2)
	hd_word=${hd_text%
*}
	case ${hd_text##*
} in
	'status 0') is_version "$hd_word" && echo "$hd_word" || return 2 ;;
	'status 12'[467]) return 2 ;;
	'status '*) return 1 ;;
	*) return 2 ;;
	esac
}

# Its output, then its status as a line. Kills the processes that it left: they
# would hold the output open.
command_limited() {
	limited 10 "$(command -v env)" HDEPLOY_APP="$app" HDEPLOY_VERSION= \
		"$hd_sh" -c "$hd_command"
	hd_tried=$?
	kill -KILL "-$hd_session" 2>/dev/null
	printf '\nstatus %s\n' "$hd_tried"
}

# control_is_ours: whether hdeploy itself runs bin/<app> to start the VM.
control_is_ours() {
	[ -z "$hd_unit" ] && ! command_given start
}
