#!/bin/sh
# Relups that leave something behind or fail halfway, in real releases, and
# supervisors that are too busy to answer.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
LAB_HOSTS=1
lab_open
mkdir "$LAB/fix"
sed -i "s|^release .*|release = $LAB/fix/{version}.tar.gz|
	s|^path .*|&\nupgrade_timeout = 20s|" "$LAB/deploy.ini"
top=$PWD

rebar() {
	HOME=$LAB REBAR_COLOR=none escript "$top/.deps/bin/rebar3" "$@" \
		>"$LAB/rebar.log" 2>&1 || flunk "$(tail -n 5 "$LAB/rebar.log")"
}

# build VERSION KEY CHANGE [FROM]: builds $LAB/src; its appup names only
# demo_server
build() (
	cd "$LAB/src" || exit 1
	cat >rebar.config <<-END
		{erl_opts, [{d, 'VSN', "$1"}, {d, 'KEY', $2}, {d, 'CHANGE_$3'},
		    {d, 'MARK', ""}]}.
		{relx, [{release, {hotcode, "$1"}, [hotcode, sasl]}, {mode, prod},
		    {extended_start_script, true},
		    {sys_config_src, "config/sys.config.src"},
		    {vm_args_src, "config/vm.args.src"}]}.
	END
	cat >src/hotcode.app.src <<-END
		{application, hotcode, [{description, "x"}, {vsn, "$1"},
		    {mod, {hotcode_app, []}}, {modules, []},
		    {registered, [hotcode_sup, demo_server]},
		    {applications, [kernel, stdlib, sasl]},
		    {env, [{greeting, "default"}]}]}.
	END
	if [ -n "${4-}" ]; then
		mkdir -p _build/default/lib/hotcode/ebin
		step="[{update, demo_server, {advanced, \"$4\"}, []}]"
		echo "{\"$1\", [{\"$4\", $step}], [{\"$4\", $step}]}." \
			>_build/default/lib/hotcode/ebin/hotcode.appup
		rebar release
		escript "$top/tests/fixtures/relup.escript" \
			_build/default/rel/hotcode "$1" "$4"
	fi
	rebar tar
	mv "_build/default/rel/hotcode/hotcode-$1.tar.gz" "$LAB/fix/$1.tar.gz"
)

extra() { # WORD, or none
	rm -f "$LAB/src/src/demo_extra.erl" \
		"$LAB/src/_build/default/lib/hotcode/ebin/demo_extra.beam"
	[ "$1" = none ] ||
		echo "-module(demo_extra). -export([say/0]). say() -> $1." \
			>"$LAB/src/src/demo_extra.erl"
}

begin() { # [OPTION]: with the files of $LAB/fix
	lab_kill_vm 1
	lab_clean "$LAB/web1"
	status 0 push lab 0.1.0
	status 0 start lab
	status 0 push lab 0.2.0 "$@"
}

# leaves WORD WORD REASON REASON: demo_extra in 0.1.0 and in 0.2.0; why that is
# refused, and what is found if it is not
leaves() {
	rm -rf "$LAB/src"
	cp -r tests/fixtures/hotcode "$LAB/src"
	extra "$1"
	build 0.1.0 money keep
	extra "$2"
	build 0.2.0 salary migrate 0.1.0
	mkdir -p "$LAB/web1"
	begin --cold
	status 4 upgrade lab 0.2.0
	said "$3 demo_extra, so old code would keep running"
	host 1 verdict 'hot in name only'
	host 1 result refused
	# an older hdeploy keeps no list of the modules: noticed afterwards
	rm "$LAB/web1/.hdeploy/releases/0.2.0/modules"
	status 1 upgrade lab 0.2.0
	said "$4 demo_extra"
	host 1 verdict 'hot, with care'
	host 1 result undone
	runs 1 0.1.0
	boots 1 0.1.0
	status 0 status lab
}

a_changed_module() {
	leaves old new loads 'modules that the relup did not load:'
}
a_new_module() {
	leaves none new loads 'the relup does not add'
}
a_module_that_is_gone() {
	leaves old none removes 'the relup did not remove:'
}

# breaks_off up|down: the server ends between suspend and code_change
breaks_off() {
	rm -rf "$LAB/make"
	mkdir "$LAB/make"
	tar -xzf "$FIXTURES/0.2.0.tar.gz" -C "$LAB/make"
	awk -v way="$1" '
		/"0.1.0",\[\],/ { n++ }
		{ print }
		/\{suspend/ && n == (way == "up" ? 1 : 2) {
			print "{apply, {supervisor, terminate_child, " \
				"[hotcode_sup, demo_server]}},"
		}' "$LAB/make/releases/0.2.0/relup" >"$LAB/relup"
	cp "$LAB/relup" "$LAB/make/releases/0.2.0/relup"
	(cd "$LAB/make" && tar --format=ustar -cf - -- *) | gzip -1 \
		>"$LAB/fix/0.2.0.tar.gz"
	cp "$FIXTURES/0.1.0.tar.gz" "$LAB/fix/"
	begin
}

a_process_that_dies_on_the_way_there() {
	breaks_off up
	status 1 upgrade lab 0.2.0
	host 1 result undone
	runs 1 0.1.0
	boots 1 0.1.0
	nothing_left 1
	status 0 status lab
}

a_process_that_dies_on_the_way_back() {
	breaks_off down
	status 0 upgrade lab 0.2.0
	status 1 rollback lab
	runs 1 0.2.0
	boots 1 0.2.0
	status 0 status lab
}

a_supervisor_that_is_busy() {
	cp "$FIXTURES/0.1.0.tar.gz" "$FIXTURES/0.2.0.tar.gz" "$LAB/fix/"
	begin
	was=$(vm_id 1)
	lab_call 1 'spawn(fun() -> supervisor:start_child(hotcode_sup,
		#{id => slow, start => {timer, sleep, [infinity]}}) end).' \
		>/dev/null
	status 4 upgrade lab 0.2.0
	said 'hotcode_sup does not answer when asked for its children'
	host 1 result refused
	runs 1 0.1.0
	equal 'the VM' "$(vm_id 1)" "$was"
}

check 'a changed module that the appup misses is found' a_changed_module
check 'a new module that the appup misses is found' a_new_module
check 'a removed module that the appup misses is found' a_module_that_is_gone
check 'a process dies on the way there' a_process_that_dies_on_the_way_there
check 'a process dies on the way back' a_process_that_dies_on_the_way_back
check 'a supervisor is busy starting a child' a_supervisor_that_is_busy
check_end
