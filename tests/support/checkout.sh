# shellcheck shell=sh
# Checkouts of hotcode's source that build with rebar3 and relup = auto. Sourced
# after lab.sh, before lab_open.

top=$PWD
REBAR3=${REBAR3:-$top/.deps/bin/rebar3}
[ -f "$REBAR3" ] || REBAR3=$(command -v rebar3) || {
	echo 'rebar3 is missing'
	exit 77
}
export REBAR3 REBAR_COLOR=none

hd() { # in the checkout
	(cd "$job" && HOME="$job/home" "$HDEPLOY" "$@")
}

# checkout JOB VERSION KEY CHANGE: the source of a version, nothing built
# shellcheck disable=SC2016 # sh expands it for the build
checkout() {
	job=$LAB/$1
	mkdir -p "$job/home" "$job/appup"
	cp -r "$top/tests/fixtures/hotcode/." "$job"
	sed 's|^release .*|release = _build/prod/rel/hotcode\
build = escript $REBAR3 as prod release\
relup = auto|' "$LAB/deploy.ini" >"$job/deploy.ini"
	cat >"$job/rebar.config" <<-END
		{erl_opts, [{d, 'VSN', "$2"}, {d, 'KEY', $3}, {d, 'CHANGE_$4'},
			{d, 'MARK', ""}]}.
		{relx, [{release, {hotcode, "$2"}, [hotcode, sasl]},
			{mode, prod}, {extended_start_script, true},
			{sys_config_src, "config/sys.config.src"},
			{vm_args_src, "config/vm.args.src"}]}.
	END
	cat >"$job/src/hotcode.app.src" <<-END
		{application, hotcode, [{vsn, "$2"}, {mod, {hotcode_app, []}},
			{registered, [hotcode_sup, demo_server]},
			{applications, [kernel, stdlib, sasl]},
			{env, [{greeting, "default"}]}]}.
	END
}

build_no_more() { # the folder of the build is there
	sed -i '/^build/d' "$job/deploy.ini"
}
