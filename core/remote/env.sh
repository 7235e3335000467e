# shellcheck shell=sh disable=SC2015,SC2034,SC2154
# A file of NAME=value lines, read as systemd reads an EnvironmentFile.

# hd_env_file FILE: exports what it says. Lines that are no assignment are
# passed over, as systemd does.
hd_env_file() {
	[ -r "$1" ] || {
		echo "env_file $1 cannot be read" >&2
		return 1
	}
	hd_whole=
	while IFS= read -r hd_line || [ -n "$hd_line" ]; do
		hd_whole=$hd_whole$hd_line
		case $hd_whole in
		*\\)
			hd_whole=${hd_whole%?}
			continue
			;;
		esac
		hd_assign "$hd_whole"
		hd_whole=
	done <"$1"
	hd_assign "$hd_whole"
}

hd_assign() {
	hd_name=${1%%=*}
	hd_name=${hd_name#"${hd_name%%[! 	]*}"}
	case $1 in
	*=*) ;;
	*) return 0 ;;
	esac
	case $hd_name in
	'' | [0-9]* | *[!A-Za-z0-9_]* | hd_* | HDEPLOY_*) return 0 ;;
	esac
	hd_unquote "${1#*=}"
	export "$hd_name=$hd_value"
}

# hd_unquote TEXT: sets hd_value.
hd_unquote() {
	hd_rest=${1#"${1%%[! 	]*}"}
	hd_rest=${hd_rest%"${hd_rest##*[! 	]}"}
	hd_value=
	hd_quote=
	while [ -n "$hd_rest" ]; do
		hd_char=${hd_rest%"${hd_rest#?}"}
		hd_rest=${hd_rest#?}
		case $hd_quote$hd_char in
		\" | \') hd_quote=$hd_char ;;
		\"\" | \'\') hd_quote= ;;
		\\ | \"\\)
			hd_value=$hd_value${hd_rest%"${hd_rest#?}"}
			hd_rest=${hd_rest#?}
			;;
		*) hd_value=$hd_value$hd_char ;;
		esac
	done
}
