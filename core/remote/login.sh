# shellcheck shell=sh
# The environment: the one place that says what a login may decide. Comes first
# and acts at once, before anything else has a name.

# A bash with "allexport" in SHELLOPTS would export even our functions.
set +a

# hd_begin PATH login|again: our own environment is what the second list names,
# PATH and LC_ALL=C; the umask is 022. All that the login exports and its umask
# are put aside for the service, which service_env makes of it. Names of ours,
# hd_* and HDEPLOY_*, nobody else sets: again, the HDEPLOY_* come from us and are
# the service's. PATH is where tools are found.
hd_begin() {
	unset IFS CDPATH
	set +efuC
	# shellcheck disable=SC2046
	set -- "$1" "$2" $(
		PATH=$1
		hd_exported
	)
	for hd_name; do
		case $2-$hd_name in
		login-hd_* | again-hd_* | login-HDEPLOY_* | again-HDEPLOY_PATH)
			unset "$hd_name"
			;;
		esac
	done
	hd_umask=$(umask)
	hd_login=$(export -p)
	case $hd_login in
	*SHELLOPTS=* | *BASHOPTS=*) hd_login=$(export -p | {
		PATH=$1
		LC_ALL=C command sed \
			'/^[a-z]* *[-rx]* *\(SHELLOPTS\|BASHOPTS\)=/d'
	}) ;;
	esac
	hd_tools=$1
	shift 2
	for hd_name; do
		case $hd_name in
		hd_* | PATH | PWD | HOME | USER | LOGNAME | SUDO_UID | LD_* | \
			XDG_RUNTIME_DIR | DBUS_SESSION_BUS_ADDRESS) ;;
		*=) unset -f "${hd_name%=}" ;;
		*) unset "$hd_name" 2>/dev/null || : ;;
		esac
	done
	umask 022
	PATH=$hd_tools
	LC_ALL=C
	export PATH LC_ALL
	hd_setsid=$(command -v setsid)
	hd_sh=$(command -v sh)
	hd_sleep=$(command -v sleep)
}

# Names of variables, and of functions with a "=", as bash exports them. What
# only looks like one, in a value of several lines, is none that is set.
hd_exported() {
	LC_ALL=C command env | LC_ALL=C command sed -n \
		-e '/^SHELLOPTS=/d' -e '/^BASHOPTS=/d' \
		-e 's/^BASH_FUNC_\([A-Za-z_][A-Za-z0-9_]*\)%%=.*/\1=/p' \
		-e 's/^\([A-Za-z_][A-Za-z0-9_]*\)=.*/\1/p'
}
