#!/bin/sh
# The check of the node before a hot install: whether release_handler can walk
# the supervision trees, and which processes it would leave out. And afterwards:
# whether the loaded code is the version's.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
. tests/support/variant.sh
LAB_HOSTS=1
LAB_ERL_FLAGS="$LAB_ERL_FLAGS -pa patches"
lab_open

# weird KIND DO: an application whose top process, a gen_server of its name,
# does DO with every call
weird() {
	cat >"$LAB/$1.erl" <<-END
		-module($1).
		-export([start/2, stop/1, init/1, handle_call/3, handle_cast/2,
		    loop/0]).
		start(_, _) -> gen_server:start_link({local, $1}, $1, [], []).
		stop(_) -> ok.
		init([]) -> {ok, #{}}.
		handle_call(_, _From, S) -> $2.
		handle_cast(_, S) -> {noreply, S}.
		loop() -> receive _ -> ok end.
	END
	begin_weird "$1"
}

# tree KIND: an application whose supervisor has that kind of child
tree() {
	cat >"$LAB/$1.erl" <<-END
		-module($1).
		-export([start/2, stop/1, init/1, begin_loop/0, loop/0]).
		start(_, _) -> supervisor:start_link($1, []).
		stop(_) -> ok.
		init([]) -> {ok, {#{}, [$2]}}.
		begin_loop() -> P = spawn_link($1, loop, []), register($1, P), {ok, P}.
		loop() -> receive _ -> ok end.
	END
	begin_weird "$1"
}

begin_weird() {
	erlc -o "$LAB" "$LAB/$1.erl" || flunk 'does not compile'
	lab_call 1 "code:load_abs(\"$LAB/$1\"), application:load(
		{application, $1, [{vsn, \"1\"}, {mod, {$1, []}}]}),
		ok = application:start($1)." >/dev/null
}

end_weird() {
	lab_call 1 "application:stop($1)." >/dev/null
}

# asked: the node's answer to vm_check, without hdeploy and without the numbers
asked() {
	lab_call 1 "To = \"0.2.0\", $(cd core/remote && cat vm_those.erl vm_words.erl \
		vm_relup.erl vm_trees.erl vm_check.erl)" |
		tr '"' '\n' | grep '^vm_' | grep -v '^vm_checked'
}

# finds KIND WORD...: vm_check answers that, and the process survives the
# question
finds() {
	was=$(lab_call 1 "whereis($1).")
	found=$(asked | sed 's/ [0-9.]* / /')
	equal found "$found" "$2"
	equal "the process" "$(lab_call 1 "whereis($1).")" "$was"
	end_weird "$1"
}

what_is_well_passes() {
	status 0 push lab 0.1.0
	status 0 start lab
	status 0 push lab 0.2.0
	mkdir -p "$LAB/web1/releases/0.2.0"
	tar -xzf "$FIXTURES/0.2.0.tar.gz" -C "$LAB/web1" releases/0.2.0/relup
	equal asked "$(asked)" ''
}

# every_file N: the names of host N's files, and their content; the node writes
# its log, and the keeper of the last lock its files
every_file() {
	find "$LAB/web$1" -name log -prune -o -printf '%p %y %m %u\n'
	find "$LAB/web$1" -name log -prune -o ! -path '*/.hdeploy/lock.*' \
		! -path '*/.hdeploy/connection.*' -type f -exec sha256sum {} +
}

# 0.3.0 is only on this machine
a_check_of_the_host_changes_nothing() {
	lab_call 1 'application:set_env(hotcode, found, 1).' >/dev/null
	every_file 1 >"$LAB/before"
	status 0 check lab
	host 1 result ok
	host 1 after 0.1.0
	status 0 check lab 0.2.0
	host 1 result ok
	host 1 stops 0
	said 'setting hotcode/found: only the program set it, while it ran'
	! grep 'is not known' "$LAB/out" || flunk 'no configuration recorded'
	status 4 check lab 0.3.0
	host 1 result refused
	said 'no relup leads from 0.1.0 to 0.3.0'
	status 0 check lab 0.3.0 --cold
	status 4 check lab 0.9.9
	said '0.9.9 was not pushed to this host'
	status 0 upgrade lab 0.2.0 --dry-run
	every_file 1 | diff "$LAB/before" - || flunk 'files differ'
	lab_call 1 'application:unset_env(hotcode, found).' >/dev/null
}

# verdict WORDS TEXT ARG...: of that dry run
verdict() {
	words=$1
	text=$2
	shift 2
	hd --json "$@" --dry-run >"$LAB/events" 2>"$LAB/out" || :
	host 1 verdict "$words"
	said "$text"
}

# leaves WORD: a push of 0.7.0 would be refused, because its relup does not WORD
# demo_extra
leaves() {
	verdict 'hot in name only' "to 0.7.0 $1 demo_extra, so old code would keep\
 running" push lab 0.7.0
}

code_that_the_relup_misses_is_noticed_before_it_is_sent() {
	verdict hot 'upgrade lab 0.2.0' upgrade lab 0.2.0
	module demo_extra new "$LAB"
	variant 0.7.0 cp "$LAB/demo_extra.beam" lib/hotcode-0.7.0/ebin/
	variants_ini deploy.ini files.ini
	INI=files.ini
	leaves loads # a new module
	status 4 push lab 0.7.0
	[ ! -e "$LAB/web1/.hdeploy/releases/0.7.0" ] || flunk 'something was sent'
	notes=$LAB/web1/.hdeploy/releases/0.1.0/modules
	cp -p "$notes" "$LAB/modules"
	echo "module hotcode-0.1.0 demo_extra $(printf %064d 1)" >>"$notes"
	module demo_extra old "$LAB/tools"
	load "$LAB/tools/demo_extra"
	leaves loads # a changed one
	INI=deploy.ini
	leaves removes # one that is gone
	lab_call 1 'code:purge(demo_extra), code:delete(demo_extra),
		code:purge(demo_extra).' >/dev/null
	status 0 push lab 0.7.0 --dry-run # a module that is not loaded
	cp -p "$LAB/modules" "$notes"
}

processes_that_a_purge_would_end_are_counted() {
	lab_job 1
	verdict 'hot, with care' 'brutal purge of 1 process that runs' \
		upgrade lab 0.2.0
	lab_job_end 1
	verdict 'hot, with care' 'restarts hotcode' push lab 0.5.0
	verdict 'cold only' 'no relup leads' push lab 0.3.0
}

a_top_process_that_gives_no_children_is_named() {
	weird mute '{noreply, S}'
	finds mute 'vm_tree mute silent mute'
	weird wrong '{reply, {error, unknown_call}, S}'
	finds wrong 'vm_tree wrong error wrong'
	weird fragile '{stop, normal, S}'
	finds fragile 'vm_tree fragile ends fragile'
	weird broken 'error(S)'
	finds broken 'vm_tree broken ends broken'
	weird lister '{reply, [], S}'
	finds lister ''
}

a_child_that_cannot_be_asked_is_named() {
	tree vague '#{id => a, start => {vague, begin_loop, []},
		modules => dynamic}'
	finds vague 'vm_tree vague dynamic vague'
	tree plain '#{id => a, start => {plain, begin_loop, []},
		type => supervisor}'
	finds plain 'vm_tree plain plain plain'
	tree events '#{id => a, start => {gen_event, start_link,
		[{local, events}]}, modules => dynamic}'
	finds events ''
}

# loose COUNT: starts unsupervised processes of demo_server
loose() { # COUNT
	lab_call 1 "lists:foreach(fun(_) ->
		{ok, P} = gen_server:start(demo_server, [], []), P
		end, lists:seq(1, $1))." >/dev/null
}

end_loose() {
	lab_call 1 '[exit(P, kill) || P <- processes(),
		P =/= whereis(demo_server), proc_lib:translate_initial_call(P)
		=:= {demo_server, init, 1}], ok.' >/dev/null
}

only_who_would_be_told_is_left_out() {
	lab_job 1
	lab_call 1 'supervisor:start_child(hotcode_sup, #{id => second,
		start => {gen_server, start_link, [demo_server, [], []]},
		modules => [demo_server]}).' >/dev/null
	equal asked "$(asked)" ''
	lab_job_end 1
	loose 7
	equal asked "$(asked | sed 's/ [0-9.]* / /')" "$(
		yes 'vm_left demo_server demo_server' | head -n 5
		echo 'vm_more 2'
	)"
	end_loose
	lab_call 1 'supervisor:terminate_child(hotcode_sup, second),
		supervisor:start_child(hotcode_sup, #{id => third,
		start => {gen_server, start_link, [demo_server, [], []]},
		modules => [another]}).' >/dev/null
	equal asked "$(asked | sed 's/ [0-9.]* / /')" \
		'vm_left demo_server demo_server'
	lab_call 1 'supervisor:terminate_child(hotcode_sup, third).' >/dev/null
}

one_that_is_busy_is_left_out_too() {
	lab_call 1 'spawn(fun() -> sys:replace_state(demo_server, fun(S) ->
		receive go_on -> S end end, infinity) end).' >/dev/null
	equal asked "$(asked | sed 's/ [0-9.]* / /')" 'vm_busy demo_server'
	lab_call 1 'demo_server ! go_on.' >/dev/null
	equal asked "$(asked)" ''
	rm -r "$LAB/web1/releases/0.2.0"
}

an_upgrade_that_would_hang_is_refused() {
	weird mute '{noreply, S}'
	was=$(vm_id 1)
	status 4 upgrade lab 0.2.0
	said 'in application mute <'
	said 'mute does not answer when asked for its children: `hdeploy'
	said '`hdeploy upgrade lab 0.2.0 --cold --limit web1'
	host 1 result refused
	host 1 verdict refused
	runs 1 0.1.0
	boots 1 0.1.0
	equal 'the VM' "$(vm_id 1)" "$was"
	nothing_left 1
	end_weird mute
}

so_is_one_that_would_leave_a_process_out() {
	loose 1
	status 4 upgrade lab 0.2.0
	said 'unsupervised processes would keep their old state'
	said 'unsupervised = warn'
	host 1 result refused
	runs 1 0.1.0
	sed "/^path /a unsupervised = warn" "$LAB/deploy.ini" >"$LAB/warn.ini"
	INI=warn.ini
	status 0 upgrade lab 0.2.0
	host 1 verdict 'hot, with care'
	said 'would keep their old state on new code: <'
	runs 1 0.2.0
}

and_a_way_back() {
	lab_call 1 'gen_server:start(demo_server, [], []).' >/dev/null
	status 4 rollback lab
	said 'or set unsupervised = warn; `hdeploy rollback lab --cold'
	host 1 result refused
	runs 1 0.2.0
	boots 1 0.2.0
	end_loose
	status 0 rollback lab
	runs 1 0.1.0
}

# module NAME WORD FOLDER: compiles a module there that returns WORD
module() {
	mkdir -p "$3"
	echo "-module($1). -export([say/0]). say() -> $2." >"$LAB/$1.erl"
	erlc +deterministic -o "$3" "$LAB/$1.erl"
}

# differs WANTED: how the loaded code differs from 0.1.0: modules that differ,
# that 0.1.0 does not have, and that are not loaded
differs() {
	equal "what differs" "$(lab_call 1 "Driver = \"relx\",
		$(cat core/remote/vm_those.erl core/remote/vm_code.erl)
		[Names] = [N || {_, _, N, permanent} <-
			release_handler:which_releases()],
		Modules(Names, \"0.1.0\", [\"hotcode\"])." | tr -d ' \n')" "$1"
}

load() { # FOLDER/MODULE
	lab_call 1 "code:purge(${1##*/}), {module, _} = code:load_abs(\"$1\")." \
		>/dev/null
}

what_is_loaded_is_what_the_version_has() {
	lib=$LAB/web1/lib
	differs '{[],[],[]}'
	module demo_extra old "$LAB/tools"
	load "$LAB/tools/demo_extra" # not part of the release
	differs '{[],[],[]}'
	module demo_extra old "$lib/hotcode-0.1.0/ebin"
	differs '{[],[],[]}'
	module demo_extra new "$lib/hotcode-0.1.0/ebin"
	differs '{[demo_extra],[],[]}'
	module demo_extra merged "$lib/hotcode-0.1.0/consolidated"
	differs '{[demo_extra],[],[]}'
	load "$lib/hotcode-0.1.0/consolidated/demo_extra"
	differs '{[],[],[]}'
	module demo_gone old "$lib/hotcode-0.0.9/ebin"
	load "$lib/hotcode-0.0.9/ebin/demo_gone"
	differs '{[],[demo_gone],[]}'
	module demo_tool old "$lib/tool-1.0/ebin" # part of no release
	load "$lib/tool-1.0/ebin/demo_tool"
	module demo_extra patched "$LAB/web1/patches"
	load "$LAB/web1/patches/demo_extra"
	differs '{[],[demo_gone],[]}'
	module demo_extra newer "$LAB/web1/patches"
	differs '{[demo_extra],[demo_gone],[]}'
	rm -r "$LAB/web1/patches"
	load "$lib/hotcode-0.1.0/consolidated/demo_extra"
	lab_call 1 'code:purge(hotcode_app), code:delete(hotcode_app),
		code:purge(demo_gone), code:delete(demo_gone).' >/dev/null
	differs '{[],[],[hotcode_app]}'
	load "$lib/hotcode-0.1.0/ebin/hotcode_app"
	differs '{[],[],[]}'
	rm "$lib"/hotcode-0.1.0/*/demo_extra.beam
}

code_that_the_version_does_not_have_undoes_it() {
	module demo_extra new "$LAB/web1/lib/hotcode-0.1.0/ebin"
	load "$LAB/web1/lib/hotcode-0.1.0/ebin/demo_extra"
	status 1 upgrade lab 0.2.0
	said 'old code still runs: modules that the version does not have'
	said 'did not remove: demo_extra'
	host 1 result undone
	runs 1 0.1.0
	rm "$LAB"/web1/lib/hotcode-0.1.0/*/demo_extra.beam
}

hang() {
	lab_call 1 'sys:suspend(release_handler).' >/dev/null
}

a_release_handler_that_hangs_is_said() {
	hang
	status 1 status lab
	said 'its release_handler is blocked'
	said '`hdeploy restart lab --limit web1'
	status 4 upgrade lab 0.2.0
	said 'its release_handler is blocked'
	status 0 restart lab
	runs 1 0.1.0
}

and_keeps_nobody_from_stopping_the_node() {
	hang
	status 0 upgrade lab 0.2.0 --cold
	runs 1 0.2.0
	boots 1 0.2.0
	hang
	status 0 stop lab
	down 1
}

check 'a node without faults passes' what_is_well_passes
check 'a check of the host changes nothing' a_check_of_the_host_changes_nothing
check 'code that the relup misses is noticed before it is sent' \
	code_that_the_relup_misses_is_noticed_before_it_is_sent
check 'processes that a purge would end are counted' \
	processes_that_a_purge_would_end_are_counted
check 'a top process that gives no children is named, and lives' \
	a_top_process_that_gives_no_children_is_named
check 'a child that cannot be asked is named, and lives' \
	a_child_that_cannot_be_asked_is_named
check 'only processes that need a code_change count as left out' \
	only_who_would_be_told_is_left_out
check 'a process that is busy counts as left out too' \
	one_that_is_busy_is_left_out_too
check 'an upgrade that would hang is refused' \
	an_upgrade_that_would_hang_is_refused
check 'an upgrade that would leave a process out is refused' \
	so_is_one_that_would_leave_a_process_out
check 'a way back that would leave a process out is refused' and_a_way_back
check 'the loaded modules are those of the version' \
	what_is_loaded_is_what_the_version_has
rarely 'loaded code that the version does not have undoes the upgrade' \
	code_that_the_version_does_not_have_undoes_it
check 'a release_handler that hangs is named' \
	a_release_handler_that_hangs_is_said
rarely 'a node whose release_handler hangs can be stopped' \
	and_keeps_nobody_from_stopping_the_node
check_end
