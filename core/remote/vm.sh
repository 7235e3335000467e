# shellcheck shell=sh disable=SC2015,SC2034,SC2154,SC2013,SC3013
# The Erlang VM that runs from this root: found by its command line, asked
# through erl_call.

# vm_find: sets vm_pid (empty: no VM), and vm_why if it is not clear which.
# Helpers that run from the same root (escript, a remote shell, Distillery's
# configuration) boot another file than the release's own.
vm_find() {
	vm_pid=
	vm_why=
	vm_state=
	vm_cookie=
	if [ ! -r /proc/self/comm ]; then
		vm_pid=0
		vm_why="cannot be looked for: /proc is not readable"
		return
	fi
	for vm_file in $(grep -l '^beam' /proc/[0-9]*/comm 2>/dev/null); do
		vm_look "${vm_file%/comm}" || continue
		[ -z "$vm_pid" ] || vm_why="is not alone:\
 processes $vm_pid and ${vm_file%/comm} both run from here"
		vm_pid=${vm_file%/comm}
		vm_pid=${vm_pid#/proc/}
		vm_flag=$beam_flag
		vm_node=$beam_node
		vm_cookie=$beam_cookie
		vm_bin=$beam_bin
	done
}

# vm_look /proc/PID: whether it is the VM; sets beam_*.
vm_look() {
	IFS='
'
	set -f
	# shellcheck disable=SC2046
	set -- $(tr '\n\0' '?\n' 2>/dev/null <"$1/cmdline")
	set +f
	unset IFS
	beam_root='' beam_boot='' beam_flag='' beam_node='' beam_cookie=''
	beam_bin=''
	while [ "$#" -gt 1 ]; do
		case $1 in
		-extra) break ;;
		-root) beam_root=${beam_root:-$2} ;;
		-boot) beam_boot=${beam_boot:-$2} ;;
		-bindir) beam_bin=${beam_bin:-$2} ;;
		-setcookie) beam_cookie=${beam_cookie:-$2} ;;
		-name | -sname)
			beam_flag=${beam_flag:-$1}
			beam_node=${beam_node:-$2}
			;;
		esac
		shift
	done
	[ -n "$beam_root" ] || return 1
	[ "$beam_root" = "$root" ] || [ "$beam_root" -ef "$root" ] || return 1
	case ${beam_boot##*/} in
	start_clean | no_dot_erlang | start_sasl) return 1 ;;
	config | '') [ -n "$beam_node" ] ;;
	esac
}

# vm_call SECONDS ARG...: erl_call to the VM that vm_find found.
vm_call() {
	vm_limit=$1
	shift
	with_cookie "$vm_bin/erl_call" "$vm_flag" "$vm_node" -R \
		-timeout "$vm_limit" "$@"
}

# with_cookie COMMAND...: as_service, but with a HOME that holds nothing but
# the VM's cookie. In the command's arguments it would show in the list of
# processes. A VM that was not told its cookie has the one in the real HOME.
with_cookie() (
	[ -n "$vm_cookie" ] || {
		as_service "$@"
		exit
	}
	trap 'rm -rf "$vm_home"' EXIT
	trap 'exit 1' HUP INT PIPE TERM
	vm_home=$(mktemp -d "${TMPDIR:-/tmp}/hdeploy.XXXXXX") || exit 1
	(umask 077 && printf '%s' "$vm_cookie" >"$vm_home/.erlang.cookie") &&
		chmod 400 "$vm_home/.erlang.cookie" || exit 1
	as_service env "HOME=$vm_home" "$@"
)

# vm_ask SECONDS: asks until the VM answers as one that is at rest. Returns 0
# with its facts in vm_text, else 1 with the reason in vm_why, and vm_state if it
# says that it is not there yet, or with vm_pid empty: it went away meanwhile.
vm_ask() {
	vm_left=$1
	vm_refused=0
	while [ -n "$vm_pid" ] && [ -z "$vm_why" ]; do
		vm_ask_once
		[ -n "$vm_why" ] || return 0
		vm_left=$((vm_left - 1))
		[ "$vm_left" -gt 0 ] && [ "$vm_refused" -lt 3 ] || return 1
		sleep 1
		vm_last=$vm_why
		vm_find
	done
	[ -z "$vm_pid" ] || vm_why=${vm_why:-$vm_last}
	return 1
}

vm_ask_once() {
	vm_why=
	if [ -z "$vm_node" ]; then
		vm_why="has no node name (-name or -sname)"
	elif [ ! -x "$vm_bin/erl_call" ]; then
		vm_why="cannot be asked: there is no $vm_bin/erl_call"
	fi
	[ -z "$vm_why" ] || {
		vm_refused=3
		return
	}
	vm_text=$(vm_expression | vm_call "$vm_left" -e 2>/dev/null)
	vm_status=$?
	if [ "$vm_status" = 0 ]; then
		vm_text=$(printf '%s\n' "$vm_text" | tr '"' '\n' |
			grep '^vm_[a-z]* .')
		vm_judge
	elif [ "$vm_status" = 142 ]; then
		vm_why="gave no answer in time: frozen, or very busy"
		vm_refused=3
	elif as_service "$vm_bin/epmd" -names 2>/dev/null |
		grep -q "^name ${vm_node%%@*} at port "; then
		vm_why="refused to talk: it may have another cookie"
		vm_refused=$((vm_refused + 1))
	else
		vm_why="is not known to epmd:\
 is ERL_EPMD_PORT in the service's environment as it was at the start?"
	fi
}

vm_judge() {
	case "
$vm_text
" in
	*"
vm_pid $vm_pid
"*) ;;
	*)
		vm_why="is not who answers: another node is named $vm_node"
		vm_refused=3
		return
		;;
	esac
	case $vm_text in
	*"vm_state started"*) ;;
	*)
		vm_why="is starting or stopping"
		vm_state=${vm_text#*vm_state }
		vm_state=${vm_state%%[!a-z_]*}
		;;
	esac
}

# After a failure the VM may restart itself: waits until it answers twice as
# the same one, or is down.
vm_rest() {
	before=
	tries=0
	while [ "$tries" -lt 30 ]; do
		tries=$((tries + 1))
		vm_find
		now=down
		vm_left=8
		[ -z "$vm_pid" ] || {
			vm_ask_once
			now=$(printf '%s\n' "$vm_text" | grep '^vm_creation')
			[ -z "$vm_why" ] || now=
		}
		[ -z "$now" ] || [ "$now" != "$before" ] || return 0
		before=$now
		sleep 1
	done
}
