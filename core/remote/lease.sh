# shellcheck shell=sh
# needs: clock write
# Who may change this root: .hdeploy/lock.<n>, of which the highest n counts
# and is never removed. It is written whole under another name and published
# with ln, so that two can never have the same n. It holds while its run does, or
# an operation here, or "until" (lib.sh, clock_left), unless released.<n> is
# there. connection.<n> says which process goes when its run does, and since
# when it is gone. That process may outlive a run whose machine vanished without
# a word: sign.<n> says until when the run counts as alive, and since when nothing
# was heard of it. A run of an earlier hdeploy has none. "expires" is the same as
# "until" by the wall clock, for an earlier hdeploy, which knows nothing else.

LEASE_SECONDS=60

# lease_newest: sets lease_n; 0: there is none.
lease_newest() {
	lease_n=0
	for lease_file in .hdeploy/lock.*; do
		lease_file=${lease_file##*.}
		case $lease_file in
		*[!0-9]* | '') ;;
		*) [ "$lease_file" -le "$lease_n" ] || lease_n=$lease_file ;;
		esac
	done
}

# lease_read N: sets lease_token, lease_holder, lease_command, lease_job,
# lease_since, lease_until and lease_expires, empty where its file does not say
# it.
lease_read() {
	lease_token='' lease_holder='' lease_command='' lease_job=''
	lease_since='' lease_until='' lease_expires=''
	[ -f ".hdeploy/lock.$1" ] || return 0
	while read -r lease_key lease_value; do
		case $lease_key in
		token | holder | command | job | since | until | expires)
			eval "lease_$lease_key=\$lease_value"
			;;
		esac
	done 2>/dev/null <".hdeploy/lock.$1"
}

# lease_times SECONDS: when it will be so many from now.
lease_times() {
	clock_now
	echo "until $hd_clock $((hd_now + $1))"
	echo "expires $(($(date +%s) + $1))"
}

# lease_put N SECONDS: holds that long from now. In place where the disk is
# full: it is as long as before.
lease_put() {
	lease_text=$(sed '/^until /d; /^expires /d' ".hdeploy/lock.$1" \
		2>/dev/null) && [ -n "$lease_text" ] || return 0
	lease_replace ".hdeploy/lock.$1" "$lease_text
$(lease_times "$2")"
}

# lease_replace FILE TEXT
lease_replace() {
	lease_new=.hdeploy/lease.${1##*/}.$$
	(umask 077 && printf '%s\n' "$2" >"$lease_new") 2>/dev/null &&
		mv -f "$lease_new" "$1" || {
		rm -f "$lease_new"
		[ ! -f "$1" ] || printf '%s\n' "$2" 1<>"$1"
	} 2>/dev/null
}

# lease_ours N: whether who holds lease N may act here; else sets why.
lease_ours() {
	lease_newest
	if [ "$lease_n" != "$1" ]; then
		lease_read "$lease_n"
		why="another run took this host over: $lease_holder,\
 $lease_command"
	elif [ -e ".hdeploy/released.$1" ]; then
		why="this comes too late: its run has given this host back"
	else
		return 0
	fi
	return 1
}

# lease_publish N TOKEN HOLDER COMMAND JOB: false if there is one of that number
# already, or nothing can be written.
lease_publish() {
	with_reserve lease_write "$@" &&
		ln ".hdeploy/lease.$$" ".hdeploy/lock.$1"
	published=$?
	rm -f ".hdeploy/lease.$$"
	return "$published"
}

# lease_write N TOKEN HOLDER COMMAND JOB
lease_write() {
	(
		umask 077
		printf '%s\n' "token $2" "holder $3" "command $4" "job $5" \
			"since $(date -u +%Y-%m-%dT%H:%M:%SZ)" \
			"$(lease_times "$LEASE_SECONDS")" \
			>".hdeploy/lease.$$"
	)
}

# lease_release N: its run has given this host back.
lease_release() {
	(umask 077 && : >".hdeploy/released.$1")
}
