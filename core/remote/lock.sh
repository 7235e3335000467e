# shellcheck shell=sh
# needs: lease_life trust
# Locks this root for one run, until its connection ends. Another call with the
# same token keeps the lock: a keepalive, or a broken connection was opened
# again.
#
# Answers "lease N", 0 if there is nothing to lock yet, with "operation ID NAME
# STATUS" of the newest operation. If another run holds the lock: "locked N",
# its lease, with "holder", "command", "job", "since", "seconds" left, "orphan"
# if its connection is gone, or it sent no keepalive for too long and only its
# operation keeps the lock, and "silent SECONDS" since its last keepalive, if two
# in a row are missing. Then it fails, so that no script of the same call
# follows; the next script has the lease in hd_lease.

# args: token holder command held [job keepalive parked]
# held: the lease that this run had when it began to change this host; 0: it has
# not begun. If another run had the lock since then, the answer is held once
# more, and operations with it are refused. keepalive: seconds within which the
# next keepalive, the same call, is due; left out: there will be none. parked:
# the lock lasts that long without a connection.
main() {
	app=$arg_app # for the driver's folders, if facts.sh follows
	# Before the first push there is nothing to lock.
	[ -d "$arg_root" ] || {
		say lease 0
		return
	}
	root_entered "$arg_root" && [ -w . ] || {
		say lease 0 # the facts say why
		return
	}
	[ -d .hdeploy ] || told make_private .hdeploy ||
		fail "$root/.hdeploy cannot be made: $(reason)"
	for folder in .hdeploy/ops/*/; do
		operation_expire "${folder%/}"
	done
	take
}

take() {
	tries=0
	while [ "$tries" -lt 20 ]; do
		tries=$((tries + 1))
		lease_newest
		lease_read "$lease_n"
		if [ "$lease_n" -gt 0 ] && [ "$lease_token" = "$arg_token" ] &&
			own "$lease_n"; then
			lease_renew "$lease_n" "$LEASE_SECONDS"
			taken "$lease_n"
			return
		fi
		[ "$arg_held" = 0 ] || [ "$lease_n" -le "$arg_held" ] || {
			hd_lease=$arg_held
			say lease "$hd_lease"
			return
		}
		lease_seconds "$lease_n"
		# The clock was set back: only a live run or operation keeps it.
		longest=$LEASE_SECONDS
		! lease_parked "$lease_n" || longest=$LEASE_PARKED
		[ "$lease_left" -le "$longest" ] || {
			lease_put "$lease_n" "$longest"
			lease_seconds "$lease_n"
		}
		[ "$lease_left" = 0 ] || {
			lease_show "$lease_n"
			last_operation
			exit 1
		}
		next=$((lease_n + 1))
		lease_times "$LEASE_SECONDS"
		told lease_offer "$next" "$arg_token" "$arg_holder" \
			"$arg_command" "$arg_job" || {
			rm -f ".hdeploy/lease.$$"
			continue
		}
		lease_newest
		[ "$lease_n" = "$next" ] && {
			taken "$next"
			return
		}
		# another run was faster
		rm -f ".hdeploy/lock.$next" ".hdeploy/lease.$$"
	done
	fail "$root/.hdeploy/lock.$next cannot be written: $(reason)"
}

# own N: whether the run keeps its lease N. Not if it has given this lease back
# and now requests a new one.
own() {
	[ "$arg_held" != 0 ] || [ ! -e ".hdeploy/released.$1" ]
}

taken() { # N
	tidy "$1"
	lease_hear "$1" "$arg_keepalive"
	if [ -n "$arg_parked" ]; then
		rm -f ".hdeploy/connection.$1"
		lease_renew "$1" "$LEASE_PARKED"
	elif connection; then
		lease_kept "$1" "$holder" || keep "$1" "$holder"
	else
		private put_line ".hdeploy/connection.$1" '0 0' 2>/dev/null
		lease_lost "$1"
	fi
	hd_lease=$1
	say lease "$1"
	last_operation
	return 0
}

# tidy N: removes the files of earlier leases, and that of lease_offer.
tidy() {
	lease_n=$1
	set --
	[ ! -e ".hdeploy/lease.$$" ] || set -- ".hdeploy/lease.$$"
	for lease_file in .hdeploy/lock.* .hdeploy/released.* \
		.hdeploy/connection.* .hdeploy/returning.* .hdeploy/sign.* \
		.hdeploy/keeper.* .hdeploy/asking.*; do
		lease_k=${lease_file##*.}
		case $lease_k in
		*[!0-9]* | '') ;;
		*) [ "$lease_k" -ge "$lease_n" ] || set -- "$@" "$lease_file" ;;
		esac
	done
	[ "$#" = 0 ] || rm -f "$@"
}

# keep N PID: keeps lease N by one process, not by one more for each keepalive.
keep() {
	lease_connected "$1" "$2"
	lease_keep "$1" "$2" "$LEASE_SECONDS" lease_lost
	private process_mark ".hdeploy/keeper.$1" "$!" 2>/dev/null ||
		kill "$!" 2>/dev/null
}

# "operation ID NAME STATUS", and why it failed.
last_operation() {
	operation_newest
	newest=$hd_newest
	operation_name "$newest" || return 0
	name=$hd_name
	operation_status "$newest"
	say operation "${newest##*/} $name $hd_ended"
	[ "$hd_ended" != 0 ] || return 0
	why=$(sed -n 's/^failed //p' "$newest/answers" | head -n 1)
	[ -z "$why" ] || say operation_failed "$why"
}

# connection: sets holder, the process that ends with the connection: the
# server's, or hdeploy itself. It skips sudo. False if it is gone already: then
# init has adopted its children.
connection() {
	parent "$$"
	[ "${holder:-$PPID}" = "$PPID" ] || return
	holder=$PPID
	while is_sudo "$holder"; do
		parent "$holder"
		[ "$holder" != 1 ] || return
	done
}

is_sudo() { # PID
	hd_line=
	[ ! -r "/proc/$1/comm" ] || read -r hd_line <"/proc/$1/comm"
	[ "$hd_line" = sudo ]
} 2>/dev/null

# parent PID: sets holder to the parent of that process, "" if it is not known.
parent() {
	hd_line=
	[ ! -r "/proc/$1/status" ] || while read -r hd_line holder; do
		[ "$hd_line" != PPid: ] || break
		hd_line=
	done <"/proc/$1/status"
	[ -n "$hd_line" ] || holder=
} 2>/dev/null
