# shellcheck shell=sh
# needs: call said vm
# Having the VM do something, and what its failures mean.

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
