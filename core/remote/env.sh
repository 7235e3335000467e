# shellcheck shell=sh
# The service's environment: the login's, then env_file and env.NAME of
# deploy.ini.

# service_env: turns this shell's environment into the service's, with
# reach_hint if hd_port is set. For a subshell: afterwards only variables named
# hd_* are reliable.
service_env() {
	umask "$hd_umask"
	unset LC_ALL
	hd_pwd=$PWD
	eval "$hd_login"
	PWD=$hd_pwd
	hd_env && { [ -z "${hd_port-}" ] || reach_hint; }
}

# as_service COMMAND...: runs it in that environment. A process that it leaves
# must not hold the answers open.
as_service() (
	exec 3>&-
	service_env && "$@"
)

# hd_again SCRIPT WORD: becomes a shell that runs SCRIPT in a session of its own
# and in the service's environment. login.sh in SCRIPT separates ours again.
hd_again() {
	exec 3>&-
	service_env && HDEPLOY_PATH=$hd_tools && export HDEPLOY_PATH &&
		exec "$hd_setsid" "$hd_sh" "$@"
}

# service_value NAME: prints the value of that variable in the service's
# environment. For a subshell.
service_value() {
	service_env && eval "put \"\${$1-}\""
}

# put TEXT: prints it, and never in the arguments of a program, which other users
# can see: mksh has no printf of its own. hd_printf: login.sh.
put() {
	case $hd_printf in
	printf) printf '%s' "$1" ;;
	*) print -nr -- "$1" ;; # in mksh
	esac
}

# reach_hint: for one command in the service's environment: makes relx call a
# port by erl_call, and keeps a second VM that it starts from asking epmd.
reach_hint() {
	ERL_ZFLAGS="${ERL_ZFLAGS:+$ERL_ZFLAGS }-erl_epmd_port $hd_port\
 -start_epmd false -dist_listen false"
	export ERL_ZFLAGS
	[ -n "${ERL_DIST_PORT-}" ] ||
		grep -qs '{ERL_DIST_PORT[:}]' releases/*/*.src && return
	ERL_DIST_PORT=$hd_port
	export ERL_DIST_PORT
}
