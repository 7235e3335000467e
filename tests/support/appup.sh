# shellcheck shell=sh
# Kinds of change, for test_appup.sh. Sourced after check.sh.
#
# Each row of appups/ is hot, with the answers of ROW:ask() in the old and in
# the new version, or todo, with the sentence that a person gets instead.

appup_table() {
	cat <<'END'
added           hot  old            new
removed         hot  old            new
renamed         hot  a              b
state           hot  {money,7}      {salary,7}
soft            hot  {old,7}        {new,7}
bare_state      todo bare_state_server: its state changes from {state, _} to {state, _, _}: write a code_change/3
child_added     hot  []             works
child_removed   hot  works          []
children        hot  7              {7,5}
start           todo start_app: start/2 changed, and a hot upgrade does not run it again
spec            todo Spec.Server: child_spec/1 changed
gone            todo gone_worker is gone, and the draft does not end its processes
modular         hot  {1,1}          {1,1,new}
circle          hot  {a,b}          {x,y}
supervisor_args todo supervisor_args_sup: the child w gets other arguments
simple          hot  {old,7}        {new,7}
statem          hot  {old,7}        {new,7}
mode            hot  {functions,7}  {events,7}
bare_mode       todo bare_mode_fsm: its callback mode changes from state_functions to handle_event_function
event           hot  {old,7}        {new,7}
nif             todo nif loads a NIF
native          todo the native library native.so changed, and a running node keeps
protocol        hot  {4,unknown}    {4,0}
macro           hot  same           same
record          todo the record user changes from [mail,name] to [name,mail] in record_server
hrl             todo hrl_server: its state changes from #{user => {user, _, _}} to #{user => {user, _, _, _}}: write a code_change/3
record_kept     hot  ann            ann
env             hot  {ok,old}       {ok,new}
loop            todo loop: loop/0 receives messages in a loop of its own
END
}

# appup_open [ROW...]: builds the releases $LAB/old and $LAB/new with these rows.
appup_open() {
	escript tests/fixtures/appups.escript "$LAB" "$@"
}

# appup STATUS ARG...: hdeploy appup in the folder $LAB, where drafts go.
appup() {
	wanted=$1
	shift
	got=0
	(cd "$LAB" && "$HDEPLOY" appup "$@") >"$LAB/out" 2>&1 || got=$?
	[ "$got" = "$wanted" ] || flunk "appup $*: status $got, not $wanted"
}

# appup_use ROW: a person has reviewed its draft.
appup_use() {
	sed '/^%% draft$/d' "$LAB/appup/$1.appup" \
		>"$LAB/new/lib/$1-2/ebin/$1.appup"
}

# appup_rows: reads rows of the table, and checks each one.
appup_rows() {
	set --
	while read -r row kind first second; do
		case $kind in
		hot)
			! grep '^%% must: ' "$LAB/appup/$row.appup" ||
				flunk "$row: there is something to do"
			appup_use "$row"
			set -- "$@" "$row" "$first" "$second"
			;;
		*)
			said "to do: $first${second:+ $second}"
			grep -q '^%% must: ' "$LAB/appup/$row.appup"
			;;
		esac
	done
	[ $# = 0 ] || escript tests/support/appup.escript "$LAB" "$@"
}

appup_lines() { # ROW...: of the table
	for one; do
		appup_table | grep "^$one "
	done
}
