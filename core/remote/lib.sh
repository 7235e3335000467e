# shellcheck shell=sh disable=SC2015,SC2034,SC2154
# What every script uses. Answers go to descriptor 3.

# say KEY VALUE: one answer. What a host is called must not be able to look
# like another answer: line breaks become spaces, and any other byte that is
# not printable ASCII becomes "?".
say() {
	hd_text=$2
	case $hd_text in
	*[!\ -~]*) hd_text=$(printf '%s' "$2" | tr '\n\t' '  ' |
		tr -c ' -~' '?') ;;
	esac
	printf '%s %.4000s\n' "$1" "$hd_text" >&3
}

# fail TEXT: says why, in one line, and ends the script.
fail() {
	say failed "$*"
	exit 1
}

# The tools are found with the PATH of the login and speak English; the
# service's own PATH and language are kept for as_service.
hd_setup() {
	umask 022
	unset CDPATH IFS hd_uid
	service_path=$PATH
	service_lc=${LC_ALL-}
	PATH=${HDEPLOY_PATH:-$PATH}
	LC_ALL=C
	export LC_ALL PATH
	unset HDEPLOY_PATH
	hd_setsid=$(command -v setsid)
	hd_sh=$(command -v sh)
	hd_sleep=$(command -v sleep)
}

# hd_run NONCE SECONDS ARG...: main ARG... between the markers.
hd_run() {
	hd_setup
	hd_nonce=$1
	hd_seconds=$2
	shift 2
	printf '\nhdeploy-begin %s\n' "$hd_nonce"
	(main "$@") 3>&1 >&2
	printf '\nhdeploy-end %s %s\n' "$hd_nonce" "$?"
}

# as_service COMMAND...: with the service's environment. Nothing that it
# leaves behind may hold the answers open.
as_service() (
	exec 3>&-
	service_env && "$@"
)

# Turns this shell's environment into the service's.
service_env() {
	PATH=$service_path
	LC_ALL=$service_lc
	[ -n "$LC_ALL" ] || unset LC_ALL
	hd_env
}

# limited SECONDS COMMAND...: in a session of its own, all of which is ended
# after so long; the status is then 124.
limited() {
	hd_limit=$1
	shift
	"$hd_setsid" "$@" &
	hd_session=$!
	(hd_watch "$hd_session" "$hd_limit") >/dev/null 2>&1 3>&- &
	hd_watcher=$!
	wait "$hd_session"
	hd_status=$?
	kill "$hd_watcher" 2>/dev/null
	wait "$hd_watcher" 2>/dev/null
	[ "$?" != 124 ] || hd_status=124
	return "$hd_status"
}

hd_watch() {
	hd_n=0
	while [ "$hd_n" -lt "$2" ]; do
		"$hd_sleep" 1
		hd_n=$((hd_n + 1))
	done
	trap '' TERM
	kill -TERM "-$1"
	hd_n=0
	while [ "$hd_n" -lt 5 ] && kill -0 "-$1"; do
		"$hd_sleep" 1
		hd_n=$((hd_n + 1))
	done
	kill -KILL "-$1"
	exit 124
}

is_version() {
	case $1 in
	*[!A-Za-z0-9._+~-]* | '' | [!A-Za-z0-9]*) return 1 ;;
	esac
}

sha256_stdin() {
	if command -v sha256sum >/dev/null; then
		sha256sum
	elif command -v shasum >/dev/null; then
		shasum -a 256
	else
		openssl dgst -sha256 -r
	fi | cut -c1-64
}

sha256_of() {
	sha256_stdin <"$1"
}

# sha256_differ: of the "digest  path" lines on stdin the paths that are
# missing or different here.
sha256_differ() {
	if command -v sha256sum >/dev/null; then
		hd_differ=$(sha256sum -c 2>/dev/null) && return
	elif command -v shasum >/dev/null; then
		hd_differ=$(shasum -a 256 -c 2>/dev/null) && return
	else
		hd_differ=$(sha256_each)
		[ -n "$hd_differ" ] || return 0
	fi
	hd_differ=$(printf '%s\n' "$hd_differ" | sed -n 's/: FAILED.*//p')
	printf '%s\n' "${hd_differ:-the manifest}"
}

sha256_each() {
	while IFS= read -r hd_line; do
		hd_path=${hd_line#*  }
		[ -f "$hd_path" ] &&
			[ "$(sha256_of "$hd_path")" = "${hd_line%%  *}" ] ||
			printf '%s: FAILED\n' "$hd_path"
	done
}

# To the disk, so that a rename afterwards never names half a file.
sync_file() {
	sync "$1" 2>/dev/null || sync
}

# nap [N]: a moment; a short one for the first ten of N.
nap() {
	hd_nap=0.1
	[ "${1:-10}" -ge 10 ] || hd_nap=0.03
	sleep "$hd_nap" 2>/dev/null || sleep 1
}

# write_file PATH: stdin, whole or not at all.
write_file() {
	cat >"$1.new" && sync_file "$1.new" && mv -f "$1.new" "$1" || {
		rm -f "$1.new"
		return 1
	}
}

# with_reserve COMMAND...: if it fails, again with the room that snapshot.sh
# keeps: whoever began a change must be able to end it.
with_reserve() {
	"$@" || {
		rm -f .hdeploy/reserve
		"$@"
	}
}

# file_size PATH: sets hd_size, in bytes.
file_size() {
	hd_size=$(wc -c <"$1") && hd_size=$((hd_size))
}

# trim FOLDER N: all but the newest N folders in it go.
trim() {
	# The names were made by hdeploy: [a-z0-9-]+
	# shellcheck disable=SC2012
	ls -t "$1" | sed "1,$2d" | while IFS= read -r hd_name; do
		case $hd_name in
		*[!a-z0-9-]*) ;;
		*) rm -rf "${1:?}/$hd_name" ;;
		esac
	done
}

# who_we_are: sets hd_uid.
who_we_are() {
	hd_uid=${hd_uid:-$(id -u)}
}

# birth_of PID: sets hd_birth: when it was started; empty if it is gone, or dead
# and not reaped. Where /proc does not show it (hidepid) it can be seen to be
# there, if it is the same user's. A name may have line breaks: what counts
# comes after it. The backslash is for ksh93.
birth_of() {
	hd_birth=
	case $1 in
	0 | '' | *[!0-9]*) return 0 ;;
	esac
	hd_stat=
	! [ -r "/proc/$1/stat" ] || while read -r hd_line; do
		hd_stat=$hd_line
	done 2>/dev/null <"/proc/$1/stat"
	# shellcheck disable=SC2086
	set -- "$1" ${hd_stat##*\) }
	[ "${2-}" != Z ] || return 0
	hd_birth=${21-}
	[ -n "$hd_birth" ] || ! kill -0 "$1" 2>/dev/null || hd_birth=hidden
	return 0
}

# process_user PID: sets hd_user, the id of the user that it runs as, real and
# effective; empty if these differ, as in a program with set-id bits that
# another user started, or if it is gone.
process_user() {
	hd_user=
	! [ -r "/proc/$1/status" ] || while read -r hd_key hd_a hd_b hd_c hd_d; do
		[ "$hd_key" = Uid: ] || continue
		[ "$hd_a $hd_b $hd_c" != "$hd_b $hd_c $hd_d" ] || hd_user=$hd_a
		break
	done 2>/dev/null <"/proc/$1/status"
}

# process_mark FILE: tells process_lives of this shell.
process_mark() {
	birth_of "$$"
	echo "$$ $hd_birth" >"$1"
}

# process_lives FILE: whether the process does that marked it.
process_lives() {
	[ -s "$1" ] && read -r hd_pid hd_born <"$1" && birth_of "$hd_pid" &&
		[ -n "$hd_birth" ] && [ "$hd_birth" = "${hd_born:-$hd_birth}" ]
}

# operation_newest [CHANGE]: the newest one, or of that change; a folder,
# nothing if there is none.
operation_newest() {
	# shellcheck disable=SC2012
	hd_newest=$(ls -td ".hdeploy/ops/${1:+$1-}"*/ 2>/dev/null)
	hd_newest=${hd_newest%%
*}
	printf '%s\n' "${hd_newest%/}"
}

# operation_name FOLDER: its script, or hook_NAME.
operation_name() {
	[ -f "$1/name" ] && read -r hd_name <"$1/name" || return 1
	case $hd_name in
	*[!a-z_]* | '') return 1 ;;
	esac
	echo "$hd_name"
}

# operation_status FOLDER: how it ended, "running", or "lost" if it was killed.
operation_status() {
	if [ -s "$1/status" ] && read -r hd_status <"$1/status"; then
		echo "$hd_status"
	elif operation_alive "$1"; then
		echo running
	else
		echo lost
	fi
}

# operation_alive FOLDER: whether what was started there still goes on.
operation_alive() {
	process_lives "$1/pid"
}
