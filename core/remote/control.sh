# shellcheck shell=sh disable=SC2015,SC2034,SC2154
# What drivers share: asking the control script, bin/<app>, for more than a
# start or a stop, and what its failures mean.

# control_ask WORD...: asks bin/<app> and waits for it; sets asked_status and
# asked_text, which becomes output of the operation.
control_ask() {
	control_quietly "./bin/$app" "$@"
	printf '%s\n' "$asked_text"
}

# control_quietly COMMAND...: without the output. Helper VMs want a cookie file
# in HOME, where a user without a home has none.
control_quietly() {
	vm_find
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

# vm_do EXPRESSION: in the VM, as control_ask does; asked_text is the result.
vm_do() {
	vm_find
	[ -n "$vm_pid" ] || fail "the VM is down"
	asked_text=$(printf '%s.\n' "$1" | vm_call "$hd_seconds" -e 2>&1)
	asked_status=$?
	asked_text=$(printf '%s\n' "$asked_text" | sed 's/^{ok, \(.*\)}$/\1/')
	printf '%s\n' "$asked_text"
}

# control_fail WHAT [WHO]: WHO (bin/<app>) was asked last. With a reason that
# says what to do where it is known.
control_fail() {
	who=${2:-bin/$app}
	case $asked_text in
	*"is not running"* | *"not responding to pings"* | *"Received 'pang'"*)
		fail "$1: the VM does not answer $who" ;;
	*no_matching_relup*)
		fail "$1: the release has no way there from the running" \
			"version (no relup entry)" ;;
	*old_processes* | *"old processes"*)
		module=$(printf '%s\n' "$asked_text" | sed -n \
			"s/.*old_processes, *'*\([A-Za-z0-9_.@]*\).*/\1/p
			s/.* module '*\([A-Za-z0-9_.@]*\).*/\1/p" | head -n 1)
		say busy "${module:--}"
		fail "$1: processes still run code of ${module:-a module} that" \
			"was replaced before, and the relup may not end them;" \
			"\`retry\` gives them time" ;;
	*code_change_failed*)
		fail "$1: a code_change failed, and the VM restarted itself" \
			"with the version that it boots" ;;
	*nodedown*)
		fail "$1: $who lost the connection to the VM (nodedown)" ;;
	esac
	fail "$1: $who ended with status $asked_status: $(asked_reason)"
}

# Erlang's terms fill several lines: short ones are told whole.
asked_reason() {
	reason=$(printf '%s\n' "$asked_text" | tr -s '\n\t ' '   ' |
		sed 's/.*ERROR: //; s/.*Unpack failed: //; s/.* failed with: //
			s/ Installed versions.*//')
	# The beginning of much, and the line that it ended with.
	[ "${#reason}" -le 300 ] ||
		reason="$(printf '%s' "$reason" | cut -c1-300) ...\
 $(printf '%s\n' "$asked_text" | last_line)"
	printf '%s\n' "$reason"
}

# install_check VERSION: what release_handler would refuse is refused before it
# changes anything in the VM.
install_check() {
	vm_do "case release_handler:check_install_release(\"$1\") of\
 {ok, _, _} -> ok;\
 {error, {already_installed, _}} -> ok;\
 {error, {no_matching_relup, \"$1\", \"$1\"}} -> ok;\
 {error, Reason} -> Reason\
 end" >/dev/null
	[ "$asked_text" = ok ] ||
		control_fail "$1 was not installed" check_install_release
}

# What a module was replaced in lingers in the processes that run it. Loading
# it once more ends them (brutal purge) or is refused (soft purge).
old_code='[M || {M, _} <- code:all_loaded(), erlang:check_old_code(M)]'

# old_code_runs: in a process. One that cannot be asked may be one.
old_code_runs() {
	vm_find
	[ -n "$vm_pid" ] || return 1
	! vm_do "lists:any(fun(M) -> lists:any(fun(P) ->\
 erlang:check_process_code(P, M) end, processes()) end, $old_code)" |
		grep -qx false
}

old_code_end() {
	vm_do "lists:foreach(fun code:purge/1, $old_code)" >/dev/null
	[ "$asked_text" = ok ] ||
		control_fail "processes on old code were not ended" erl_call
}

# service_value NAME: of a variable for the service.
service_value() (
	service_env && eval "printf '%s' \"\${$1-}\""
)

# config_variables FILE...: the names in ${NAME} there
config_variables() {
	cat "$@" 2>/dev/null | tr '$' '\n' |
		sed -n 's/^{\([A-Za-z_][A-Za-z0-9_]*\).*/\1/p' | sort -u
}

# keep_variables VERSION SCRIPTS NAME...: control scripts make nothing of a
# variable that is not set. One that the VM was started with and that is
# missing now would be lost without a word, unless the text of SCRIPTS sets it.
keep_variables() {
	of=$1
	scripts=$2
	shift 2
	vm_find
	[ -r "/proc/$vm_pid/environ" ] || return 0
	for name; do
		[ -z "$(service_value "$name")" ] || continue
		! printf '%s\n' "$scripts" | grep -q \
			"^[	 ]*\(export \)\{0,1\}$name\(=.*\)\{0,1\}\$" ||
			continue
		tr '\n\0' ' \n' <"/proc/$vm_pid/environ" |
			grep -q "^$name=." || continue
		fail "$name is set where the VM runs and not in its environment" \
			"in deploy.ini (env.$name, env_file): the configuration" \
			"of $of would lose it"
	done
}

# boot_file VERSION: releases/start_erl.data names it, with the ERTS of the
# VM: nothing hot replaces that.
boot_file() {
	version=
	[ ! -f releases/start_erl.data ] ||
		read -r erts version <releases/start_erl.data
	[ "$version" != "$1" ] || return 0
	vm_find
	erts=${vm_bin%/bin}
	erts=${erts##*/erts-}
	[ -n "$vm_pid" ] && is_version "$erts" ||
		fail "releases/start_erl.data names $version: not $1 would boot"
	told write_text releases/start_erl.data "$erts $1" ||
		fail "$root/releases/start_erl.data names another version than" \
			"$1, and cannot be written: $(reason)"
}
