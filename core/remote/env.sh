# shellcheck shell=sh
# The service's environment: the login's, then env_file and env.NAME of
# deploy.ini.

# service_env: turns this shell's environment into the service's: the login's,
# then env_file and env.NAME of deploy.ini; with hd_port, reach_hint. In a
# subshell: after it only variables named hd_* can be relied on.
service_env() {
	umask "$hd_umask"
	unset LC_ALL
	hd_pwd=$PWD
	eval "$hd_login"
	PWD=$hd_pwd
	hd_env && { [ -z "${hd_port-}" ] || reach_hint; }
}

# as_service COMMAND...: with that. Nothing that it leaves behind may hold the
# answers open.
as_service() (
	exec 3>&-
	service_env && "$@"
)

# hd_again SCRIPT WORD: becomes a shell that runs SCRIPT in a session of its own,
# and in the service's environment, of which it makes both again.
hd_again() {
	exec 3>&-
	service_env && HDEPLOY_PATH=$hd_tools && export HDEPLOY_PATH &&
		exec "$hd_setsid" "$hd_sh" "$@"
}

# service_value NAME: of a variable for the service.
service_value() (
	service_env && eval "printf '%s' \"\${$1-}\""
)

# reach_hint: in the service's environment, for one command: relx uses erl_call
# at a port, and a second VM that it starts does not ask epmd.
reach_hint() {
	ERL_ZFLAGS="${ERL_ZFLAGS:+$ERL_ZFLAGS }-erl_epmd_port $hd_port\
 -start_epmd false -dist_listen false"
	export ERL_ZFLAGS
	[ -n "${ERL_DIST_PORT-}" ] ||
		grep -qs '{ERL_DIST_PORT[:}]' releases/*/*.src && return
	ERL_DIST_PORT=$hd_port
	export ERL_DIST_PORT
}
