# shellcheck shell=sh
# needs: control offline release vm_boots vm_do
# Changes of a release of `mix release`, by its release_handler.

# The node reads the list when it starts: without it, release_handler would not
# know the libraries of the version that boots.
driver_placed() {
	boot_now
	write_list "$1"
	rm -f releases/start_erl.data.new
	sync_file releases/RELEASES.new
	told mv -f releases/RELEASES.new releases/RELEASES ||
		fail "$root/releases/RELEASES cannot be written: $(reason)"
}

driver_unpack() {
	mix_known
	vm_unpack "$1"
	listed "$1" || fail "$1 was unpacked, but is not in releases/RELEASES"
}

# mix_known: makes release_handler know the libraries of the running version. A
# node that started without releases/RELEASES knows only its name, so nothing was
# installed hot. release_handler reads the file when it starts, and has no other
# state, so its own supervisor restarts it.
mix_known() {
	mix_listless || return 0
	boot_now
	[ -f "releases/$boots/$app.rel" ] ||
		fail "$root/releases/$boots/$app.rel is missing, and the node" \
			"does not know the libraries of $boots"
	mix_runs "$boots"
	rm -f releases/RELEASES
	driver_placed "$boots"
	vm_do "case supervisor:terminate_child(sasl_sup, release_handler) of\
 ok -> supervisor:restart_child(sasl_sup, release_handler); E -> E end"
	! mix_listless || {
		rm -f releases/RELEASES
		control_fail "release_handler did not read" \
			"$root/releases/RELEASES" sasl_sup
	}
}

# mix_listless: whether release_handler knows one version without libraries.
mix_listless() {
	vm_do 'case release_handler:which_releases() of
 [{_, _, [], permanent}] -> listless; _ -> listed end' >/dev/null
	[ "$asked_status" = 0 ] || control_fail 'the VM did not answer' erl_call
	[ "$asked_text" = listless ]
}

# mix_runs VERSION: fails unless the node booted VERSION, which boots, and each
# application of its .rel that the node loaded has the version in there. The plan
# has compared the loaded code.
mix_runs() {
	vm_do "{ok, [{release, {_, V}, _, Apps}]} =\
 file:consult(filename:join([code:root_dir(), \"releases\", \"$1\",\
 \"$app.rel\"])), Loaded = application:loaded_applications(),\
 case {element(2, init:script_id()), [element(1, A) || A <- Apps, {N, _, L} <-\
 Loaded, N =:= element(1, A), L =/= element(2, A)]} of\
 {V, []} -> ok; {V, Others} -> Others; {Other, _} -> Other end" >/dev/null
	[ "$asked_text" = ok ] || fail "the node runs other versions than" \
		"those of $1, which boots: $(asked_reason)"
}

driver_config() {
	driver_restore
	[ -s "releases/$1/sys.config" ] ||
		fail "release $1 has no $root/releases/$1/sys.config"
}

# Even if it is permanent already: releases/start_erl.data might name another
# version.
driver_commit() {
	release_status "$1"
	case $status in
	current) mix_commit "$1" 'release_handler:make_permanent(To)' ;;
	permanent) mix_commit "$1" ok ;;
	esac
	release_status "$1"
	[ "$status" = permanent ] || fail "$1 was not made permanent: the VM" \
		"reports it as $status"
	boot_file "$1"
	sync
}

# mix_commit VERSION COMMIT: evaluates COMMIT, Erlang that makes it permanent, and
# makes it what the VM would start again with.
mix_commit() {
	set -- "$1" "$2" "$(service_value RELEASE_SYS_CONFIG |
		sed 's/[\\"]/\\&/g')"
	vm_do "To = \"$1\", Sys = \"$3\", Commit = fun() -> $2 end, $(vm_boots)"
	case $asked_text in
	ok) ;;
	'{heart,'*)
		say note "after a crash of the VM heart would not start $1,\
 because it refused its new command: $(asked_reason)"
		;;
	*) control_fail "$1 was not made permanent" release_handler ;;
	esac
}

# The VM itself removes the version from its list. While it is down, or without
# release_handler, the version stays there.
driver_discard() {
	vm_find
	[ -n "$vm_pid" ] || return 0
	vm_do "case whereis(release_handler) of undefined -> ok;\
 _ -> release_handler:set_removed(\"$1\") end"
}
