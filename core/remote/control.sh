# shellcheck shell=sh
# needs: call driver write
# Runs the control script, bin/<app>, for more than a start or a stop. Drivers
# share it.

# control_ask WORD...: runs bin/<app> WORD... and waits; sets asked_status and
# asked_text, which is also output of the operation.
control_ask() {
	control_quietly "./bin/$app" "$@"
	printf '%s\n' "$asked_text"
}

# control_quietly COMMAND...: the same, without that output. Helper VMs need a
# cookie file in HOME, and a user without a home has none.
control_quietly() {
	vm_again
	vm_reach_hint
	if (service_env && [ ! -w "$HOME" ] && [ ! -r "$HOME/.erlang.cookie" ]); then
		asked_text=$(with_cookie "$@" 2>&1)
	else
		asked_text=$(as_service "$@" 2>&1)
	fi
	asked_status=$?
	hd_port=
	asked_text=$(printf '%s\n' "$asked_text" | driver_text)
}

# config_variables FILE...: the NAME of each ${NAME} in the files
config_variables() {
	cat "$@" 2>/dev/null | tr '$' '\n' |
		sed -n 's/^{\([A-Za-z_][A-Za-z0-9_]*\).*/\1/p' | sort -u
}

# keep_variables VERSION SCRIPTS NAME...: fails if the VM was started with a
# variable that is missing now, unless the text SCRIPTS sets it. Control scripts
# silently replace an unset variable with nothing.
keep_variables() {
	of=$1
	scripts=$2
	shift 2
	vm_again
	[ -r "/proc/$vm_pid/environ" ] || return 0
	for name; do
		[ -z "$(service_value "$name")" ] || continue
		! printf '%s\n' "$scripts" | grep -q \
			"^[	 ]*\(export \)\{0,1\}$name\(=.*\)\{0,1\}\$" ||
			continue
		tr '\n\0' ' \n' <"/proc/$vm_pid/environ" |
			grep -q "^$name=." || continue
		fail "$name is set in the running VM, but not in deploy.ini" \
			"(env.$name, env_file): the configuration of $of would" \
			"lose it"
	done
}

# boot_file VERSION: makes releases/start_erl.data name VERSION, with the VM's
# ERTS, which a hot change does not replace.
boot_file() {
	version=
	[ ! -f releases/start_erl.data ] ||
		read -r erts version <releases/start_erl.data
	[ "$version" != "$1" ] || return 0
	vm_again
	erts=${vm_bin%/bin}
	erts=${erts##*/erts-}
	[ -n "$vm_pid" ] && is_version "$erts" ||
		fail "releases/start_erl.data names $version: $1 would not boot"
	told write_text releases/start_erl.data "$erts $1" ||
		fail "$root/releases/start_erl.data names another version than" \
			"$1 and cannot be written: $(reason)"
}
