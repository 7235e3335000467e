# shellcheck shell=sh disable=SC2015,SC2034,SC2154,SC2013,SC3013
# The Erlang VM that runs from this root: found among the processes, asked
# through erl_call. Other users of the host can start processes with any name
# and any arguments, and register any node with epmd: docs/security.md says why
# none of that counts.

vm_unit= # the name of the unit that hd_unit may be an alias of

# vm_find: sets vm_pid (empty: no VM), and vm_why if it is not clear which;
# vm_others: beam processes of other users, whatever they run.
# Helpers that run from the same root (escript, a remote shell, the configuration
# of Distillery and of Castle) boot another file than the release's own.
vm_find() {
	vm_pid='' vm_why='' vm_init='' vm_at='' vm_others='' vm_sound=-
	vm_lost='' vm_mute='' vm_closed=''
	if [ ! -r /proc/self/comm ]; then
		vm_pid=0
		vm_why="cannot be looked for: /proc is not readable"
		return
	fi
	who_we_are
	[ -z "$hd_unit" ] || [ "$hd_manager" != system ] ||
		vm_unit=${vm_unit:-$(service_get Id)}
	# There may be more processes than a command takes arguments.
	for vm_file in $(echo /proc/[0-9]*/comm |
		xargs grep -l '^beam' 2>/dev/null); do
		vm_file=${vm_file%/comm}
		process_user "${vm_file#/proc/}"
		[ "$hd_user" = "$hd_uid" ] || vm_in_unit "$vm_file" || {
			vm_others="$vm_others ${vm_file#/proc/}"
			continue
		}
		vm_is_here "$vm_file"
	done
}

# Processes that turned out to run from elsewhere: what a process was started
# with stays so, and a start looks many times. " PID.BIRTH PID.BIRTH "
vm_strangers=' '

# And the one that was the VM. PID.BIRTH
vm_taken=

# vm_is_here /proc/PID: whether it is the VM, which is then taken for it. A process
# that has only just begun may show no arguments yet.
vm_is_here() {
	birth_of "${1#/proc/}"
	set -- "$1" "${1#/proc/}.$hd_birth"
	case $vm_strangers in
	*" $2 "*) return 1 ;;
	esac
	case $hd_birth-$vm_taken in
	hidden-*) vm_taken= ;; # a number alone says nothing
	esac
	if [ "$vm_taken" != "$2" ]; then
		vm_look "$1" && vm_rooted "$1" || {
			[ -z "$beam_root" ] || vm_strangers="$vm_strangers$2 "
			return 1
		}
		vm_take "$2"
	fi
	[ -z "$vm_pid" ] || vm_why="is not alone:\
 processes $vm_pid and ${2%%.*} both run from here"
	vm_pid=${2%%.*}
}

# vm_in_unit /proc/PID: whether it belongs to the unit of deploy.ini, whose User=
# may be another: nobody but root puts a process there.
vm_in_unit() (
	[ -n "$hd_user" ] && [ -n "$hd_unit" ] && [ "$hd_manager" = system ] &&
		service_of "$1/cgroup" && [ "$manager" = system ] &&
		[ -n "$unit" ] && { [ "$unit" = "$hd_unit" ] ||
		[ "$unit" = "$vm_unit" ]; }
)

# vm_take PID.BIRTH: that is the VM. Of what it says about its programs, only the
# version of the runtime is used.
vm_take() {
	vm_taken=$1
	vm_user=$hd_user
	vm_flag=$beam_flag
	vm_node=$beam_node
	vm_cookie=$beam_cookie
	vm_epmd=$beam_epmd
	vm_dist=$beam_dist
	vm_proto=$beam_proto
	vm_resolver=$beam_resolver
	vm_module=$beam_module
	case $vm_dist in
	*[!0-9]* | ??????*) vm_dist= ;;
	esac
	vm_bin=${beam_bin%/bin}
	vm_bin=${vm_bin##*/}
	case $vm_bin in
	erts-*) is_version "${vm_bin#erts-}" || vm_bin= ;;
	*) vm_bin= ;;
	esac
	vm_bin=${vm_bin:+$root/$vm_bin/bin}
}

# vm_look /proc/PID: after process_user: whether it says that it is a VM of a release; sets beam_*.
vm_look() {
	IFS='
'
	set -f
	# shellcheck disable=SC2046
	set -- $(vm_words "$1")
	set +f
	unset IFS
	beam_root='' beam_boot='' beam_flag='' beam_node='' beam_cookie=''
	beam_bin='' beam_epmd='' beam_dist='' beam_proto='' beam_resolver=''
	beam_module=''
	while [ "$#" -gt 1 ]; do
		case $1 in
		-extra) break ;;
		-root) beam_root=${beam_root:-$2} ;;
		-boot) beam_boot=${beam_boot:-$2} ;;
		-bindir) beam_bin=${beam_bin:-$2} ;;
		-epmd_port) beam_epmd=${beam_epmd:-$2} ;;
		-erl_epmd_port) beam_dist=${beam_dist:-$2} ;;
		-epmd_module) beam_module=${beam_module:-$2} ;;
		-proto_dist) beam_proto=${beam_proto:-$2} ;;
		inetrc) beam_resolver=yes ;;
		-setcookie) beam_cookie=${beam_cookie:-$2} ;;
		-name | -sname)
			beam_flag=${beam_flag:-$1}
			beam_node=${beam_node:-$2}
			;;
		esac
		shift
	done
	[ -n "$beam_root" ] || return 1
	case ${beam_boot##*/} in
	start_clean | no_dot_erlang | start_sasl | preboot) return 1 ;;
	config | '') [ -n "$beam_node" ] ;;
	esac
}

# vm_words /proc/PID: its arguments, one a line; of those of another user, hd_user,
# not more than a VM has.
vm_words() {
	if [ "$hd_user" = "$hd_uid" ]; then
		tr '\n\0' '?\n' <"$1/cmdline"
	else
		head -c 65536 "$1/cmdline" | tr '\n\0' '?\n'
	fi
} 2>/dev/null

# vm_rooted /proc/PID: whether its beam_root is our root. It is asked where that
# process would find it: in a container the same name is another folder.
vm_rooted() {
	if [ -d "$1/root/." ]; then
		[ "$1/root$beam_root" -ef "$root" ]
	else
		[ "$beam_root" = "$root" ] || [ "$beam_root" -ef "$root" ]
	fi
}

# vm_call SECONDS ARG...: erl_call to the VM that vm_find found.
vm_call() {
	vm_limit=$1
	shift
	vm_reach || {
		echo "the VM $vm_why"
		return 1
	}
	with_cookie "$vm_bin/erl_call" "$vm_flag" "$vm_at" -R \
		-timeout "$vm_limit" "$@"
}

# vm_programs: whether the VM can be asked at all, by programs that nobody else
# could have put there; else vm_why, and vm_mute says that this stays so.
vm_programs() {
	[ "$vm_sound" != "$vm_bin" ] || return 0
	vm_mute=yes
	if [ -z "$vm_node" ]; then
		vm_why="has no node name (-name or -sname), and hdeploy asks a\
 node by its name"
	elif is_tls "$vm_proto"; then
		vm_why="speaks TLS to other nodes (-proto_dist $vm_proto), which\
 erl_call cannot, and hdeploy asks by erl_call"
	elif [ -z "$vm_bin" ]; then
		vm_why="cannot be asked: its Erlang runtime is not in $root"
	elif [ ! -x "$vm_bin/erl_call" ] || [ ! -x "$vm_bin/epmd" ]; then
		vm_why="cannot be asked: $vm_bin/ lacks erl_call or epmd"
	elif ! trusted "$vm_bin/erl_call" "$vm_bin/epmd"; then
		vm_why="is not asked: $why"
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

# with_cookie COMMAND...: as_service, but with a HOME that holds nothing but
# the VM's cookie. In the command's arguments it would show in the list of
# processes. A VM that was not told its cookie has the one in the real HOME.
with_cookie() (
	[ -n "$vm_cookie" ] || {
		as_service "$@"
		exit
	}
	vm_home=
	trap 'rm -rf "$vm_home"' EXIT
	trap 'exit 1' HUP INT PIPE TERM
	cookie_homes_end
	why=$(cookie_home "$root/.hdeploy" 2>/dev/null ||
		cookie_home /tmp 2>&1) &&
		vm_home=$why || {
		why=$(printf '%s\n' "$why" | ends_of)
		echo "no private folder for its cookie: $why"
		exit 73
	}
	as_service with_home "$vm_home" "$@"
)

with_home() { # FOLDER COMMAND...
	HOME=$1
	export HOME
	shift
	"$@"
}

# cookie_home FOLDER: makes it there, where nobody else can enter, and says where.
# On a full disk, or before there is a .hdeploy, another place must do.
cookie_home() {
	umask 077
	[ -d "$1" ] && made=$(mktemp -d "$1/home.$$.XXXXXX") || return
	printf '%s' "$vm_cookie" >"$made/.erlang.cookie" && echo "$made" || {
		rm -rf "$made"
		return 1
	}
}

# Those of scripts that were killed.
cookie_homes_end() {
	for home in "$root"/.hdeploy/home.*; do
		[ -d "$home" ] || continue
		vm_word=${home##*/home.}
		birth_of "${vm_word%%.*}"
		[ -n "$hd_birth" ] || rm -rf "$home"
	done
}

# vm_ask SECONDS: asks until the VM answers as one that is at rest. Returns 0
# with its facts in vm_text, else 1 with the reason in vm_why, and vm_init if it
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
	vm_programs || {
		vm_refused=3
		return
	}
	vm_reach || {
		vm_text=
		return
	}
	vm_text=$(vm_facts | vm_call "$vm_left" -e 2>&1)
	vm_status=$?
	if [ "$vm_status" = 0 ]; then
		vm_text=$(printf '%s\n' "$vm_text" | tr '"' '\n' |
			grep '^vm_[a-z_]* .')
		vm_judge
	elif [ "$vm_status" = 142 ]; then
		vm_why="gave no answer within $vm_left s"
		vm_refused=3
	elif [ "$vm_status" = 73 ]; then
		vm_why="cannot be asked: $vm_text"
		vm_refused=3
	elif [ "$vm_status" -gt 128 ]; then
		vm_why="cannot be asked: erl_call was ended by signal\
 $((vm_status - 128))"
		vm_refused=3
	else
		vm_why=$(vm_refusal)
		vm_closed=yes
		vm_refused=$((vm_refused + 1))
	fi
}

# vm_refusal: why erl_call failed. A port that nobody named, or a name without
# an address, comes before the cookie.
vm_refusal() {
	vm_said=$(printf '%s\n' "$vm_text" | ends_of)
	if [ -n "$vm_lost" ]; then
		echo "$vm_lost; erl_call at port $vm_port: $vm_said"
	elif [ "$vm_at" = "$vm_node" ] && vm_stray; then
		echo "cannot be asked: $vm_host, the host part of its name,\
 cannot be resolved here"
	else
		vm_word='that it was started with'
		[ -n "$vm_cookie" ] || vm_word='of ~/.erlang.cookie'
		echo "did not let erl_call in with the cookie $vm_word:\
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
