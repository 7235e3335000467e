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
	IFS='
'
	set -f
	# shellcheck disable=SC2046
	[ -n "${BASH_VERSION-}" ] || set -- "$1" "$2" $(export -p)
	# shellcheck disable=SC2046
	case ${3-} in
	'export '*) ;;
	*) set -- "$1" "$2" $(
		PATH=$1
		hd_exports
	) ;;
	esac
	set +f
	unset IFS
	for hd_name; do
		hd_is_export "$hd_name" || continue
		case $2-$hd_name in
		login-hd_* | again-hd_* | login-HDEPLOY_* | again-HDEPLOY_PATH)
			unset "$hd_name"
			;;
		esac
	done
	hd_tools=$1
	hd_look
	shift 2
	for hd_name; do
		hd_is_export "$hd_name" || continue
		case $hd_name in
		hd_* | PATH | PWD | HOME | USER | LOGNAME | SUDO_UID | LD_* | \
			XDG_RUNTIME_DIR | DBUS_SESSION_BUS_ADDRESS) ;;
		*) unset "$hd_name" 2>/dev/null || : ;;
		esac
	done
	umask 022
	PATH=$hd_tools
	LC_ALL=C
	export PATH LC_ALL
}

# hd_look: sets hd_login and hd_umask, and hd_printf, hd_sh, hd_sleep and
# hd_setsid, the paths of these tools, or "". One subshell asks for all of them:
# one for each would take longer than all the rest here.
hd_look() {
	hd_login=$(
		export -p
		PATH=$hd_tools
		for hd_name in printf sh sleep setsid; do
			command -v "$hd_name" || echo
		done
		umask
	)
	hd_umask='' hd_setsid='' hd_sleep='' hd_sh='' hd_printf=''
	for hd_name in umask setsid sleep sh printf; do
		eval "hd_$hd_name"='${hd_login##*
}'
		hd_login=${hd_login%
*}
	done
	# a program that printed it would have it in its arguments (mksh)
	case $hd_login in
	*SHELLOPTS=* | *BASHOPTS=*) hd_login=$(export -p | {
		PATH=$hd_tools
		LC_ALL=C command sed \
			'/^[a-z]* *[-rx]* *\(SHELLOPTS\|BASHOPTS\)=/d'
	}) ;;
	esac
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

# hd_is_export LINE: sets hd_name to the NAME of a line "export NAME=VALUE". False
# for the other lines of a value. One of them can look like such a line, but no
# variable of that name is set. Removes the function of a line "function NAME",
# which only bash exports, unless it is ours.
hd_is_export() {
	case $1 in
	'export '[A-Za-z_]*) hd_name=${1#export } ;;
	'function hd_'*) return 1 ;;
	'function '[A-Za-z_]*)
		[ -z "${BASH_VERSION-}" ] || unset -f "${1#function }"
		return 1
		;;
	*) return 1 ;;
	esac
	hd_name=${hd_name%%=*}
	case $hd_name in
	*[!A-Za-z0-9_]*) return 1 ;;
	esac
}

# hd_exports: prints such lines, for shells whose own list has another form.
hd_exports() {
	LC_ALL=C command env | LC_ALL=C command sed -n \
		-e '/^SHELLOPTS=/d' -e '/^BASHOPTS=/d' \
		-e 's/^BASH_FUNC_\([A-Za-z_][A-Za-z0-9_]*\)%%=.*/function \1/p' \
		-e 's/^\([A-Za-z_][A-Za-z0-9_]*\)=.*/export \1/p'
}
