# shellcheck shell=sh
# needs: config_fail erl limit mix_providers vm
# The configuration of a release of `mix release`. Its config providers, such as
# config/runtime.exs, make it at boot, and release_handler knows nothing of
# them. A VM of the version evaluates them here.

# mix_configure VERSION FILE: writes the sys.config of a boot of VERSION into
# FILE, mode 0600: settings of files, providers and vm.args, for release_handler
# and for comparing. Else why is set, and the status is 1 if the configuration
# cannot be made, 2 if this could not be tried, 3 if a boot makes it, but not as
# a file.
mix_configure() {
	vm_find
	mix_variables "$1" || return 1
	mix_try=$(umask 077 && mktemp -d "$root/.hdeploy/try.XXXXXX" \
		2>/dev/null) || {
		why="nothing can be written to $root/.hdeploy"
		return 2
	}
	mix_evaluate "$1" && mix_take_in "$2"
	mix_status=$?
	rm -rf "$mix_try"
	return "$mix_status"
}

# mix_take_in FILE
mix_take_in() {
	told mv -f "$mix_try/made" "$1" || {
		why="$1 cannot be written: $(reason)"
		return 2
	}
}

# mix_variables VERSION: sets mix_taken, the variables that its runtime.exs
# reads and that the running VM got from a script of bin/ that started it. Fails
# if the VM has another one that the service's environment lacks: a value would
# silently become nil.
mix_variables() {
	mix_taken=
	[ -n "$vm_pid" ] && [ -r "/proc/$vm_pid/environ" ] || return 0
	for name in $(mix_reads "releases/$1/runtime.exs"); do
		[ -z "$(service_value "$name")" ] &&
			tr '\n\0' ' \n' <"/proc/$vm_pid/environ" |
			grep -q "^$name=." || continue
		if [ -n "$(find bin/ -type f -exec grep -ls "\\<$name=" {} + \
			2>/dev/null)" ]; then
			mix_taken="$mix_taken $name"
		elif ! grep -qs "\\<$name=" "releases/$1/env.sh"; then
			why="$name is set in the running VM, but not in\
 deploy.ini (env.$name, env_file)"
			return 1
		fi
	done
}

# mix_differing VERSION: the variables that its runtime.exs reads, and that have
# another value in the service's environment than in that of the running VM, as
# a list.
mix_differing() {
	[ -n "$vm_pid" ] && [ -r "/proc/$vm_pid/environ" ] || return 0
	environ="
$(tr '\n\0' ' \n' <"/proc/$vm_pid/environ")
"
	differ=
	for name in $(mix_reads "releases/$1/runtime.exs"); do
		value=$(service_value "$name" | tr '\n' ' ')
		case $environ in
		*"
$name=$value
"*) ;;
		*) [ -z "$value" ] || differ="$differ, $name" ;;
		esac
	done
	printf '%s\n' "${differ#, }"
}

# mix_reads FILE: the variables NAME of System.get_env("NAME") and the like,
# without those that bin/<app> sets.
mix_reads() {
	tr '"' '\n' <"$1" 2>/dev/null | awk '
		last ~ /_env!?\($/ && /^[A-Za-z_][A-Za-z0-9_]*$/ &&
			!/^RELEASE_/ { print }
		{ last = $0 }' | sort -u
}

# mix_evaluate VERSION: leaves the configuration in $mix_try/made.
mix_evaluate() {
	mix_erts=$(sed -n 's,^ERTS_BIN=.*/erts-\([A-Za-z0-9._+-]*\)/bin/.*,\1,p' \
		"releases/$1/elixir" 2>/dev/null)
	mix_args=$(service_value RELEASE_VM_ARGS)
	mix_args=${mix_args:-releases/$1/vm.args}
	mix_providers >"$mix_try/program" && mix_arguments "$mix_args" \
		>"$mix_try/args" || {
		why="nothing can be written to $root/.hdeploy"
		return 2
	}
	hd_rel=releases/$1/start.boot
	hd_list=$mix_try/program
	hd_entry=$mix_try/start_clean.boot # vm_look ignores that name
	told offline_erl "${mix_erts:-none}" "$1" "$mix_cut" || {
		why="$root/$hd_rel cannot be read: $(reason)"
		return 2
	}
	config_output=$(limited 60 "$hd_sh" -c "$mix_start" sh "$app" "$1" \
		"$mix_try" "$vm_pid" "$mix_taken" 2>&1)
	config_status=$?
	[ "$config_status" != 0 ] || [ ! -s "$mix_try/made" ] || return 0
	mix_failed "$1"
}

# mix_failed VERSION: sets why from config_status and the answer of the VM.
# Its output can contain secret values.
mix_failed() {
	mix_said=$(sed 's/^[a-z]* //' "$mix_try/said" 2>/dev/null | ends_of)
	case $config_status/$config_output in
	9/*)
		why=$mix_said
		! grep -q '^unwritable ' "$mix_try/said" || return 3
		;;
	124/*) why="its config providers did not end within 60 s" ;;
	*super\ carrier* | *llocate*)
		why="there is not enough memory for a second VM"
		return 2
		;;
	*'error in config file'* | *'invalid config data'* | *bad_environment*)
		why=$(config_reason "releases/$1/sys.config" "$mix_args")
		;;
	*) why="the VM that evaluates its config providers ended with status\
 $config_status" ;;
	esac
	return 1
}

# mix_arguments VM_ARGS: its text, without the cookie, which the list of
# processes would show, and without a path for crash dumps. The VM joins no
# cluster: net_kernel does not start, whatever its name.
mix_arguments() {
	{ [ ! -r "$1" ] || cat "$1"; } |
		sed -e '/^[[:blank:]]*-setcookie[[:blank:]]/d' \
			-e '/^[[:blank:]]*-env[[:blank:]]*ERL_CRASH_DUMP/d'
	printf '\n%s\n' '-start_epmd false -kernel start_distribution false'
}

# Copies the boot file up to where the providers would run, which is before any
# application but kernel and stdlib, and without heart. Then it evaluates the
# program.
# shellcheck disable=SC2016
mix_cut='
	{ok, Bin} = file:read_file(os:getenv("hd_rel")),
	{script, Id, All} = binary_to_term(Bin),
	{Load, Rest} = lists:splitwith(
		fun(C) -> C =/= {progress, applications_loaded} end, All),
	Kept = [C || C <- Load, element(2, C) =/= heart] ++
		[C || {apply, {application, start_boot, [A | _]}} = C <- Rest,
			A =:= kernel orelse A =:= stdlib],
	ok = file:write_file(os:getenv("hd_entry"), term_to_binary({script, Id,
		Kept ++ [{apply, {file, script, [os:getenv("hd_list")]}},
			{apply, {erlang, halt, [3]}}]}))'

# sh APP VERSION FOLDER PID VARIABLES: `start` and not `eval`, because
# releases/VERSION/env.sh can depend on RELEASE_COMMAND. env.sh can also set the
# variables that are replaced here, and must not start the whole release: the
# first -boot counts, and ERL_AFLAGS come first. The program restores the
# variables.
# shellcheck disable=SC2016
mix_start='
	HDEPLOY_TRY=$3
	HDEPLOY_VM=$4
	HDEPLOY_TAKE=$5
	HDEPLOY_TMP=${RELEASE_TMP-}
	HDEPLOY_VM_ARGS=${RELEASE_VM_ARGS-}
	HDEPLOY_BOOT_SCRIPT=${RELEASE_BOOT_SCRIPT-}
	HDEPLOY_COOKIE=${RELEASE_COOKIE-}
	HDEPLOY_AFLAGS=${ERL_AFLAGS-}
	RELEASE_VSN=$2
	RELEASE_TMP=$3
	RELEASE_VM_ARGS=$3/args
	RELEASE_BOOT_SCRIPT=../../.hdeploy/${3##*/}/start_clean
	RELEASE_COOKIE=hdeploy
	ERL_AFLAGS="-boot \"$3/start_clean\" -start_epmd false\
 -kernel start_distribution false $HDEPLOY_AFLAGS"
	ERL_CRASH_DUMP_SECONDS=0
	export HDEPLOY_TRY HDEPLOY_VM HDEPLOY_TAKE HDEPLOY_TMP HDEPLOY_VM_ARGS
	export HDEPLOY_BOOT_SCRIPT HDEPLOY_COOKIE HDEPLOY_AFLAGS ERL_AFLAGS
	export RELEASE_VSN RELEASE_TMP
	export RELEASE_VM_ARGS RELEASE_BOOT_SCRIPT RELEASE_COOKIE
	export ERL_CRASH_DUMP_SECONDS
	exec "./bin/$1" start'

driver_configures() {
	[ "${config_change-}" = cold ] || mix_compare "$1"
	mix_configures "$@"
}

# mix_compare VERSION: a unit, or a person, can start the node with an
# environment that deploy.ini does not have.
mix_compare() {
	differ=$(mix_differing "$1")
	[ -z "$differ" ] || say note "the node's environment and deploy.ini have\
 different values of $differ: hdeploy configures $1 with those of deploy.ini;\
 the next start of the node must have the same"
}

# mix_configures VERSION ERTS: driver_configures of mix and of Castle 1. A check,
# also before a cold change, evaluates the providers, so that one that fails
# refuses the change.
mix_configures() {
	config_applied='' config_sys='' config_args=''
	[ -n "$config_try" ] || {
		config_untried "$1" "nothing can be written to $root/.hdeploy"
		return 0
	}
	mix_configure "$1" "$config_try/sys.config"
	case $?/${config_change-} in
	0/*) [ "${vm_user-}" != "$hd_uid" ] || # else the VM cannot read it
		config_applied=$config_try/sys.config ;;
	2/*) config_untried "$1" "$why" ;;
	3/cold) ;;
	3/*)
		say refused hot
		fail "the configuration of $1 cannot be installed: $why"
		;;
	*) config_fail "the configuration of $1 cannot be made: $why" ;;
	esac
}
