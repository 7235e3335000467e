# shellcheck shell=sh
# needs: limit trust vm
# How to reach the VM that vm_find found: erl_call connects to the port where it
# listens. epmd knows that port; where epmd does not know the node, the kernel
# does: docs/security.md.

# vm_programs: whether the VM can be queried, with programs that only we and
# root can write to; else sets vm_why, and vm_mute=yes: trying again will not
# help. An operation may have replaced the runtime since the root was entered.
vm_programs() {
	[ "$vm_sound" != "$vm_bin" ] || return 0
	vm_mute=yes
	if [ -z "$vm_node" ]; then
		vm_why="has no node name (-name or -sname), which hdeploy needs\
 to query it"
	elif is_tls "${vm_proto-}"; then
		vm_why="speaks TLS to other nodes (-proto_dist $vm_proto), but\
 erl_call, with which hdeploy queries it, does not"
	elif [ -z "$vm_bin" ]; then
		vm_why="cannot be queried: its Erlang runtime is not in $root"
	elif [ ! -x "$vm_bin/erl_call" ] || [ ! -x "$vm_bin/epmd" ]; then
		vm_why="cannot be queried: $vm_bin/ lacks erl_call or epmd"
	elif ! trusted "$vm_bin/erl_call" "$vm_bin/epmd"; then
		vm_why="is not queried: $why"
	else
		vm_sound=$vm_bin
		vm_mute=
		return 0
	fi
	return 1
}

is_tls() {
	case $1 in
	inet_tls | inet6_tls) ;;
	*) return 1 ;;
	esac
}

# proto_fits VERSION: fails if hdeploy could not query a node of VERSION.
proto_fits() {
	for file in "releases/$1/vm.args" "releases/$1/vm.args.src"; do
		proto=$(sed -n 's/^[	 ]*-proto_dist[	 ][	 ]*\([a-z0-9_]*\).*/\1/p' \
			"$file" 2>/dev/null | tail -n 1)
		! is_tls "$proto" || fail "$root/$file says -proto_dist $proto:" \
			"erl_call does not speak TLS, and hdeploy could not" \
			"query the node"
	done
}

# vm_reach: sets vm_at and vm_flag for erl_call; else vm_why. epmd may be
# another user's and name a port where that user listens, who could relay our
# messages and change them. So the VM's own user must listen on the port, and
# erl_call connects to it without asking epmd again. Before OTP 23 (ERTS 11)
# erl_call takes only a name.
vm_reach() {
	[ -z "$vm_at" ] || return 0
	vm_programs && { vm_port_find || vm_port_own; } &&
		vm_listens "$vm_port" || return
	if [ -n "$vm_ip" ] && runtime_is 11; then
		vm_flag=-address
		vm_at=$vm_ip:$vm_port
	elif [ -n "$vm_rival" ]; then
		vm_why="is not queried: user id $vm_rival also listens on its port"
		return 1
	elif [ -n "$vm_lost" ]; then
		vm_why=$vm_lost
		return 1
	else
		vm_at=$vm_node
	fi
}

# vm_again: like vm_find, but only checks that the VM that it found and
# vm_reach reached still lives and listens.
vm_again() {
	if [ -n "$vm_at" ] && [ -n "$vm_pid" ] && [ -z "$vm_why" ]; then
		birth_of "$vm_pid"
		[ "$hd_birth" = hidden ] ||
			[ "$vm_taken" != "$vm_pid.$hd_birth" ] ||
			! vm_listens "$vm_port" || return 0
	fi
	vm_find
}

# runtime_is ERTS: whether the VM's runtime is that version or newer.
runtime_is() {
	vm_word=${vm_bin%/bin}
	vm_word=${vm_word##*/erts-}
	[ "${vm_word%%.*}" -ge "$1" ] 2>/dev/null
}

# vm_port_find: sets vm_port, which epmd names for the VM, and vm_teller, the
# source; else vm_lost. The answer of an epmd may never end, hence the limits. A
# VM without epmd has the port in its arguments.
vm_port_find() {
	vm_teller=-erl_epmd_port
	vm_port=$vm_dist
	[ -z "$vm_port" ] || return 0
	vm_teller=epmd
	vm_text=$(limited 5 "$vm_bin/epmd" -names 2>&1 | head -c 65536)
	vm_port_named "${vm_node%%@*}"
	[ -z "$vm_port" ] || return 0
	[ -z "$vm_module" ] || return 1
	vm_word=$(service_value ERL_EPMD_PORT)
	vm_word=${vm_word:-4369}
	if [ -n "$vm_epmd" ] && [ "$vm_epmd" != "$vm_word" ]; then
		vm_lost="was started with ERL_EPMD_PORT=$vm_epmd, and the\
 service's environment now says $vm_word"
		return 1
	fi
	case $vm_text in
	'epmd: up'*) vm_lost="is not known to epmd on port $vm_word: an epmd\
 that was restarted does not know nodes started earlier" ;;
	*'Cannot connect'*) vm_lost="is not known to epmd: no epmd runs on\
 port $vm_word any more" ;;
	*) vm_lost="is not known to epmd: $(printf '%s\n' "$vm_text" |
		ends_of)" ;;
	esac
	return 1
}

# vm_port_named NAME: sets vm_port to that of the first line "name NAME at port
# N" in vm_text.
vm_port_named() {
	IFS='
'
	set -f
	for vm_word in $vm_text; do
		case $vm_word in
		"name $1 at port "*[!0-9]*) continue ;;
		"name $1 at port "[0-9]*) vm_word=${vm_word##* } ;;
		*) continue ;;
		esac
		[ "${#vm_word}" -le 5 ] && [ "$vm_word" -lt 65536 ] || continue
		vm_port=$vm_word
		break
	done
	set +f
	unset IFS
}

# vm_port_own: sets vm_port without epmd, to the first of the ports that the VM
# opened: it opens that port before any application starts; else vm_why. Only
# the VM's user and root can see its open files.
vm_port_own() {
	vm_teller='its list of files'
	vm_port=$({
		ls -l "/proc/$vm_pid/fd"
		cat /proc/net/tcp /proc/net/tcp6
	} 2>/dev/null | awk '
		$(NF - 1) == "->" && $NF ~ /^socket:\[[0-9]+\]$/ {
			opened[substr($NF, 9, length($NF) - 9)] = $(NF - 2) + 1
		}
		$4 == "0A" && ($10 in opened) &&
				(!first || opened[$10] < first) {
			first = opened[$10]
			at = substr($2, length($2) - 3)
		}
		END { print at }')
	[ -z "$vm_port" ] || vm_port=$(printf '%d' "0x$vm_port")
	vm_why=${vm_lost:-"has an epmd of its own (-epmd_module $vm_module)"}
	[ -n "$vm_port" ] && vm_why=
}

# vm_listens PORT: whether the VM's user listens on PORT; else vm_why. Sets
# vm_ip, the address ("": IPv6 alone), and vm_rival, the id of another user who
# listens on PORT of another address.
vm_listens() {
	vm_ip=127.0.0.1
	vm_rival=
	[ -r /proc/net/tcp ] || return 0
	vm_word=/proc/net/tcp6
	[ -r "$vm_word" ] || vm_word=
	# shellcheck disable=SC2046
	set -- $(awk -v port="$1" -v user="${vm_user-}" '
		BEGIN { at = sprintf(":%04X", port) }
		$4 != "0A" || substr($2, length($2) - 4) != at { next }
		$8 != user { rival = $8; next }
		ours == "" { ours = substr($2, 1, length($2) - 5) }
		END { print ours "-", rival "-" }' \
		/proc/net/tcp ${vm_word:+"$vm_word"} 2>/dev/null)
	vm_rival=${2%-}
	case ${1%-} in
	'')
		vm_why="does not listen on port $vm_port, which $vm_teller names for\
 it${vm_rival:+: user id $vm_rival does}"
		return 1
		;;
	*[!0]*) address_of "${1%-}" ;;
	esac
}

# address_of HEX: sets vm_ip to an IPv4 address of /proc/net, as machines write
# it that store the lowest byte first; "" for an address of IPv6 alone.
address_of() {
	vm_ip=
	set -- "${1#0000000000000000FFFF0000}"
	[ "${#1}" = 8 ] || return 0
	set -- "${1#??????}" "${1#????}" "${1#??}" "$1"
	set -- "$1" "${2%??}" "${3%????}" "${4%??????}"
	vm_ip=$((0x$1)).$((0x$2)).$((0x$3)).$((0x$4))
}

# vm_reach_hint: sets hd_port, by which service_env lets the control script find
# a VM that epmd does not know; "" if the script does not need it. After
# vm_find.
vm_reach_hint() {
	hd_port=
	[ -n "$vm_pid" ] && vm_reach && runtime_is 12 &&
		{ [ -n "$vm_lost$vm_dist" ] || vm_stray; } || return 0
	hd_port=$vm_port
}

# vm_stray: whether this host cannot resolve the host part of the VM's name;
# sets vm_host. False if Erlang resolves names by itself. getent ends with
# status 2 for a name without an address; a slow name server proves nothing.
vm_stray() {
	vm_host=${vm_node#*@}
	case $vm_host in
	"$vm_node" | *[!0-9A-Za-z._-]* | '') return 1 ;;
	*[!0-9.]*) ;;
	*) return 1 ;;
	esac
	[ -z "$vm_resolver$(service_value ERL_INETRC)" ] &&
		command -v getent >/dev/null || return
	limited 5 "$(command -v getent)" hosts "$vm_host" >/dev/null 2>&1
	[ "$?" = 2 ]
}
