#!/bin/sh
# matrix.sh DRIVER [ROW...]: takes rows of the file `cells`, by default all of
# the driver. For each, hdeploy gives its verdict of a hot upgrade. Then
# release_handler makes the upgrade and its way back without hdeploy, and the VM
# reports what it runs. The verdict, this truth and the row must be the same.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
driver=$1
shift
here=tests/proof
rows() {
	escript $here/cells.escript --rows "$driver"
}
[ $# != 0 ] || {
	# shellcheck disable=SC2046 # plain names
	set -- $(rows | cut -d' ' -f1)
}
LAB_HOSTS=1
lab_open
. tests/support/cold.sh
base=$FIXTURES
if [ "$driver" = mix ]; then
	. tests/support/mix.sh
	. tests/support/mix_host.sh
	base=$FIXTURES/mix
fi
mkdir "$LAB/cells"
escript $here/cells.escript "$base" "$LAB/cells" "$@" || exit 1
sed -i "s|^release .*|release = $LAB/cells/{version}.tar.gz|
	s|^env.ERL_FLAGS.*|&\nenv.GREETING = welcome\nunsupervised = warn|" "$LAB/deploy.ini"

# runs_old ROW: the host has 0.1.0 as it was pushed, and runs it.
runs_old() {
	lab_kill_vm 1
	mkdir -p "$root"
	lab_clean "$root"
	if [ -e "$LAB/cells/$1.from.tar.gz" ]; then
		sed "s|^release .*|release = $LAB/cells/$1.from.tar.gz|" \
			"$LAB/deploy.ini" >"$LAB/old.ini"
		INI=old.ini status 0 push lab 0.1.0
	elif [ -d "$LAB/fresh" ]; then
		cp -a "$LAB/fresh/." "$root"
	else
		status 0 push lab 0.1.0
		cp -a "$root" "$LAB/fresh"
	fi
	status 0 start lab
	lab_call 1 'demo_server:add(7).' >/dev/null
}

none() { :; }

# A process runs the present code of demo_server.
busy() {
	lab_job 1
}

# That code is old already.
busy_with_old() {
	lab_job 1
	lab_call 1 'code:load_file(demo_server).' >/dev/null
}

# A process of demo_server has no supervisor.
loose() {
	lab_call 1 '{ok, P} = gen_server:start(demo_server, [], []),
		persistent_term:put(loose, P), ok.' >/dev/null
}

# asks ROW: hdeploy's verdicts, before and after the upload
asks() {
	sed "s|^release .*|release = $LAB/cells/$1.tar.gz|" \
		"$LAB/deploy.ini" >"$LAB/new.ini"
	INI=new.ini
	hd --json push lab 0.2.0 --dry-run >"$LAB/events" 2>"$LAB/out" || :
	given >"$LAB/before.push"
	hd --json push lab 0.2.0 --cold >"$LAB/events" 2>"$LAB/out" || :
	hd --json upgrade lab 0.2.0 --hot --dry-run >"$LAB/events" \
		2>"$LAB/out" || :
	given >"$LAB/after.push"
	INI=deploy.ini
}

given() {
	jq -rs 'map(select(.event == "proof"))[0].verdict // "none"' \
		"$LAB/events"
}

# raw VERSION: release_handler installs it and makes it permanent, without
# hdeploy; what it says is in $LAB/raw. A release_handler that is blocked
# gives no answer.
raw() {
	case $driver in
	relx) relx "$1" >"$LAB/raw" 2>&1 || : ;;
	mix)
		cp -n "$LAB/cell.tar.gz" "$root/releases/0.2.0/hotcode.tar.gz"
		lab_call 1 "release_handler:unpack_release(\"$1/hotcode\"),
			case release_handler:install_release(\"$1\") of
			{ok, _, _} -> release_handler:make_permanent(\"$1\");
			Error -> Error end." >"$LAB/raw" 2>&1 || :
		;;
	esac
	! restarts || once_restarted
}

# relx VERSION: its control script makes the configuration of a version only if
# that version is unpacked, and release_handler takes none without a word.
relx() (
	cd "$root"
	[ -f "bin/hotcode-$1" ] || {
		control hotcode unpack "$1"
		control "hotcode-$1" ping
	}
	case $1 in
	0.1.0) control hotcode downgrade "$1" ;;
	*) control hotcode upgrade "$1" ;;
	esac
)

control() { # SCRIPT ARG...
	script=$1
	shift
	lab_env 1 env GREETING=welcome timeout 10 "bin/$script" "$@"
}

in_cell() { # PATH: a file of the new version
	tar -xzOf "$LAB/cell.tar.gz" "$1"
}

restarts() { # does its relup restart the emulator?
	in_cell releases/0.2.0/relup 2>/dev/null >"$LAB/relup" &&
		grep -q 'restart_\(new_\)*emulator' "$LAB/relup"
}

# That happens some time after the answer.
once_restarted() {
	naps=0
	until [ "$(vm_id 1 2>/dev/null)" != "$vm" ] || [ $naps = 100 ]; do
		naps=$((naps + 1))
		sleep 0.1
	done
}

answers() { # once a VM that boots has started; one that is gone does not
	naps=0
	until [ "$(lab_call 1 'element(1, init:get_status()).' 2>/dev/null)" = \
		started ]; do
		naps=$((naps + 1))
		[ $naps -lt 100 ] && [ -n "$(lab_beams "$root")" ] || return 1
		sleep 0.1
	done
}

# in_place VERSION: the same VM runs it
in_place() {
	answers && [ "$(vm_id 1)" = "$vm" ] && [ "$(current)" = "$1" ]
}

current() { # the version that release_handler runs
	lab_call 1 'L = release_handler:which_releases(),
		[V] = case [V || {_, V, _, current} <- L] of
			[] -> [V || {_, V, _, permanent} <- L]; C -> C end,
		list_to_atom(V).' | tr -d "'"
}

pids() {
	lab_call 1 '[whereis(hotcode_sup), whereis(demo_server)].'
}

# other_code VERSION: the loaded modules that are not those of that version, and
# its modules that are not loaded. A protocol can be the library's own: hdeploy
# loads the consolidated one after release_handler.
other_code() {
	lab_call 1 "[Names] = [N || {_, \"$1\", N, _} <-
			release_handler:which_releases()],
		Own = fun(F) -> string:find(F, \"/lib/hotcode-\") =/= nomatch end,
		Folders = [\"releases/$1/consolidated\" |
			[\"lib/\" ++ N ++ \"/ebin\" || N <- Names]],
		Files = [{list_to_atom(filename:basename(F, \".beam\")), F} ||
			D <- Folders,
			F <- filelib:wildcard(\"$root/\" ++ D ++ \"/*.beam\")],
		Same = fun(M, F) -> {ok, {_, D}} = beam_lib:md5(F),
			D =:= M:module_info(md5) end,
		Other = [M || {M, F} <- lists:ukeysort(1, Files),
			case code:is_loaded(M) of
				false -> Own(F);
				_ -> not lists:any(fun(G) -> Same(M, G) end,
					proplists:get_all_values(M, Files))
			end],
		Gone = [M || {M, F} <- code:all_loaded(), is_list(F), Own(F),
			not lists:keymember(M, 1, Files)],
		lists:sort(Other ++ Gone)." | tr -d ' \n'
}

# lost BEFORE: what did not survive: processes that the upgrade started again,
# or ended, or that have the state of the old version on new code
lost() {
	equal_or 'processes of the application' "$(pids)" "$processes"
	case $1 in
	busy*) equal_or 'the busy process' "$(lab_job_ended 1)" no ;;
	loose) equal_or 'the unsupervised process' "$(lab_call 1 '
		P = persistent_term:get(loose),
		catch maps:is_key(salary, gen_server:call(P, get)).')" true ;;
	esac
}

equal_or() { # WHAT GOT WANTED
	[ "$2" = "$3" ] || echo "$1"
}

configured() { # does it have the greeting of its environment?
	[ "$driver" != relx ] ||
		[ "$(lab_call 1 'application:get_env(hotcode, greeting).')" = \
		'{ok, "welcome"}' ]
}

# truth BEFORE: what became of the upgrade, and becomes of the way back and of
# the next boot. Prints the verdict that would have been right.
truth() {
	: >"$LAB/other"
	: >"$LAB/lost"
	raw 0.2.0
	cp "$LAB/raw" "$LAB/raw.up"
	if no_relup; then
		echo 'cold only'
	elif ! in_place 0.2.0; then
		not_in_place
	elif other_code 0.2.0 >"$LAB/other" && ! grep -qx '\[\]' "$LAB/other"; then
		echo 'hot in name only'
	elif ! configured; then
		echo refused
	else
		lost "$1" >"$LAB/lost"
		goes_back
	fi
}

no_relup() { # did release_handler find none, or no entry?
	tr -d ' \n' <"$LAB/raw" | grep -q \
		'no_matching_relup\|{enoent,"[^"]*/relup"}'
}

not_in_place() {
	if ! restarts; then
		echo refused
	elif [ "$(in_cell releases/start_erl.data | cut -d' ' -f1)" = \
		"$(cut -d' ' -f1 "$LAB/fresh/releases/start_erl.data")" ]; then
		echo 'cold only'
	else
		echo 'cold, ERTS changes'
	fi
}

goes_back() {
	raw 0.1.0
	if no_relup; then
		echo 'no way back'
		return
	elif grep -q "old.processes" "$LAB/raw"; then
		echo 'the way back, while the busy process runs' >>"$LAB/lost"
	elif ! in_place 0.1.0 || [ "$(other_code 0.1.0)" != '[]' ]; then
		echo 'no way back'
		return
	else
		raw 0.2.0
	fi
	if ! boots_again; then
		echo refused
	elif [ -s "$LAB/lost" ]; then
		echo 'hot, with care'
	else
		echo hot
	fi
}

boots_again() {
	[ "${NIGHT-}" = yes ] || return 0
	lab_kill_vm 1
	(cd "$root" && lab_env 1 env GREETING=welcome \
		RELEASE_NODE=web1@127.0.0.1 RELEASE_DISTRIBUTION=name \
		timeout 20 bin/hotcode daemon) >"$LAB/daemon" 2>&1
	tries=0
	until answers; do
		tries=$((tries + 1))
		[ $tries -lt 20 ] || return 1
		sleep 0.1
	done
	[ "$(current)" = 0.2.0 ] && [ "$(other_code 0.2.0)" = '[]' ] && configured
}

cell() {
	runs_old "$row"
	ln -sf "$LAB/cells/$row.tar.gz" "$LAB/cell.tar.gz"
	$before
	asks "$row"
	vm=$(vm_id 1)
	processes=$(pids)
	found=$(truth "$before")
	tail -n 5 "$LAB/raw.up" "$LAB/raw" "$LAB/other" "$LAB/lost"
	equal 'the truth' "$found" "$verdict"
	equal 'the verdict before the upload' \
		"$(cat "$LAB/before.push")" "$verdict"
	equal 'the verdict after it' "$(cat "$LAB/after.push")" "$verdict"
}

rows >"$LAB/rows"
while read -r row before verdict <&3; do
	case " $* " in
	*" $row "*) check "$driver, $row: $verdict" cell ;;
	esac
done 3<"$LAB/rows"
check_end
