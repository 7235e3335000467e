# shellcheck shell=sh
# A laboratory of hosts that can be put out of reach. Each host has an sshd of
# its own and runs a program that only sleeps: driver = app. Source it after
# lab.sh and check.sh, with LAB_HOSTS set.
#
#	unreachable_open           the fleet runs 0.1.0 and has 0.2.0
#	down N, refuses N, frozen N  from now on; well N: as before
# shellcheck disable=SC2034 # lab.sh reads it
LAB_SHARED=1

unreachable_open() {
	lab_open
	for v in 0.1.0 0.2.0; do
		mkdir -p "$LAB/build/$v"
		echo "$v" >"$LAB/build/$v/version"
	done
	{
		cat <<-END
			[app]
			name    = sleeper
			driver  = app
			release = $LAB/build/{version}

			[lab]
			path        = $LAB/{host}
			identity    = $LAB/ssh/user
			known_hosts = $LAB/ssh/known_hosts
			pid_file    = pid
			command.start = (cd current && exec setsid sleep 3600) >/dev/null 2>&1 </dev/null & echo \$! >pid
			batch = 1, 25%, 100%
			connect_timeout = 3s
		END
		lab_each lab_ini_host
	} >"$LAB/deploy.ini"
}

# The sshd of host N is entry N of LAB_SSHD.
sshd_of() { # N
	echo "$LAB_SSHD" | cut -d' ' -f"$1"
}

# Ends the sshd of host N, and starts one with these options, if there are any.
sshd_again() { # N [OPTION...]
	again=$1
	shift
	old=$(sshd_of "$again")
	kill -CONT "$old" 2>/dev/null || :
	kill "$old" 2>/dev/null || :
	wait "$old" 2>/dev/null || :
	[ $# -gt 0 ] || return 0
	: >"$LAB/ssh/log.$again"
	"$(lab_sshd_path)" -D -f "$LAB/ssh/sshd_config.$again" \
		-E "$LAB/ssh/log.$again" "$@" &
	LAB_SSHD=$(echo "$LAB_SSHD" | awk -v n="$again" -v pid=$! \
		'{ $n = pid; print }')
	until grep -q 'Server listening' "$LAB/ssh/log.$again"; do
		kill -0 "$(sshd_of "$again")" || flunk 'no sshd'
		sleep 0.1
	done
}

down() {
	sshd_again "$1"
}

refuses() {
	sshd_again "$1" -o AuthorizedKeysFile=none
}

# The kernel still accepts connections.
frozen() {
	kill -STOP "$(sshd_of "$1")"
}

well() {
	sshd_again "$1" -o "AuthorizedKeysFile=$LAB/ssh/authorized_keys"
}

# all_run VERSION [OTHER HOSTS]: as the kernel sees it, but these hosts OTHER
all_run() {
	n=1
	while [ "$n" -le "$LAB_HOSTS" ]; do
		case " ${3-} " in
		*" $n "*) want=$2 ;;
		*) want=$1 ;;
		esac
		equal "web$n runs" \
			"$(cat "/proc/$(cat "$LAB/web$n/pid")/cwd/version")" "$want"
		equal "web$n starts" "$(readlink "$LAB/web$n/current")" \
			"releases/$want"
		n=$((n + 1))
	done
}

# results: "RESULT COUNT" of the last summary, one per line
results() {
	jq -rs 'last.hosts | group_by(.result)[] | "\(.[0].result) \(length)"' \
		"$LAB/events"
}
