# shellcheck shell=sh
# needs: lease lib ops
# How long a lease holds (lease.sh), and who keeps it.

LEASE_GRACE=15

# lease_seconds N: sets lease_left, the seconds for which it still holds. A
# silent run keeps the lease only while one of its operations runs.
lease_seconds() {
	lease_time "$1"
	if [ ! -f ".hdeploy/lock.$1" ] || [ -e ".hdeploy/released.$1" ]; then
		lease_left=0
	elif ! lease_heard "$1" && ! operation_live; then
		lease_left=0
	elif [ "$lease_left" = 0 ] && lease_lives "$1"; then
		lease_left=$LEASE_GRACE
	fi
}

# lease_time N: sets lease_left, the seconds until its "until".
lease_time() {
	lease_read "$1"
	if [ -n "$lease_until" ]; then
		clock_left "${lease_until% *}" "${lease_until#* }"
	else
		case $lease_expires in
		'' | *[!0-9]*) hd_left=0 ;;
		*) hd_left=$((lease_expires - $(date +%s))) ;;
		esac
	fi
	lease_left=$((hd_left > 0 ? hd_left : 0))
}

# lease_lives N: whether its connection or an operation lives, even if the
# process that keeps the lease does not.
lease_lives() {
	[ -z "$lease_until" ] || case ${lease_until% *} in
	wall | "$hd_clock") ;;
	*) return 1 ;;
	esac
	case $lease_token in
	watch-*)
		process_read .hdeploy/watcher &&
			session_lives "$hd_pid" "$hd_born" && return
		;;
	esac
	process_lives ".hdeploy/connection.$1" && [ "$hd_birth" != hidden ] &&
		lease_heard "$1" || operation_live
}

# lease_heard N: whether the last keepalive of its run came in time, or one of
# its questions still runs; sets lease_silent, the seconds since the keepalive,
# and lease_period, the seconds that are allowed. A run that sends no keepalives
# counts as alive while its connection lives.
lease_heard() {
	lease_silent=0 lease_period=0
	[ -s ".hdeploy/sign.$1" ] && read -r lease_clock lease_end lease_sign \
		<".hdeploy/sign.$1" || return 0
	case $lease_end$lease_sign in
	'' | *[!0-9]*) return 0 ;;
	esac
	! lease_asked "$1" || return 0
	clock_left "$lease_clock" "$lease_end"
	lease_silent=$((hd_now > lease_sign ? hd_now - lease_sign : 0))
	lease_period=$((lease_end - lease_sign))
	[ "$hd_left" -gt 0 ]
}

# lease_quiet: after lease_heard: whether two keepalives in a row are missing
# (core/rollout/lease.c has their interval).
lease_quiet() {
	[ "$lease_period" -gt 0 ] &&
		[ "$((lease_silent * 4))" -ge "$((lease_period * 3))" ]
}

# lease_absent N: whether its run shows no sign of being alive.
lease_absent() {
	! lease_heard "$1" || lease_quiet || lease_orphan "$1"
}

# lease_busy: this question of the run with lease hd_lease counts as a keepalive
# while it runs, because the run cannot send one on the same connection.
lease_busy() {
	[ -f ".hdeploy/lock.$hd_lease" ] || return 0
	clock_now
	private process_mark ".hdeploy/asking.$hd_lease" "$$" \
		"$hd_clock $((hd_now + hd_seconds))" 2>/dev/null
}

# lease_asked N: whether such a question runs, within its deadline.
lease_asked() {
	process_lives ".hdeploy/asking.$1" || return 1
	clock_left "${hd_more% *}" "${hd_more#* }"
	[ "$hd_left" -gt 0 ]
}

# lease_hear N SECONDS: a keepalive came; the next is due within that time. By
# the wall clock, which can be set, no run is called silent.
lease_hear() {
	clock_now
	[ "$hd_clock" != wall ] || return 0
	case $2 in
	'' | *[!0-9]* | ?????????*) return 0 ;;
	esac
	lease_replace ".hdeploy/sign.$1" "$hd_clock $((hd_now + $2)) $hd_now"
}

# lease_begun: whether an operation or an upload of its run continues, which
# counts as a keepalive. An upload continues if it has grown since the previous
# call.
lease_begun() {
	lease_parts=
	for lease_file in .hdeploy/releases/*/*.part; do
		[ ! -f "$lease_file" ] ||
			lease_parts="$lease_parts $(wc -c <"$lease_file")"
	done 2>/dev/null
	lease_grew=
	[ "$lease_parts" = "$lease_seen" ] || lease_grew=yes
	lease_seen=$lease_parts
	[ -n "$lease_grew" ] || operation_live
}

# lease_listen N: like lease_heard, for its keeper: after a quarter of the
# period without a keepalive, lease_begun counts as one.
lease_listen() {
	lease_heard "$1" && [ "$((lease_silent * 4))" -le "$lease_period" ] &&
		return
	! lease_begun || lease_hear "$1" "$lease_period"
	lease_heard "$1"
}

# lease_renew N SECONDS: makes it hold at least that long.
lease_renew() {
	lease_time "$1"
	[ "$lease_left" -ge "$2" ] || lease_put "$1" "$2"
}

# lease_keep N PID SECONDS THEN: in the background, keeps lease N for SECONDS at
# a time while process PID lives and its run is not silent; then calls THEN N.
# The subshell itself closes the answers: if its command line did, mksh would
# keep a copy open.
lease_keep() {
	birth_of "$2"
	[ -n "$hd_birth" ] || return 0
	lease_born=$hd_birth
	(
		exec </dev/null >/dev/null 2>&1 3>&-
		trap '' HUP
		lease_begun || :
		while birth_of "$2" && [ "$hd_birth" = "$lease_born" ]; do
			lease_newest
			[ "$lease_n" = "$1" ] && [ ! -e ".hdeploy/released.$1" ] ||
				exit
			lease_listen "$1" || break
			lease_renew "$1" "$(($3 * 2 / 3))"
			sleep 2
		done
		"$4" "$1"
	) &
}

# lease_connected N PID: records that the run behind process PID holds lease N.
lease_connected() {
	[ ! -e ".hdeploy/connection.$1" ] || rm -f ".hdeploy/connection.$1"
	birth_of "$2"
	[ -z "$hd_birth" ] ||
		private put_line ".hdeploy/connection.$1" "$2 $hd_birth" 2>/dev/null
}

# lease_orphan N: whether its connection is gone; sets lease_gone, when that
# was seen.
lease_orphan() {
	[ -s ".hdeploy/connection.$1" ] &&
		read -r lease_pid lease_born lease_gone \
			<".hdeploy/connection.$1" &&
		birth_of "$lease_pid" && [ "$hd_birth" != "$lease_born" ]
}

# lease_parked N: whether it needs no connection.
lease_parked() {
	[ -s ".hdeploy/sign.$1" ] && [ ! -e ".hdeploy/connection.$1" ]
}

# lease_kept N PID: whether lease N, of the run behind process PID, has a keeper
# already: then this call is only a keepalive.
lease_kept() {
	process_lives ".hdeploy/connection.$1" && [ "$hd_pid" = "$2" ] &&
		process_lives ".hdeploy/keeper.$1"
}

# lease_lost N: its connection broke. The run has a grace period to come back; a
# silent run has none (lease_seconds). A parked lease does not need it, nor one
# that was given back.
lease_lost() {
	! lease_parked "$1" && [ ! -e ".hdeploy/released.$1" ] || return 0
	clock_now
	! lease_orphan "$1" || [ -n "$lease_gone" ] ||
		echo "$lease_pid $lease_born $hd_now" \
			>".hdeploy/connection.$1"
	lease_put "$1" "$LEASE_GRACE"
}

# lease_ended N: an operation ended. A run that is gone keeps only the rest of
# its grace period.
lease_ended() {
	lease_orphan "$1" || return 0
	clock_now
	lease_left=$((${lease_gone:-$hd_now} + LEASE_GRACE - hd_now))
	[ "$lease_left" -ge 3 ] || lease_left=3
	[ "$lease_left" -le "$LEASE_GRACE" ] || lease_left=$LEASE_GRACE
	lease_put "$1" "$lease_left"
}

# lease_show N: answers who holds it; after lease_seconds.
lease_show() {
	lease_heard "$1" && ! lease_orphan "$1" || say orphan yes
	! lease_quiet || say silent "$lease_silent"
	say holder "$lease_holder"
	say command "$lease_command"
	say job "$lease_job"
	say since "$lease_since"
	say seconds "$lease_left"
	say locked "$1"
}
