# shellcheck shell=sh
# needs: call said
# Evaluates expressions in the VM, and explains its failures.

# vm_do EXPRESSION: evaluates it in the VM; sets asked_text, its value, and
# asked_status, as control_ask does.
vm_do() {
	vm_again
	[ -n "$vm_pid" ] || fail "the VM is down"
	vm_reach || : # vm_call reports it
	asked_text=$(printf '%s.\n' "$1" | vm_call "$hd_seconds" -e 2>&1)
	asked_status=$?
	case $asked_text in
	*'
'*) asked_text=$(printf '%s\n' "$asked_text" |
		sed 's/^{ok, \(.*\)}$/\1/') ;;
	'{ok, '*'}')
		asked_text=${asked_text#'{ok, '}
		asked_text=${asked_text%'}'}
		;;
	esac
	printf '%s\n' "$asked_text"
}

# vm_unpack VERSION: has release_handler unpack it.
vm_unpack() {
	vm_do "release_handler:unpack_release(\"$1/$app\")"
	case $asked_text in
	'{ok,'*) ;;
	*) control_fail "$1 was not unpacked" release_handler ;;
	esac
}

# vm_commit VERSION: has release_handler make it permanent, if it is current.
vm_commit() {
	vm_do "Status = fun() -> $(status_text "$1") end,\
 case Status() of\
 current -> case release_handler:make_permanent(\"$1\") of\
 ok -> Status(); Error -> Error end;\
 Other -> Other\
 end"
	case $asked_status$asked_text in
	0permanent) ;;
	0current | 0unpacked | 0old | 0unknown | 0shadowed)
		fail "$1 was not made permanent: the VM reports it as" \
			"$asked_text"
		;;
	*) control_fail "$1 was not made permanent" release_handler ;;
	esac
}

# control_fail WHAT [WHO]: fails with WHAT and the reason in the output of WHO
# (bin/<app>), which ran last; with a remedy where one is known.
control_fail() {
	who=${2:-bin/$app}
	case $asked_text in
	*"is not running"* | *"not responding to pings"* | *"Received 'pang'"*)
		fail "$1: the VM does not answer $who" ;;
	*no_matching_relup*)
		fail "$1: no relup leads there from the running version" ;;
	*old_processes* | *"old processes"*)
		module=$(printf '%s\n' "$asked_text" | sed -n \
			"s/.*old_processes, *'*\([A-Za-z0-9_.@]*\).*/\1/p
			s/.* module '*\([A-Za-z0-9_.@]*\).*/\1/p" | head -n 1)
		say busy "${module:--}"
		fail "$1: processes still run old code of ${module:-a module}," \
			"and the relup does not kill them; set \`retry\` to" \
			"give them time" ;;
	*code_change_failed*)
		fail "$1: a code_change failed, and the VM restarted itself" \
			"with the version that boots" ;;
	*nodedown*)
		fail "$1: $who lost the connection to the VM (nodedown)" ;;
	esac
	fail "$1: $who ended with status $asked_status: $(asked_reason)"
}

# asked_reason: prints the reason in asked_text, an Erlang term of several
# lines, as one line: a short one whole, else its beginning and its last line.
asked_reason() {
	reason=$(printf '%s\n' "$asked_text" | tr -s '\n\t ' '   ' |
		sed 's/.*ERROR: //; s/.*Unpack failed: //; s/.* failed with: //
			s/ Installed versions.*//')
	[ "${#reason}" -le 300 ] ||
		reason="$(printf '%s' "$reason" | cut -c1-300) ...\
 $(printf '%s\n' "$asked_text" | last_line)"
	printf '%s\n' "$reason"
}

# install_check VERSION: fails if release_handler would refuse the install,
# before anything changes in the VM.
install_check() {
	vm_do "$(check_text "$1")" >/dev/null
	[ "$asked_text" = ok ] ||
		control_fail "$1 was not installed" check_install_release
}

# check_text VERSION: prints the Erlang for install_check. A version that is
# current may be installed again.
check_text() {
	printf '%s' "case release_handler:check_install_release(\"$1\") of\
 {ok, _, _} -> ok;\
 {error, {already_installed, _}} -> ok;\
 {error, {no_matching_relup, \"$1\", \"$1\"}} -> ok;\
 {error, Reason} -> Reason\
 end"
}

# vm_install VERSION: like install_check, then has release_handler install it,
# unless it is current. Sets asked_status and asked_text.
vm_install() {
	vm_do "case $(check_text "$1") of\
 ok -> case release_handler:install_release(\"$1\", [{update_paths, true}]) of\
 {error, {already_installed, _}} -> current;\
 {error, {no_matching_relup, \"$1\", \"$1\"}} -> current;\
 Done -> Done end;\
 Refusal -> {refused, Refusal}\
 end"
	case $asked_text in
	'{ok,'* | current) ;;
	'{refused,'*)
		asked_text=${asked_text#'{refused,'}
		asked_text=${asked_text%'}'}
		control_fail "$1 was not installed" check_install_release
		;;
	*) [ "$asked_status" != 0 ] || asked_status=1 ;;
	esac
}

# release_status VERSION: sets status, as the VM reports it; unknown; or
# shadowed: VERSION is permanent, but another version is current.
release_status() {
	vm_do "$(status_text "$1")" >/dev/null
	status=$asked_text
	[ "$asked_status" = 0 ] || control_fail "$1" erl_call
}

# status_text VERSION: prints the Erlang for release_status.
status_text() {
	printf '%s' "(fun(L) -> case {lists:keyfind(\"$1\", 2, L),\
 lists:keymember(current, 4, L)} of\
 {false, _} -> unknown;\
 {{_, _, _, permanent}, true} -> shadowed;\
 {{_, _, _, S}, _} -> S\
 end end)(release_handler:which_releases())"
}

# The modules with old code. Loading such a module again kills the processes
# that run its old code (brutal purge) or fails (soft purge).
old_code='[M || {M, _} <- code:all_loaded(), erlang:check_old_code(M)]'

# old_code_runs: whether some process runs old code, or the VM does not answer.
old_code_runs() {
	vm_again
	[ -n "$vm_pid" ] || return 1
	! vm_do "lists:any(fun(M) -> lists:any(fun(P) ->\
 erlang:check_process_code(P, M) end, processes()) end, $old_code)" |
		grep -qx false
}

old_code_end() {
	vm_do "lists:foreach(fun code:purge/1, $old_code)" >/dev/null
	[ "$asked_text" = ok ] ||
		control_fail "processes on old code were not killed" erl_call
}
