# shellcheck shell=sh
# needs: contents drift facts_host facts_packed facts_proof facts_unit
# needs: preflight preflight_node preflight_programs vm_ask
# The present state of this host. Changes nothing, but counts as a keepalive.

# args: [deep now needs variables goal target libs brief]
# now: seconds, by the clock of the machine that asks; now, needs, variables,
# goal: before a change, see preflight*.sh; target, libs: facts_proof.sh; brief:
# facts_is_brief in facts_host.sh.
main() {
	app=$arg_app
	facts_host
	if [ -d "$arg_root" ]; then
		say root_exists yes
		facts_trust "$arg_root" || return 0
		lease_busy
		facts_is_brief || facts_names
		facts_env
		facts_disk
		vm_meanwhile=facts_local
		facts_vm
		[ -z "$vm_meanwhile" ] || "$vm_meanwhile"
		facts_is_brief || facts_drift
		facts_proof
		facts_is_brief || facts_packed
		facts_others "$arg_root"
		facts_preflight
	else
		facts_names
		facts_parent "$arg_root"
		facts_preflight
		say vm_state down
	fi
	return 0
}

# The facts for which the VM is not needed. Can run in a subshell.
facts_local() {
	facts_id
	facts_boot
	# The lock first: a run can end its last operation now, and then it has
	# no lock any more.
	facts_change
	facts_operations
	facts_releases
	facts_closed_parts
	facts_snapshot
	facts_is_brief || {
		facts_files
		facts_history
		facts_service
	}
}

# Status needs none of this.
facts_preflight() {
	[ -n "$arg_now" ] || return 0
	preflight_host
	preflight_programs
	[ ! -d "$arg_root" ] || facts_is_brief || preflight_node
}

# erl_call crashes on a host that knows neither name.
facts_names() {
	facts_user
	name=$host_name
	! command -v getent >/dev/null || getent hosts localhost >/dev/null ||
		getent hosts "$name" >/dev/null ||
		say refusal "this host knows no address of localhost or\
 of its own name, $name: add them to /etc/hosts"
}

facts_boot() {
	if command_given boots; then
		[ -d releases ] && version=$(command_word boots) &&
			say boot "$version"
		return
	fi
	erts='' version=''
	[ ! -f releases/start_erl.data ] ||
		read -r erts version <releases/start_erl.data
	is_version "$version" && is_version "$erts" &&
		say boot "$version"
	[ -z "$version" ] || has_list || say no_list yes
	version=$(driver_script_boot) && is_version "$version" &&
		say script_boot "$version"
	! marker_read || say switching "$to $from"
}

facts_releases() {
	for folder in releases/*/; do
		version=${folder#releases/}
		version=${version%/}
		is_version "$version" && [ -f "${folder}start.boot" ] &&
			say unpacked "$version"
	done
	facts_records release
	facts_newest
}

# The versions, in the order in which they came: by the numbers of their records,
# or by the time of the record, of the files, or of an upload that broke off.
facts_newest() {
	facts_numbered || facts_by_time
}

# facts_numbered: false unless each version has a number of its own; not for many,
# because a program sorts them faster.
facts_numbered() {
	seen=' ' sorted='' n=0
	for file in releases/*/start.boot releases/*/*.part \
		.hdeploy/releases/*/*.part .hdeploy/releases/*/record; do
		version=${file%/*}
		version=${version##*/}
		is_version "$version" && [ -e "$file" ] || continue
		case $seen in
		*" $version "*) continue ;;
		esac
		seen="$seen$version "
		number=
		[ ! -s ".hdeploy/releases/$version/number" ] ||
			read -r number <".hdeploy/releases/$version/number"
		case $number in
		'' | 0?* | *[!0-9]* | ??????????*) return 1 ;;
		esac
		n=$((n + 1))
		[ "$n" -lt 20 ] || return
		before=''
		for other in $sorted; do
			[ "${other%%/*}" -gt "$number" ] || break
			before="$before$other "
		done
		sorted=${sorted#"$before"}
		[ "${sorted%%/*}" != "$number" ] || return
		sorted="$before$number/$version $sorted"
	done
	for version in $sorted; do
		say newest "${version#*/}"
	done
}

facts_by_time() {
	# shellcheck disable=SC2012
	ls -t releases/*/start.boot releases/*/*.part \
		.hdeploy/releases/*/*.part .hdeploy/releases/*/record 2>/dev/null |
		facts_oldest | in_order .hdeploy/releases | {
		set --
		while IFS= read -r version; do
			set -- "$version" "$@"
		done
		for version; do
			say newest "$version"
		done
	}
}

# facts_oldest: the version of each path FOLDER/VERSION/FILE on stdin once, the
# last first. A line without two slashes is part of a name with line breaks.
facts_oldest() {
	set --
	versions=' '
	while IFS= read -r version; do
		case $version in
		*/*/*) version=${version%/*} ;;
		*) continue ;;
		esac
		version=${version##*/}
		is_version "$version" || continue
		case $versions in
		*" $version "*) continue ;;
		esac
		versions="$versions$version "
		set -- "$version" "$@"
	done
	[ "$#" = 0 ] || printf '%s\n' "$@"
}

# The newest snapshot, and the version that booted before that change.
facts_snapshot() {
	snapshot_newest
	newest=$hd_newest
	version=
	[ ! -f ".hdeploy/snapshots/$newest/start_erl.data" ] ||
		read -r erts version \
			<".hdeploy/snapshots/$newest/start_erl.data"
	case $newest in
	*[!a-z0-9-]*) ;;
	*) is_version "$version" && say snapshot "$newest $version" ;;
	esac
}

facts_vm() {
	vm_find
	[ -z "$vm_pid" ] || ! is_tls "$vm_proto" || say vm_tls "$vm_proto"
	owner=
	[ -z "$vm_pid" ] || service_owner "$vm_pid"
	[ -z "$owner" ] || {
		say vm_unit "${owner%% *}"
		say vm_manager "${owner#* }"
	}
	if word=$(driver_unnamed); then
		say vm_state up
		say vm_word "$word"
		say vm_unnamed yes
	elif [ -n "$vm_pid" ] && vm_ask 8; then
		say vm_state up
		printf '%s\n' "$vm_text" | while read -r key value; do
			[ "$key" = vm_init ] || say "$key" "$value"
		done
		facts_changed
		facts_lost
	elif [ -n "$vm_pid" ]; then
		say vm_state unreachable
		say vm_why "process $vm_pid $vm_why"
		[ -z "$vm_init" ] || say vm_init "$vm_init"
	elif command_given running; then
		facts_word
	else
		say vm_state down
	fi
}

# bin/<app> finds the node by its name and its cookie. If vm.args takes them
# from variables, these must still have the values with which the node was
# started.
facts_changed() {
	version=$(driver_script_boot) && is_version "$version" &&
		[ -r "/proc/$vm_pid/environ" ] || return 0
	set -- "releases/$version/vm.args.src"
	[ -f "$1" ] || set -- "releases/$version/vm.args"
	environ=$(tr '\n\0' ' \n' <"/proc/$vm_pid/environ")
	# shellcheck disable=SC2016
	sed -n '/^[ 	]*-s\{0,1\}name[ 	].*[$]{/p
		/^[ 	]*-setcookie[ 	].*[$]{/p' "$1" 2>/dev/null |
		while read -r option rest; do
			while has_variable "$rest"; do
				rest=${rest#*[$]\{}
				facts_variable "$option" "${rest%%\}*}"
			done
		done
}

has_variable() {
	case $1 in
	*[$]\{*\}*) ;;
	*) return 1 ;;
	esac
}

# hdeploy reached the node anyway; other nodes, and perhaps bin/<app>, cannot.
facts_lost() {
	[ -z "$vm_lost" ] || say vm_lost "$vm_lost"
	! vm_stray || say vm_stray "$vm_host"
}

# facts_variable OPTION NAME
facts_variable() {
	case $2 in
	'' | [0-9]* | *[!A-Za-z0-9_]*) return 0 ;;
	esac
	now=$(service_value "$2")
	was=$(facts_was "$2")
	[ -n "$was" ] && [ -n "$now" ] && [ "$was" != "$now" ] || return 0
	case $1$was$now in
	-setcookie* | *' '*) was=- now=- ;;
	esac
	say vm_changed "$2 $was $now"
}

# facts_was NAME: its value in environ, the environment of the VM.
facts_was() (
	IFS='
'
	set -f
	for line in $environ; do
		case $line in
		"$1="*)
			printf '%s\n' "${line#*=}"
			return
			;;
		esac
	done
)

# Processes of other users that say that they run from here, ROOT. They cannot
# cause more than these answers, however many they are.
facts_others() {
	[ -n "$vm_others" ] || return 0
	for hd_file in $(for hd_pid in $vm_others; do
		echo "/proc/$hd_pid/cmdline"
	done | xargs grep -lzsxF -e "$root" -e "$1" /dev/null | head -n 20); do
		pid=${hd_file%/cmdline}
		pid=${pid#/proc/}
		process_user "$pid"
		vm_look "/proc/$pid" || continue
		[ "$beam_root" = "$root" ] || [ "$beam_root" = "$1" ] || continue
		user=$(user_name "$hd_user")
		say vm_others "$pid $user"
	done
}

# There is no VM to ask: the user's own command answers.
facts_word() {
	word=$(command_word running)
	case $? in
	0)
		say vm_state up
		say vm_word "$word"
		;;
	1) say vm_state down ;;
	*)
		say vm_state unreachable
		say vm_why "command.running printed no version"
		;;
	esac
}
