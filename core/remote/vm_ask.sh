# shellcheck shell=sh
# needs: call vm vm_facts
# Queries the VM for its facts, once it is neither starting nor stopping.

# A function that answers facts while the VM evaluates the first question, in a
# subshell; "": none, or it has run.
vm_meanwhile=

# vm_ask SECONDS: retries for so many seconds. Returns 0 with the facts in
# vm_text; else 1 with the reason in vm_why, and in vm_init the VM's own state
# if it is starting or stopping. If vm_pid is empty, the VM ended meanwhile.
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
	vm_programs || {
		vm_refused=3
		return
	}
	vm_reach || {
		vm_text=
		return
	}
	vm_text=$(
		[ -z "$vm_meanwhile" ] || {
			"$vm_meanwhile" >/dev/null &
		}
		vm_facts | vm_call "$vm_left" -e 2>&1
		vm_status=$?
		wait
		exit "$vm_status"
	)
	vm_status=$?
	vm_meanwhile=
	if [ "$vm_status" = 0 ]; then
		vm_text=$(printf '%s\n' "$vm_text" | tr '"' '\n' |
			grep '^vm_[a-z_]* .')
		vm_judge
	elif [ "$vm_status" = 142 ]; then
		vm_why="gave no answer within $vm_left s"
		vm_refused=3
	elif [ "$vm_status" = 73 ]; then
		vm_why="cannot be queried: $vm_text"
		vm_refused=3
	elif [ "$vm_status" -gt 128 ]; then
		vm_why="cannot be queried: erl_call was killed by signal\
 $((vm_status - 128))"
		vm_refused=3
	else
		vm_why=$(vm_refusal)
		vm_closed=yes
		vm_refused=$((vm_refused + 1))
	fi
}

# vm_refusal: prints why erl_call failed. A node unknown to epmd, or a host name
# without an address, is more likely than a wrong cookie.
vm_refusal() {
	vm_said=$(printf '%s\n' "$vm_text" | ends_of)
	if [ -n "$vm_lost" ]; then
		echo "$vm_lost; erl_call at port $vm_port: $vm_said"
	elif [ "$vm_at" = "$vm_node" ] && vm_stray; then
		echo "cannot be queried: this host cannot resolve $vm_host, the\
 host part of its name"
	else
		vm_word='that it was started with'
		[ -n "$vm_cookie" ] || vm_word='of ~/.erlang.cookie'
		echo "did not accept erl_call with the cookie $vm_word:\
 $vm_said"
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
		vm_why="is not the process that answers: another node is named\
 $vm_node"
		vm_refused=3
		return
		;;
	esac
	case $vm_text in
	*"vm_init started"*) ;;
	*)
		vm_why="is starting or stopping"
		vm_init=${vm_text#*vm_init }
		vm_init=${vm_init%%[!a-z_]*}
		;;
	esac
}

# vm_rest: after a failure, when the VM may restart itself: waits until the same
# VM answers twice, or none runs.
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
