# shellcheck shell=sh
# Used by every script. Answers go to descriptor 3.

# say KEY VALUE: one answer. A value, such as a file name, must not look like
# another answer: line breaks and tabs become spaces, and any other byte that is
# not printable ASCII becomes "?".
say() {
	hd_text=$2
	case $hd_text in
	*[!\ -~]*) hd_text=$(printf '%s' "$2" | tr '\n\t' '  ' |
		tr -c ' -~' '?') ;;
	esac
	printf '%s %.4000s\n' "$1" "$hd_text" >&3
}

# fail TEXT: answers why, in one line, and ends the script.
fail() {
	say failed "$*"
	exit 1
}

# fail_mended TEXT: likewise; `hdeploy repair` mends it, and hdeploy names it.
fail_mended() {
	say repair yes
	fail "$@"
}

# told COMMAND...: runs it in a subshell and keeps its stderr, for reason:
# hdeploy never guesses a cause. stderr becomes output of the operation as well.
told() {
	{ hd_told=$("$@" 2>&1 >&9 9>&-); } 9>&1
	hd_told_status=$?
	[ -z "$hd_told" ] || printf '%s\n' "$hd_told" >&2
	return "$hd_told_status"
}

# reason: why the command of told failed: the first and the last line of its
# stderr, and whether the disk is full.
reason() {
	hd_full=$(disk_full "$hd_told")
	hd_said=$(printf '%s\n' "$hd_told" | ends_of)
	[ -n "$hd_said" ] ||
		hd_said="it ended with status $hd_told_status and no message"
	printf '%s\n' "${hd_full:+$hd_full: }$hd_said"
}

# ends_of: the first and the last line on stdin that is not blank, without the
# place in our own script that a shell puts in front.
ends_of() {
	tr -d '\r' | sed -n -e 's,^[^ ]*/script: [line 0-9]*: ,,' \
		-e 's,^sh: \(eval: \)*[line 0-9]*: \(eval: \)*,,' \
		-e '/[^[:blank:]]/p' |
		cut -c1-300 | {
		IFS= read -r hd_first
		hd_last=$(tail -n 1)
		hd_first=$hd_first${hd_last:+ ... $hd_last}
		printf '%s\n' "${hd_first%.}"
	}
}

# disk_full TEXT: reports a full disk, if TEXT of a tool or of Erlang does, or
# if a write fails: some shells report an I/O error instead.
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

# disk_takes: false if .hdeploy has no space for 64 KiB more; other failures do
# not count.
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

# hd_next STATUS: between two scripts of one call. False if the first failed.
hd_next() {
	[ "$1" = 0 ] || return "$1"
	printf '\nhdeploy-next\n' >&3
	umask 022
}

# hd_run NONCE SECONDS: runs the scripts between the begin and the end line. On stderr,
# two equal lines separate its messages from those of the login.
hd_run() {
	hd_nonce=$1
	hd_seconds=$2
	printf '\nhdeploy-begin %s\n' "$hd_nonce"
	printf '\nhdeploy-errors %s\n' "$hd_nonce" >&2
	(hd_main) 3>&1 >&2
	hd_status=$?
	printf '\nhdeploy-errors %s\n' "$hd_nonce" >&2
	printf '\nhdeploy-end %s %s\n' "$hd_nonce" "$hd_status"
}

is_version() {
	case $1 in
	*[!A-Za-z0-9._+~-]* | '' | [!A-Za-z0-9]*) return 1 ;;
	esac
}

# nap [N]: sleeps for a moment, shorter while N, the number of the nap, is below
# 10.
nap() {
	hd_nap=0.1
	[ "${1:-10}" -ge 10 ] || hd_nap=0.03
	sleep "$hd_nap" 2>/dev/null || sleep 1
}

# who_we_are: sets hd_uid, the user in effect.
who_we_are() {
	[ -z "${hd_uid-}" ] || return 0
	! [ -r /proc/self/status ] || while read -r hd_key hd_a hd_uid hd_rest; do
		[ "$hd_key" != Uid: ] || break
		hd_uid=
	done </proc/self/status
	hd_uid=${hd_uid:-$(id -u)}
}

# shell_word PATH: quoted for a shell, for advice that people paste.
shell_word() {
	case $1 in
	*[!A-Za-z0-9_./@-]*)
		printf '%s\n' "'$(printf '%s\n' "$1" | sed "s/'/'\\\\''/g")'"
		;;
	*) printf '%s\n' "$1" ;;
	esac
}

# pattern TEXT: prints a version or a library as part of a sed expression.
pattern() {
	pattern_of "$1"
	printf '%s' "$hd_pattern"
}

# pattern_of TEXT: the same, but sets hd_pattern.
pattern_of() {
	set -- "$1" ''
	while :; do
		case $1 in
		*.*) set -- "${1#*.}" "$2${1%%.*}\\." ;;
		*) break ;;
		esac
	done
	hd_pattern=$2$1
}

# install_advice ROOT: the command by which the root user makes it for us.
install_advice() {
	printf '%s\n' "\`sudo install -d -o $(id -un) $(shell_word "$1")\`\
 on the host makes it"
}
