# shellcheck shell=sh
# needs: digest env process pushed trust
# Fetches the tarball of a version from a store, with curl or wget, into
# tarball.part, and resumes a part that is already on the host. Only a file with
# the right size and SHA-256 stays. HDEPLOY_ARTIFACT_URL has the URL. A builtin
# hands it to the tool on stdin, so that no file and no process list contains
# it. Not printf, which is a program under some shells.

# args: version size sha256 stall [secret]
# stall: how many seconds the part may stay without growing. secret: "yes" if
# other users must not see the URL.
main() {
	enter_root "$arg_root"
	push_places "$arg_version"
	hd_part=$notes/tarball.part
	hd_url=$(artifact_url)
	[ -n "$hd_url" ] || fail "there is no URL to fetch from"
	find_tool
	tries=0
	until fetch_more; do
		tries=$((tries + 1))
		[ -n "$again" ] && [ "$tries" -lt 8 ] || {
			rm -f "$hd_part"
			fail "$why"
		}
	done
}

artifact_url() (
	service_env && eval "echo \"\${HDEPLOY_ARTIFACT_URL-}\""
)

# find_tool: sets hd_tool, and hd_kind: whether it is curl, GNU wget, or another
# wget, which takes a URL only as an argument. (Wget2 can, but hangs.)
find_tool() {
	hd_options=
	if hd_tool=$(command -v curl); then
		hd_kind=curl
		return
	fi
	hd_tool=$(command -v wget) || fail "this host has neither curl nor wget"
	hd_help=$("$hd_tool" --help 2>&1)
	case $hd_help in
	*Wget2*) hd_kind=other ;;
	*--input-file*) hd_kind=wget ;;
	*) hd_kind=other ;;
	esac
	[ "$hd_kind-$arg_secret" != other-yes ] ||
		fail "this host has no curl, and the process list would show" \
			"the secret URL of its wget"
	for hd_name in no-config no-netrc no-hsts; do
		case $hd_kind-$hd_help in
		wget-*"--$hd_name"*) hd_options="$hd_options --$hd_name" ;;
		esac
	done
}

# fetch_more: true when the part is the whole tarball. Otherwise sets why, and
# again if another attempt can help: one that resumes, or one from the start if
# the part did not begin with this attempt.
fetch_more() {
	again=
	part_size
	had=$hd_size
	status=0
	[ "$had" = "$arg_size" ] || fetch
	part_size
	if [ "$hd_size" -gt "$arg_size" ]; then
		why="the store sent more than $arg_size bytes"
	elif [ "$hd_size" = "$arg_size" ]; then
		digest=$(sha256_of "$hd_part")
		[ "$digest" != "$arg_sha256" ] || return 0
		why="the store has another file: its SHA-256 is $digest, not\
 $arg_sha256"
	elif [ "$status" = 0 ]; then
		why="the store has another file: $hd_size bytes instead of\
 $arg_size"
	else
		why=$(fetch_reason)
		[ "$hd_size" -le "$had" ] || again=yes
		cannot_resume || return 1
	fi
	rm -f "$hd_part"
	[ "$had" = 0 ] || again=yes
	return 1
}

# cannot_resume: whether the store refused to send the rest of a part.
cannot_resume() {
	[ "$had" != 0 ] && [ -z "$again" ] && case $status-$why in
	33-*curl* | *' 416'*) ;;
	*) return 1 ;;
	esac
}

part_size() {
	hd_size=0
	[ ! -f "$hd_part" ] || file_size "$hd_part"
}

# fetch: runs the tool; sets status, and said to its messages.
fetch() {
	[ "$hd_size" -lt "$arg_size" ] || rm -f "$hd_part"
	said=$(fetch_guarded 2>&1)
	status=${said##*hd-status }
	said=${said%hd-status *}
}

fetch_guarded() {
	tool_input | (run_tool) &
	tool=$!
	(guard "$tool") >/dev/null 2>&1 3>&- &
	guard=$!
	wait "$tool"
	hd_status=$?
	kill "$guard" 2>/dev/null
	wait "$guard" 2>/dev/null
	[ "$?" != 124 ] || hd_status=stalled
	echo "hd-status $hd_status"
} 2>&1

tool_input() {
	case $hd_kind in
	curl) echo "url = \"$hd_url\"" ;;
	wget) echo "$hd_url" ;;
	esac
}

# run_tool: becomes the tool, in the service's environment, which names proxies
# and certificates. The limit on the file's size ends an endless download; a
# core dump would contain the URL.
run_tool() {
	exec 3>&-
	hd_blocks=$((arg_size / 512 + 16))
	service_env || exit
	unset HDEPLOY_ARTIFACT_URL
	LC_ALL=C
	export LC_ALL
	umask 077
	# shellcheck disable=SC3045 # the shells of hosts have it, or say so
	ulimit -c 0 2>/dev/null
	ulimit -f "$hd_blocks"
	case $hd_kind in
	curl)
		hd_proto='=https'
		[ "${hd_url#https:}" != "$hd_url" ] || hd_proto='=http,https'
		exec "$hd_tool" -q -g -sS -f -L --max-redirs 5 \
			--proto "$hd_proto" --proto-redir "$hd_proto" \
			-C - -o "$hd_part" -K -
		;;
	wget)
		# shellcheck disable=SC2086 # a list
		exec "$hd_tool" $hd_options -nv --tries=1 --max-redirect=5 \
			-c -O "$hd_part" -i -
		;;
	*) exec "$hd_tool" -q -c -O "$hd_part" "$hd_url" ;;
	esac
}

# guard PID: kills that process if the part stops growing.
guard() {
	birth_of "$1"
	hd_born=$hd_birth
	hd_old=
	hd_n=0
	while [ "$hd_n" -lt "$arg_stall" ]; do
		"$hd_sleep" 1
		birth_of "$1"
		[ -n "$hd_birth" ] && [ "$hd_birth" = "$hd_born" ] || exit 0
		part_size
		hd_n=$((hd_n + 1))
		[ "$hd_size" = "$hd_old" ] || hd_n=0
		hd_old=$hd_size
	done
	kill -KILL "$1"
	exit 124
}

# fetch_reason: why the tool failed, without any URL: a redirect can have a
# secret of its own.
fetch_reason() {
	hd_name=${hd_tool##*/}
	[ "$status" != stalled ] || {
		echo "the store sent nothing for $arg_stall s, after $hd_size\
 of $arg_size bytes"
		return
	}
	hd_said=$(echo "$said" | sed \
		-e 's,[A-Za-z][A-Za-z0-9+.-]*://[^[:space:]]*,(URL),g' \
		-e 's,[^[:space:]]\{64\,\},(...),g' \
		-e 's/^(URL):*$//' -e 's/[0-9-]* [0-9:]* ERROR/ERROR/' | ends_of)
	for hd_word in "${hd_url#*\?}" "${hd_url##*@}"; do
		[ "$hd_word" = "$hd_url" ] || case $hd_said in
		*"$hd_word"*) hd_said= ;;
		esac
	done
	echo "$hd_name ended with status $status after $hd_size of $arg_size\
 bytes${hd_said:+: ${hd_said#"$hd_name: "}}"
}
