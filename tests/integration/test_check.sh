#!/bin/sh
# What the node is asked before a hot install: whether release_handler would
# find its way through the supervision trees, and whom it would leave out.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
LAB_HOSTS=1
lab_open

# weird KIND DO: an application whose top process, a gen_server of its name,
# does that when it is asked anything
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

# tree KIND: one whose supervisor has that child
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

# asked: what the node says to it, past hdeploy, but for how much it looked at
asked() {
	lab_call 1 "To = \"0.2.0\", $(cat core/remote/vm_check.erl)" |
		tr '"' '\n' | grep '^vm_' | grep -v '^vm_checked'
}

# finds KIND WORD...: it says so, and the process has survived the question
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

# demo_server as another process would have it
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
	rm -r "$LAB/web1/releases/0.2.0"
}

an_upgrade_that_would_hang_is_refused() {
	weird mute '{noreply, S}'
	was=$(vm_id 1)
	status 1 upgrade lab 0.2.0
	said 'application mute: <'
	said 'mute does not say which children it has; by stop and start'
	said '`hdeploy upgrade lab 0.2.0 --cold --limit web1'
	host 1 result undone
	runs 1 0.1.0
	boots 1 0.1.0
	equal 'the VM' "$(vm_id 1)" "$was"
	nothing_left 1
	end_weird mute
}

so_is_one_that_would_leave_a_process_out() {
	loose 1
	status 1 upgrade lab 0.2.0
	said 'processes that no supervisor knows would keep their old state'
	said 'unsupervised = warn'
	host 1 result undone
	runs 1 0.1.0
	sed "/^path /a unsupervised = warn" "$LAB/deploy.ini" >"$LAB/warn.ini"
	INI=warn.ini
	status 0 upgrade lab 0.2.0
	said 'would keep their old state on new code: <'
	runs 1 0.2.0
}

and_a_way_back() {
	lab_call 1 'gen_server:start(demo_server, [], []).' >/dev/null
	status 1 rollback lab
	said 'or set unsupervised = warn; by stop and start: `hdeploy rollback lab --cold'
	said 'nothing was changed'
	host 1 result failed
	runs 1 0.2.0
	boots 1 0.2.0
	end_loose
	status 0 rollback lab
	runs 1 0.1.0
}

check 'what is well passes' what_is_well_passes
check 'a top process that gives no children is named, and lives' \
	a_top_process_that_gives_no_children_is_named
check 'a child that cannot be asked is named, and lives' \
	a_child_that_cannot_be_asked_is_named
check 'only who would have to be told counts as left out' \
	only_who_would_be_told_is_left_out
check 'an upgrade that would hang is refused' \
	an_upgrade_that_would_hang_is_refused
check 'so is one that would leave a process out' \
	so_is_one_that_would_leave_a_process_out
check 'and a way back' and_a_way_back
check_end
