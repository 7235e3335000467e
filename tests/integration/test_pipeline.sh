#!/bin/sh
# A pipeline of clean checkouts, each job in a folder and with a HOME of its
# own. One job fetches the running version, makes a relup against it and pushes;
# another one upgrades without the artefact; a third goes back.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
top=$PWD
REBAR3=${REBAR3:-$top/.deps/bin/rebar3}
[ -f "$REBAR3" ] || REBAR3=$(command -v rebar3) || {
	echo 'rebar3 is missing'
	exit 77
}
export HDEPLOY REBAR3 REBAR_COLOR=none
LAB_HOSTS=2
lab_open

hd() { # in the folder of $job
	(cd "$LAB/$job" && HOME="$LAB/$job/home" "$HDEPLOY" "$@")
}

# clean JOB: a runner that has only deploy.ini
clean() {
	job=$1
	mkdir -p "$LAB/$job/home"
	sed 's|^release .*|release = _build/default/rel/hotcode\
build = sh build.sh|' "$LAB/deploy.ini" >"$LAB/$job/deploy.ini"
}

# checkout JOB VERSION KEY CHANGE: a runner that has the source too
checkout() {
	clean "$1"
	cd "$LAB/$1"
	mkdir -p apps/hotcode apps/hotcode_lib/src
	cp -r "$top/tests/fixtures/hotcode/src" apps/hotcode
	cp -r "$top/tests/fixtures/hotcode/config" .
	cat >rebar.config <<-END
		{erl_opts, [{d, 'VSN', "$2"}, {d, 'KEY', $3}, {d, 'CHANGE_$4'},
			{d, 'MARK', ""}]}.
		{relx, [{release, {hotcode, "$2"}, [hotcode, hotcode_lib, sasl]},
			{mode, prod}, {extended_start_script, true},
			{sys_config_src, "config/sys.config.src"},
			{vm_args_src, "config/vm.args.src"}]}.
	END
	cat >apps/hotcode/src/hotcode.app.src <<-END
		{application, hotcode, [{vsn, "$2"}, {mod, {hotcode_app, []}},
			{registered, [hotcode_sup, demo_server]},
			{applications, [kernel, stdlib, sasl, hotcode_lib]},
			{env, [{greeting, "default"}]}]}.
	END
	cat >apps/hotcode_lib/src/hotcode_lib.app.src <<-END
		{application, hotcode_lib, [{vsn, "1.0.0"}, {registered, []},
			{applications, [kernel, stdlib]}]}.
	END
	cat >apps/hotcode_lib/src/hotcode_lib.erl <<-END
		-module(hotcode_lib).
		-export([answer/0]).
		answer() -> 42.
	END
	echo "$2" >VERSION
	build_script >build.sh
	cd "$top"
}

# What a team would write; README.md has a short form of it.
build_script() {
	cat <<-'END'
		set -eu
		rel=_build/default/rel/hotcode
		new=$(cat VERSION)
		app=_build/default/lib/hotcode/ebin
		mkdir -p "$rel" "$app"
		echo "runs: [$HDEPLOY_RUNNING]"
		for old in $HDEPLOY_RUNNING; do
			"$HDEPLOY" fetch "$HDEPLOY_ENV" "$old" --into running
			tar -xzf "running/hotcode-$old.tar.gz" -C "$rel"
			[ "$old" != "$new" ] || exit 0
			step="[{\"$old\", [{update, demo_server, {advanced, \"$old\"},
				brutal_purge, brutal_purge, []}]}]"
			echo "{\"$new\", $step, $step}." >"$app/hotcode.appup"
		done
		if [ -z "$HDEPLOY_RUNNING" ] || [ -n "${NO_RELUP-}" ]; then
			escript "$REBAR3" release
		else
			escript "$REBAR3" do release, relup --relname hotcode \
				--relvsn "$new" --upfrom "$HDEPLOY_RUNNING"
		fi
	END
}

every_host() {
	command=$1
	shift
	for n in 1 2; do
		"$command" "$n" "$@"
	done
}

first_version() {
	checkout first 0.1.0 money keep
	status 0 push lab
	said 'runs: []'
	said 'nothing runs on lab yet'
	status 0 start lab
	for n in 1 2; do
		lab_call "$n" "demo_server:add($n)." >/dev/null
		vm_id "$n" >"$LAB/vm.$n"
	done
}

build_without_a_relup() {
	NO_RELUP=yes
	export NO_RELUP
	status 4 build lab
	said 'runs: [0.1.0]'
	said 'no relup leads hot from 0.1.0'
	status 4 push lab
	[ ! -e "$LAB/web1/releases/0.2.0" ] || flunk 'it was shipped'
}

push_from_a_clean_checkout() {
	job=second
	status 0 push lab
	every_host runs 0.1.0
	rm -rf "${LAB:?}/first" "$LAB/second"
}

retried_push() {
	checkout retried 0.2.0 salary migrate
	status 0 push lab
	said '0.2.0 is already on the host'
	host 1 result unchanged
}

# web2 is as if 0.1.0 was installed by hand: hdeploy has no record of it.
upgrade_without_the_artefact() {
	clean upgrading
	rm -r "$LAB/web2/.hdeploy/releases/0.1.0"
	status 0 upgrade lab 0.2.0
	for n in 1 2; do
		runs "$n" 0.2.0
		boots "$n" 0.2.0
		host "$n" mode hot
		equal "web$n state" "$(state "$n")" \
			"[{name,\"ann\"},{salary,$((100 + n))}]"
		equal "web$n vm" "$(vm_id "$n")" "$(cat "$LAB/vm.$n")"
	done
}

# The library was built in two folders: same code, other bytes.
library_of_the_first_stays() {
	beam=lib/hotcode_lib-1.0.0/ebin/hotcode_lib.beam
	cmp "$LAB/web1/$beam" "$LAB/web2/$beam"
	for v in 0.1.0 0.2.0; do
		sed -n "s|  $beam\$||p" "$LAB/web1/.hdeploy/releases/$v/manifest"
	done >"$LAB/beams"
	equal 'different builds' "$(sort -u "$LAB/beams" | grep -c .)" 2
	equal 'the one that is there' \
		"$(sha256sum "$LAB/web1/$beam" | cut -d' ' -f1)" \
		"$(head -n 1 "$LAB/beams")"
}

# The whole pipeline again: it builds the running version.
retried_when_it_runs() {
	checkout again 0.2.0 salary migrate
	status 0 push lab
	said 'runs: [0.2.0]'
	said '0.2.0 is already on the host'
}

rollback_from_a_third_job() {
	clean back
	status 0 rollback lab
	every_host runs 0.1.0
	every_host boots 0.1.0
	every_host host mode hot
	equal 'state' "$(state 1)" '[{money,101},{name,"ann"}]'
}

# Everything is unpacked already.
upgrade_and_rollback_again() {
	job=back
	status 0 upgrade lab 0.2.0 --limit web1
	status 0 rollback lab --limit web1
	equal 'state' "$(state 1)" '[{money,101},{name,"ann"}]'
}

library_with_other_code() {
	checkout third 0.3.0 salary migrate
	sed -i 's/42/43/' "$LAB/third/apps/hotcode_lib/src/hotcode_lib.erl"
	status 4 push lab
	said 'hotcode_lib-1.0.0: other content in 0.3.0 than in 0.1.0'
	host 1 result refused
	[ ! -e "$LAB/web1/releases/0.3.0" ] || flunk 'it was shipped'
}

# Without a record it is noticed before anything is installed.
library_with_other_code_and_no_record() {
	job=third
	rm -r "$LAB/web2/.hdeploy/releases/0.2.0"
	sed -i '/^build/d' "$LAB/third/deploy.ini"
	status 0 push lab --limit web2
	status 1 upgrade lab 0.3.0 --limit web2
	said 'not as it was pushed: lib/hotcode_lib-1.0.0/ebin/hotcode_lib.beam'
	host 2 result undone
	runs 2 0.1.0
}

# An edit of sys.config leaves a comma too many.
configuration_is_broken() {
	job=third
	clean third
	(
		cd "$LAB/third"
		echo 0.4.0 >VERSION
		sed -i 's/0\.3\.0/0.4.0/g' rebar.config apps/hotcode/src/*.src
		sed -i 's/43/42/' apps/hotcode_lib/src/*.erl
		sed -i 's/{greeting, [^}]*}//' config/sys.config.src \
			apps/hotcode/src/*.src
	)
	status 4 push lab --limit web1
	said 'sys.config.src of 0.4.0: '
	said 'the node would run without its settings'
	[ ! -e "$LAB/web1/releases/0.4.0" ] || flunk 'it was shipped'
	equal 'state' "$(state 1)" '[{money,101},{name,"ann"}]'
}

# The same code can have other bytes, but not any bytes are accepted.
library_is_damaged() {
	job=back
	echo >>"$LAB/web1/lib/hotcode_lib-1.0.0/ebin/hotcode_lib.app"
	status 4 upgrade lab 0.2.0 --limit web1
	said 'differ from the pushed ones (lib/hotcode_lib-1.0.0/ebin/hotcode_lib.app)'
	said 'first `hdeploy repair lab'
	host 1 result refused
	runs 1 0.1.0
}

check 'the first version, where nothing runs' first_version
checkout second 0.2.0 salary migrate
rarely 'a build without a relup is noticed' build_without_a_relup
check 'a push from a clean checkout' push_from_a_clean_checkout
rarely 'a retried push of a rebuilt source does nothing' retried_push
check 'an upgrade without the artefact' upgrade_without_the_artefact
check 'the library of the first build stays' library_of_the_first_stays
rarely 'a retried push of the running version does nothing' retried_when_it_runs
check 'a rollback from a third job' rollback_from_a_third_job
rarely 'another upgrade and rollback' upgrade_and_rollback_again
check 'a library with other code is refused by name' library_with_other_code
rarely 'a library with other code is refused without a record' \
	library_with_other_code_and_no_record
rarely 'a broken configuration is noticed' configuration_is_broken
check 'a damaged library is still noticed' library_is_damaged
check_end
