# shellcheck shell=sh
# needs: driver env reach unit
# Facts about the node that predict, before a change, problems of the change.
# core/plan/preflight_node.c judges them. arg_goal: the version that a change
# goes to.

# After vm_find.
preflight_node() {
	preflight_limits
	preflight_variables
	preflight_name
}

# The soft limits of the VM, and those of its next start: by the unit, else by
# us.
preflight_limits() {
	[ -n "$vm_pid" ] && [ -r "/proc/$vm_pid/limits" ] || return 0
	if [ -n "$hd_unit" ]; then
		next=$(service_systemctl show -p LimitNOFILESoft \
			-p LimitNPROCSoft -p LimitMEMLOCKSoft "$hd_unit" \
			2>/dev/null)
		by=unit
	else
		next=$(cat /proc/self/limits 2>/dev/null)
		by=session
	fi
	while IFS= read -r line; do
		case $line in
		'Max open files '*) preflight_limit NOFILE "$line" ;;
		'Max processes '*) preflight_limit NPROC "$line" ;;
		'Max locked memory '*) preflight_limit MEMLOCK "$line" ;;
		esac
	done <"/proc/$vm_pid/limits"
} 2>/dev/null

# preflight_limit NAME LINE: LINE is of /proc/PID/limits, "Max open files  1024
# 4096  files".
preflight_limit() {
	now=${2%% [ 0-9u]*}
	now=${2#"$now"}
	if [ "$by" = unit ]; then
		then=${next#*"Limit$1Soft="}
		[ "$then" != "$next" ] || return 0
	else
		then=${next#*"${2%% [ 0-9u]*}"}
	fi
	# shellcheck disable=SC2086
	set -- "$1" $now
	now=$2
	# shellcheck disable=SC2086
	set -- "$1" $then
	[ "$now" = "$2" ] || say limits "$1 $now $2 $by"
}

# preflight_version: sets version: that of the goal, else the one that boots.
preflight_version() {
	version=$arg_goal
	is_version "$version" && return
	version=$(driver_script_boot) || version=
	[ -n "$version" ] || [ ! -f releases/start_erl.data ] ||
		read -r erts version <releases/start_erl.data || :
	is_version "$version"
}

# Variables that the driver puts into the configuration and that the service's
# environment lacks. Those that a script of bin/ sets do not count. While the
# files are only in a tarball, arg_variables or the record names the variables.
preflight_variables() {
	preflight_version || return 0
	hd_version=$version
	# shellcheck disable=SC2046
	hd_needed=$(preflight_names $(service_env >/dev/null 2>&1 &&
		driver_replaces "$hd_version"))
	[ -n "$hd_needed" ] || return 0
	hd_needed="
$hd_needed"
	hd_names=
	IFS='
'
	set -f
	for name in $hd_needed; do
		hd_names="$hd_names ${name%%=*}"
	done
	set +f
	unset IFS
	lacking=$(preflight_lacking)
	preflight_bin
	for name in $lacking; do
		preflight_variable "${name%=}" "$name"
	done
}

# preflight_bin: sets bin, the lines of the files in bin that set a variable of
# lacking.
preflight_bin() {
	bin=
	set --
	for name in $lacking; do
		set -- "$@" -e "${name%=}="
	done
	[ "$#" = 0 ] || bin=$(find bin/ -type f -exec grep -hsF "$@" {} + \
		2>/dev/null)
}

# preflight_variable NAME NAME=|NAME: with "=", it is set, but empty.
preflight_variable() {
	vm=no
	[ -z "$vm_pid" ] || ! preflight_in_vm "$1" || vm=yes
	[ "$vm" = yes ] || [ "$1" = "$2" ] || return 0
	case "
$bin" in
	*[!A-Za-z0-9_]"$1="*) return 0 ;;
	esac
	file=${hd_needed#*"
$1="}
	say unset "$1 ${file%%
*} $vm"
}

# preflight_names FILE...: prints "NAME=FILE" for each ${NAME} without a default,
# at most 50; not those in comments.
preflight_names() {
	hd_n=$#
	absent=
	while [ "$hd_n" -gt 0 ]; do
		hd_n=$((hd_n - 1))
		[ ! -f "$1" ] || set -- "$@" "$1"
		[ -f "$1" ] || absent="$absent $1"
		shift
	done
	listed=$arg_variables
	[ -z "$absent" ] || [ -n "$listed" ] || listed=$(sed -n \
		's/^variable //p' ".hdeploy/releases/$version/record" 2>/dev/null)
	printf '%s\n' "$listed" | ABSENT="$absent " awk '
		function found(name, file) {
			if (!seen[name]++ && ++n <= 50)
				print name "=" file
		}
		FILENAME == "-" || FILENAME == "" {
			if ($1 ~ /^[A-Za-z_][A-Za-z0-9_]*$/ &&
					index(ENVIRON["ABSENT"], " " $2 " "))
				found($1, $2)
			next
		}
		/^[ \t]*[%#]/ { next }
		{
			while (match($0, /[$][{][A-Za-z_][A-Za-z0-9_]*[}]/)) {
				found(substr($0, RSTART + 2, RLENGTH - 3),
					FILENAME)
				$0 = substr($0, RSTART + RLENGTH)
			}
		}' - "$@" 2>/dev/null
}

# preflight_lacking: the hd_names that have no value; with "=" behind those that
# are empty.
preflight_lacking() (
	service_env >/dev/null 2>&1 || exit
	for hd_name in $hd_names; do
		case $hd_name in
		hd_*) continue ;;
		esac
		eval "[ -n \"\${$hd_name-}\" ]" && continue
		eval "[ -n \"\${$hd_name+x}\" ]" && hd_name="$hd_name="
		printf '%s\n' "$hd_name"
	done
)

# preflight_in_vm NAME: whether the VM was started with it.
preflight_in_vm() {
	tr '\n\0' ' \n' <"/proc/$vm_pid/environ" | grep -q "^$1=."
} 2>/dev/null

# The host part of the name that the node would get, if nothing resolves it.
preflight_name() {
	[ -z "$vm_pid" ] && preflight_version || return 0
	file=releases/$version/vm.args
	[ ! -f "$file.src" ] || file=$file.src
	# shellcheck disable=SC2016
	hd_name=$(sed -n -e '/^[	 ]*-name[	 ][	 ]*[A-Za-z0-9_.@${}-]*[	 ]*$/h' \
		-e '${x;s/^[	 ]*-name[	 ]*\([^	 ]*\).*/\1/p;}' \
		"$file" 2>/dev/null)
	vm_node=$(service_env >/dev/null 2>&1 && preflight_named)
	vm_resolver=
	! vm_stray || say stray "$vm_host"
}

# preflight_named: in the service's environment: the name in hd_name, or that of
# `mix release`.
preflight_named() {
	if [ -n "$hd_name" ]; then
		eval "printf '%s' \"$hd_name\""
	elif [ "${RELEASE_DISTRIBUTION-}" = name ]; then
		printf '%s' "${RELEASE_NODE-}"
	fi
}
