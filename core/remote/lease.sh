# shellcheck shell=sh
# needs: clock write
# The lock of this root. Each lease is a file .hdeploy/lock.<n>; the highest n
# counts, and is never removed. A lease is written whole under another name and
# published with ln, so that no two get the same n.
#
# A lease holds until "until" (clock.sh), and while its run or an operation here
# lives, unless released.<n> exists. connection.<n> names the process that ends
# with the run's connection, and when it ended. That process can outlive a run
# whose machine vanished, so sign.<n> has the time of the last keepalive, and
# until when the run counts as alive. A run of an earlier hdeploy has no
# sign.<n>. A parked lease needs no connection and has no connection.<n>: it
# holds for LEASE_PARKED seconds from each keepalive. "expires" is "until" by
# the wall clock, all that an earlier hdeploy knows.

LEASE_SECONDS=60
LEASE_PARKED=300

# lease_newest: sets lease_n, the number of the lease that counts; 0: none.
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
# lease_since, lease_until and lease_expires, empty if its file does not have
# them.
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

# lease_times SECONDS: sets lease_lines, those of a lease that ends so many
# seconds from now, and the time now: lease_stamp, and hd_epoch in seconds.
lease_times() {
	clock_now
	lease_stamp=$(date -u '+%Y-%m-%dT%H:%M:%SZ %s')
	hd_epoch=${lease_stamp#* }
	lease_lines="until $hd_clock $((hd_now + $1))
expires $((hd_epoch + $1))"
	lease_stamp=${lease_stamp% *}
}

# lease_put N SECONDS: makes it end so many seconds from now. On a full disk it
# writes in place: the text is as long as before.
lease_put() {
	lease_text=$(sed '/^until /d; /^expires /d' ".hdeploy/lock.$1" \
		2>/dev/null) && [ -n "$lease_text" ] || return 0
	lease_times "$2"
	lease_replace ".hdeploy/lock.$1" "$lease_text
$lease_lines"
}

# lease_replace FILE TEXT: in place if the disk is full, or if the file is new: an
# empty file counts as none.
lease_replace() {
	lease_new=.hdeploy/lease.${1##*/}.$$
	[ -e "$1" ] || lease_new=$1
	private put_line "$lease_new" "$2" 2>/dev/null &&
		{ [ "$lease_new" = "$1" ] || mv -f "$lease_new" "$1"; } || {
		rm -f "$lease_new"
		[ ! -f "$1" ] || printf '%s\n' "$2" 1<>"$1"
	} 2>/dev/null
}

# lease_ours N: whether the run with lease N still has the lock; else sets why.
lease_ours() {
	lease_newest
	if [ "$lease_n" != "$1" ]; then
		lease_read "$lease_n"
		why="another run took this host over: $lease_holder,\
 $lease_command"
	elif [ -e ".hdeploy/released.$1" ]; then
		why="this operation comes too late: its run has\
 released this host"
	else
		return 0
	fi
	return 1
}

# lease_publish N TOKEN HOLDER COMMAND JOB: false if lease N exists already or
# cannot be written.
lease_publish() {
	lease_times "$LEASE_SECONDS"
	lease_offer "$@"
	published=$?
	rm -f ".hdeploy/lease.$$"
	return "$published"
}

# lease_offer: the same after lease_times, and leaves .hdeploy/lease.$$.
lease_offer() {
	with_reserve private lease_write "$@" &&
		ln ".hdeploy/lease.$$" ".hdeploy/lock.$1"
}

# lease_write N TOKEN HOLDER COMMAND JOB
lease_write() {
	printf '%s\n' "token $2" "holder $3" "command $4" "job $5" \
		"since $lease_stamp" "$lease_lines" >".hdeploy/lease.$$"
}

# lease_release N: its run releases the lock.
lease_release() {
	(umask 077 && : >".hdeploy/released.$1")
}
