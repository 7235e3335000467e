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

# told COMMAND...: runs it in a subshell and keeps what it says on stderr, for
# reason: a cause is never guessed. It becomes output of the operation as well.
told() {
	{ hd_told=$("$@" 2>&1 >&9 9>&-); } 9>&1
	hd_told_status=$?
	[ -z "$hd_told" ] || printf '%s\n' "$hd_told" >&2
	return "$hd_told_status"
}

# reason: why the command of told failed, as far as it is known: its own words,
# the first line and the last, and whether the disk is full.
reason() {
	hd_full=$(disk_full "$hd_told")
	hd_said=$(printf '%s\n' "$hd_told" | ends_of)
	[ -n "$hd_said" ] ||
		hd_said="it ended with status $hd_told_status and said nothing"
	printf '%s\n' "${hd_full:+$hd_full: }$hd_said"
}

# ends_of: of a text on stdin the first and the last line that is not blank,
# without the place in our own script that a shell names.
ends_of() {
	tr -d '\r' | sed -n -e 's,^[^ ]*/script: [line 0-9]*: ,,' -e '/[^[:blank:]]/p' |
		cut -c1-300 | {
		IFS= read -r hd_first
		hd_last=$(tail -n 1)
		hd_first=$hd_first${hd_last:+ ... $hd_last}
		printf '%s\n' "${hd_first%.}"
	}
}

# disk_full TEXT: says so if TEXT does, of a tool or of Erlang, or if a write
# shows it: shells may call it an I/O error.
disk_full() {
	case $1 in
	*"isk quota exceeded"* | *edquot*)
		echo "the disk quota of $(id -un) is used up"
		return
		;;
	*"o space left on device"* | *enospc*) ;;
	*) ! disk_takes || return 0 ;;
	esac
	if [ "$(df -Pi . 2>/dev/null | awk 'NR == 2 { print $4 }')" = 0 ]; then
		echo "the disk has no inodes left"
	else
		echo "the disk is full"
	fi
}

# disk_takes: whether .hdeploy takes 64 KiB more, or not for another reason.
disk_takes() {
	[ -d .hdeploy ] && [ ! -L .hdeploy ] || return 0
	hd_probe=.hdeploy/probe.$$
	hd_probed=$({
		set -C # a link would be followed
		umask 077
		head -c 65536 /dev/zero | { cat >"$hd_probe"; }
	} 2>&1)
	rm -f "$hd_probe"
	case $hd_probed in
	*"o space left on device"*) return 1 ;;
	esac
}

# hd_run NONCE SECONDS: main between the markers.
hd_run() {
	hd_nonce=$1
	hd_seconds=$2
	printf '\nhdeploy-begin %s\n' "$hd_nonce"
	(main) 3>&1 >&2
	printf '\nhdeploy-end %s %s\n' "$hd_nonce" "$?"
}

# said_begin: what this operation's output gets from now on counts for said_last.
said_begin() {
	hd_said=$( { wc -c <"${0%/*}/output"; } 2>/dev/null)
	hd_said=$((${hd_said:-0}))
}

# said_last: ": LINE", the last line of that, for a reason: output scrolls away.
# Nothing if nothing was said.
said_last() {
	hd_line=$(tail -c "+$((hd_said + 1))" "${0%/*}/output" 2>/dev/null |
		last_line)
	printf '%s' "${hd_line:+: $hd_line}"
}

# last_line: of stdin, the last one with something in it, without colours and
# not too much of it.
last_line() {
	tail -c 4000 | tr '\r\t' '\n ' |
		sed -e "s/$(printf '\033')\\[[0-9;]*[A-Za-z]//g" \
			-e 's/^ *//' -e 's/ *$//' -e '/^$/d' |
		tail -n 1 | cut -c1-300
}

# limited SECONDS COMMAND...: as_service, in a session of its own, all of which
# is ended after so long; the status is then 124.
limited() {
	limited_begin "$@"
	wait "$hd_session"
	hd_status=$?
	limited_end
	return "$hd_status"
}

limited_begin() {
	hd_limit=$1
	shift
	(service_env && exec "$hd_setsid" "$@") &
	hd_session=$!
	(hd_guard "$hd_session" "$hd_limit") >/dev/null 2>&1 3>&- &
	hd_watcher=$!
}

limited_end() {
	kill "$hd_watcher" 2>/dev/null
	wait "$hd_watcher" 2>/dev/null
	[ "$?" != 124 ] || hd_status=124
}

# hd_guard PID SECONDS: who began that session may be killed: it ends then by
# itself, and its number becomes another's.
hd_guard() {
	birth_of "$1"
	hd_born=$hd_birth
	hd_n=0
	while [ "$hd_n" -lt "$2" ]; do
		"$hd_sleep" 1
		session_lives "$1" "$hd_born" || exit 0
		hd_n=$((hd_n + 1))
	done
	trap '' TERM
	session_end "$1"
	exit 124
}

session_end() { # PID
	kill -TERM "-$1"
	hd_n=0
	while [ "$hd_n" -lt 5 ] && kill -0 "-$1"; do
		"$hd_sleep" 1
		hd_n=$((hd_n + 1))
	done
	kill -KILL "-$1"
} 2>/dev/null

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

# write_file PATH: stdin, whole or not at all. A link of that name is replaced.
write_file() {
	rm -f "$1.new" && cat >"$1.new" && sync_file "$1.new" && mv -f "$1.new" "$1" || {
		rm -f "$1.new"
		return 1
	}
}

# write_text PATH TEXT: as a line, in the same way.
write_text() {
	printf '%s\n' "$2" | write_file "$1"
}

# make_private FOLDER: below .hdeploy, and that as well, if they are not there. -m:
# where the folder above has an ACL for new ones, umask is not asked.
make_private() (
	umask 077
	[ -d .hdeploy ] || mkdir -m 700 .hdeploy || [ -d .hdeploy ] || exit
	mkdir -p "$1"
)

# link_file FROM TO: a copy where that cannot be a link.
link_file() {
	ln "$1" "$2" 2>/dev/null || cp "$1" "$2"
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

# in_order FOLDER: the names on stdin, sorted by their time, by the numbers that
# they have there instead: a clock may be set back. One without, which an earlier
# hdeploy made, stays behind those that came before it.
in_order() {
	hd_last=0
	hd_line=0
	while IFS= read -r hd_name; do
		hd_number=
		[ ! -s "$1/$hd_name/number" ] ||
			read -r hd_number <"$1/$hd_name/number"
		case $hd_number in
		'' | *[!0-9]* | ??????????*) hd_number=$hd_last ;;
		esac
		[ "$hd_number" -le "$hd_last" ] || hd_last=$hd_number
		hd_line=$((hd_line + 1))
		printf '%09d %04d %s\n' "$hd_number" "$hd_line" "$hd_name"
	done | sort | cut -d' ' -f3-
}

# folders FOLDER: the names of those in it, the oldest first. hdeploy made them:
# [a-z0-9-]+
folders() {
	# shellcheck disable=SC2010,SC2012
	ls -tr "$1" 2>/dev/null | grep -v '[^a-z0-9-]' | in_order "$1"
}

# number_next FOLDER: the number for what is made there now.
number_next() {
	hd_last=0
	for hd_file in "$1"/*/number; do
		[ -s "$hd_file" ] && read -r hd_number <"$hd_file" || continue
		case $hd_number in
		'' | *[!0-9]* | ??????????*) ;;
		*) [ "$hd_number" -le "$hd_last" ] || hd_last=$hd_number ;;
		esac
	done
	echo "$((hd_last + 1))"
}

# trim FOLDER N: all but the newest N folders in it go.
trim() {
	hd_keep=$2
	set -- "$1" "$1"/*/
	[ "$#" -le "$((hd_keep + 1))" ] ||
		folders "$1" | head -n "$(($# - hd_keep - 1))" |
		while IFS= read -r hd_name; do
			rm -rf "${1:?}/$hd_name"
		done
}

# who_we_are: sets hd_uid.
who_we_are() {
	hd_uid=${hd_uid:-$(id -u)}
}

# clock_now: sets hd_now, in seconds, and hd_clock, which counts them: since this
# boot, which nobody can set; "wall" where /proc does not show that.
clock_now() {
	hd_clock=
	[ ! -r /proc/uptime ] || [ ! -r /proc/sys/kernel/random/boot_id ] ||
		{ read -r hd_now hd_idle </proc/uptime &&
			read -r hd_clock </proc/sys/kernel/random/boot_id; }
	case $hd_clock in
	'' | *[!0-9a-f-]*)
		hd_clock=wall
		hd_now=$(date +%s)
		;;
	*) hd_now=${hd_now%%.*} ;;
	esac
}

# clock_left CLOCK SECONDS: sets hd_left: how long it is until then. What was
# counted since another boot is over.
clock_left() {
	clock_now
	hd_left=0
	case $2 in
	'' | *[!0-9]*) ;;
	*) [ "$1" != "$hd_clock" ] || hd_left=$(($2 - hd_now)) ;;
	esac
	[ "$hd_left" -gt 0 ] || hd_left=0
}

# shell_word PATH: as a shell reads it, for advice that is pasted.
shell_word() {
	case $1 in
	*[!A-Za-z0-9_./@-]*)
		printf '%s\n' "'$(printf '%s\n' "$1" | sed "s/'/'\\\\''/g")'"
		;;
	*) printf '%s\n' "$1" ;;
	esac
}

# install_advice ROOT: what root is to do so that we can work in it.
install_advice() {
	printf '%s\n' "\`sudo install -d -o $(id -un) $(shell_word "$1")\`\
 there makes it"
}
