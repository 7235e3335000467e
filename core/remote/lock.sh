# shellcheck shell=sh
# needs: lease_life trust
# Takes this root for one run until its connection ends. Asked again with the same
# token it goes on holding: a connection that broke was opened again.
#
# Says "lease N", 0 if there is nothing to lock yet; "operation ID NAME STATUS" of
# the newest one comes with it. If another run has the root: "locked N" of that,
# "holder", "command", "job", "since", "seconds" left, "orphan" if its connection is
# gone or silent, and "silent" if nothing was heard of it for so many seconds.

# args: token holder command held [job keepalive]
# held: the lease that this run had when it began to change something here, 0 before
# that: if others had this root since then it gets that one again, with which
# operations are refused. keepalive: seconds within which the next sign of life is
# due, which is the same call; left out: there will be none.
main() {
	# A first push has nothing yet that could be locked.
	[ -d "$arg_root" ] || {
		say lease 0
		return
	}
	root_entered "$arg_root" && [ -w . ] || {
		say lease 0 # the facts say what is wrong
		return
	}
	told make_private .hdeploy ||
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
		if [ "$lease_n" -gt 0 ] && [ "$lease_token" = "$arg_token" ]; then
			lease_renew "$lease_n" "$LEASE_SECONDS"
			taken "$lease_n"
			return
		fi
		[ "$arg_held" = 0 ] || [ "$lease_n" -le "$arg_held" ] || {
			say lease "$arg_held"
			return
		}
		lease_seconds "$lease_n"
		# The clock was set back: only what lives holds on from here.
		[ "$lease_left" -le "$LEASE_SECONDS" ] || {
			lease_put "$lease_n" "$LEASE_SECONDS"
			lease_seconds "$lease_n"
		}
		[ "$lease_left" = 0 ] || {
			lease_tell "$lease_n"
			last_operation
			return
		}
		next=$((lease_n + 1))
		told lease_publish "$next" "$arg_token" "$arg_holder" \
			"$arg_command" "$arg_job" || continue
		lease_newest
		[ "$lease_n" = "$next" ] && {
			taken "$next"
			return
		}
		rm -f ".hdeploy/lock.$next" # whoever was faster is ahead already
	done
	fail "$root/.hdeploy/lock.$next cannot be written: $(reason)"
}

taken() { # N
	for lease_file in .hdeploy/lock.* .hdeploy/released.* \
		.hdeploy/connection.* .hdeploy/returning.* .hdeploy/sign.* \
		.hdeploy/keeper.*; do
		lease_k=${lease_file##*.}
		case $lease_k in
		*[!0-9]* | '') ;;
		*) [ "$lease_k" -ge "$1" ] || rm -f "$lease_file" ;;
		esac
	done
	lease_hear "$1" "$arg_keepalive"
	if holder=$(connection); then
		lease_kept "$1" "$holder" || keep "$1" "$holder"
	else
		(umask 077 && echo 0 0 >".hdeploy/connection.$1") 2>/dev/null
		lease_lost "$1"
	fi
	say lease "$1"
	last_operation
}

# keep N PID: by one process, not by one more with each sign.
keep() {
	lease_connected "$1" "$2"
	lease_keep "$1" "$2" "$LEASE_SECONDS" lease_lost
	(umask 077 && process_mark ".hdeploy/keeper.$1" "$!") 2>/dev/null ||
		kill "$!" 2>/dev/null
}

# "operation ID NAME STATUS", and why it failed.
last_operation() {
	newest=$(operation_newest)
	name=$(operation_name "$newest") || return 0
	say operation "${newest##*/} $name $(operation_status "$newest")"
	why=$(sed -n 's/^failed //p' "$newest/answers" | head -n 1)
	[ -z "$why" ] || say operation_failed "$why"
}

# The process that goes when the connection does: the server's own, or hdeploy
# itself. sudo stands in between. False if it is gone already: init has adopted
# what it had started.
connection() {
	pid=$(parent "$$")
	[ "${pid:-$PPID}" = "$PPID" ] || return
	pid=$PPID
	while [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = sudo ]; do
		pid=$(parent "$pid")
		[ "$pid" != 1 ] || return
	done
	echo "$pid"
}

parent() {
	sed -n 's/^PPid:[^0-9]*//p' "/proc/$1/status" 2>/dev/null
}
