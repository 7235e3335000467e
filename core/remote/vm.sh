# shellcheck shell=sh disable=SC3013
# needs: lib process unit
# Finds the Erlang VM that runs from this root among the processes. Other users
# of the host can start processes with any name and any arguments, and register
# any node with epmd: docs/security.md explains why none of that counts.

# The unit's real name: hd_unit may be an alias.
vm_unit=

# vm_find: sets vm_pid (empty: no VM), vm_why if the VM cannot be determined,
# and vm_others, the beam processes of other users. Helpers that run from the
# same root (escript, a remote shell, the configuration of Distillery and of
# Castle) do not count: they boot another file.
vm_find() {
	vm_pid='' vm_why='' vm_init='' vm_at='' vm_others='' vm_sound=-
	vm_lost='' vm_mute='' vm_closed=''
	if [ ! -r /proc/self/comm ]; then
		vm_pid=0
		vm_why="cannot be found: /proc is not readable"
		return
	fi
	who_we_are
	[ -z "$hd_unit" ] || [ "$hd_manager" != system ] ||
		vm_unit=${vm_unit:-$(service_get Id)}
	for vm_file in $(vm_beams 2>/dev/null); do
		vm_file=${vm_file%/comm}
		process_user "${vm_file#/proc/}"
		[ "$hd_user" = "$hd_uid" ] || vm_in_unit "$vm_file" || {
			vm_others="$vm_others ${vm_file#/proc/}"
			continue
		}
		vm_is_here "$vm_file"
	done
}

# There may be more processes than a command takes arguments.
vm_beams() {
	set -- /proc/[0-9]*/comm
	if [ "$#" -lt 3000 ]; then
		grep -l '^beam' "$@"
	else
		echo "$@" | xargs grep -l '^beam'
	fi
}

# A cache, because a start looks many times and the arguments of a process do
# not change. vm_strangers: processes that run from elsewhere, " PID.BIRTH
# PID.BIRTH ". vm_taken: the VM, PID.BIRTH.
vm_strangers=' '
vm_taken=

# vm_is_here /proc/PID: whether it is the VM; sets vm_pid then. A process that
# has just begun might not show its arguments yet.
vm_is_here() {
	birth_of "${1#/proc/}"
	set -- "$1" "${1#/proc/}.$hd_birth"
	case $vm_strangers in
	*" $2 "*) return 1 ;;
	esac
	case $hd_birth-$vm_taken in
	hidden-*) vm_taken= ;; # the pid alone proves nothing
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

# vm_in_unit /proc/PID: whether it belongs to the unit of deploy.ini, under any
# user: only root can put a process there.
vm_in_unit() (
	[ -n "$hd_user" ] && [ -n "$hd_unit" ] && [ "$hd_manager" = system ] &&
		service_of "$1/cgroup" && [ "$manager" = system ] &&
		[ -n "$unit" ] && { [ "$unit" = "$hd_unit" ] ||
		[ "$unit" = "$vm_unit" ]; }
)

# vm_take PID.BIRTH: takes it as the VM. Of its -bindir only the version of the
# runtime is used.
vm_take() {
	vm_taken=$1
	vm_user=$hd_user
	vm_flag=$beam_flag
	vm_node=$beam_node
	vm_boot=$beam_boot
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

# vm_look /proc/PID: whether its arguments are those of a release's VM; sets
# beam_*. After process_user.
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

# vm_words /proc/PID: prints its arguments, one a line; at most 64 KiB of those
# of another user's process.
vm_words() {
	if [ "$hd_user" = "$hd_uid" ]; then
		tr '\n\0' '?\n' <"$1/cmdline"
	else
		head -c 65536 "$1/cmdline" | tr '\n\0' '?\n'
	fi
} 2>/dev/null

# vm_rooted /proc/PID: whether its beam_root is our root, as that process sees
# it: in a container the same path is another folder.
vm_rooted() {
	if [ -d "$1/root/." ]; then
		[ "$1/root$beam_root" -ef "$root" ]
	else
		[ "$beam_root" = "$root" ] || [ "$beam_root" -ef "$root" ]
	fi
}
