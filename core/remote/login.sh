# shellcheck shell=sh
# The environment: the only place that says what a login can decide. Comes first
# and acts at once, before anything else has a name.

# A bash with "allexport" in SHELLOPTS would export even our functions.
set +a

# hd_begin PATH login|again: reduces our environment to the names in the second
# list below, PATH and LC_ALL=C, with umask 022. Puts the login's exports and
# umask aside for service_env. A login cannot set our names, hd_* and HDEPLOY_*;
# with "again", the HDEPLOY_* come from us and belong to the service. Tools are
# found by PATH.
hd_begin() {
	unset IFS CDPATH
	set +efuC
	[ "$2" != login ] || hd_close
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
	IFS='
'
	set -f
	# shellcheck disable=SC2046
	set -- $(
		command -v printf
		command -v sh
		command -v sleep
		command -v setsid
	)
	set +f
	unset IFS
	hd_printf=$1 hd_sh=$2 hd_sleep=$3 hd_setsid=${4-}
}

# hd_close: closes descriptors that the login shell left open. bsd-csh leaves
# copies of 0 to 2 at 3 to 5, with which a background process would keep the
# answers open. dash and mksh cannot close a descriptor above 9.
#
# Before mksh redirects a descriptor, it copies the old one to the first free
# descriptor from 10 on. After exec, or in a subshell, it does not close a copy
# at 10 again. So 10 has a copy of stdin while 3 to 9 are closed, and /dev/null
# from then on. For the first step </dev/null would not do, because mksh can
# open it at 10.
hd_close() {
	{ exec 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-; } 0>&1
	exec 9</dev/null
	exec 9>&-
}

# hd_exported: names of variables, and of functions that bash exports, with a
# "=". In a value of several lines, a line can look like a name; no such
# variable is set. The names come from the shell's own list, or from env if that
# list has another form. Call it in a subshell.
hd_exported() {
	set -f
	IFS='
'
	# shellcheck disable=SC2046
	[ -n "${BASH_VERSION-}" ] || set -- $(export -p)
	unset IFS
	case ${1-} in
	'export '*) ;;
	*)
		hd_exported_env
		return
		;;
	esac
	for hd_name; do
		case ${hd_name%%=*} in
		'export '[A-Za-z_]*) hd_name=${hd_name#export } ;;
		*) continue ;; # the rest of a value
		esac
		hd_name=${hd_name%%=*}
		case $hd_name in
		*[!A-Za-z0-9_]*) ;;
		*) echo "$hd_name" ;;
		esac
	done
}

hd_exported_env() {
	LC_ALL=C command env | LC_ALL=C command sed -n \
		-e '/^SHELLOPTS=/d' -e '/^BASHOPTS=/d' \
		-e 's/^BASH_FUNC_\([A-Za-z_][A-Za-z0-9_]*\)%%=.*/\1=/p' \
		-e 's/^\([A-Za-z_][A-Za-z0-9_]*\)=.*/\1/p'
}
