#!/bin/sh
# Every command of examples/pipelines, run as a job of its system would: the
# pipelines of mix deploy to web1, those of rebar3 to web2. Logs and reports are
# read as these systems read them.
# shellcheck disable=SC2317 # functions are called by check
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
python3 -c 'import yaml' 2>/dev/null || {
	echo 'needs PyYAML'
	exit 77
}
top=$PWD
REBAR3=${REBAR3:-$top/.deps/bin/rebar3}
[ -f "$REBAR3" ] || REBAR3=$(command -v rebar3) || {
	echo 'rebar3 is missing'
	exit 77
}
LAB_HOSTS=2
lab_open
mkdir "$LAB/bin" "$LAB/home"
ln -s "$(realpath "$HDEPLOY")" "$LAB/bin/hdeploy"
printf '#!/bin/sh\nexec escript %s "$@"\n' "$REBAR3" >"$LAB/bin/rebar3"
chmod +x "$LAB/bin/rebar3"

# ini HOST DRIVER BUILD: deploy.ini of a project with this host only
ini() {
	sed -e 's/^\[lab/[prod/' -e '/^identity/d' \
		-e "/^host = web/{/^host = $1/!d;}" \
		-e "s|^release .*|build = $3\nrelease = _build/prod/rel/hotcode|" \
		-e "s/^driver .*/driver = $2/" \
		-e 's/^\[prod\]/&\nidentity_env = DEPLOY_KEY\nupgrade = cold/' \
		-e 's/^known_hosts .*/known_hosts = known_hosts/' \
		"$LAB/deploy.ini" |
		awk -v only="[prod:$1]" '/^\[/ { skip = /^\[prod:/ && $0 != only }
			!skip'
	cp "$LAB/ssh/known_hosts" .
}

mix_project() {
	mkdir "$LAB/mix"
	cd "$LAB/mix"
	cp -r "$top/tests/fixtures/hotcode/src" "$top/tests/fixtures/mix/." .
	ini web1 mix 'MIX_ENV=prod mix release --overwrite' |
		sed 's|^env.NODE_NAME.*|env.RELEASE_NODE = {host}@127.0.0.1|
		s|^env.NODE_COOKIE.*|env.RELEASE_DISTRIBUTION = name|' >deploy.ini
	mix_version 0.1.0
}

mix_version() {
	sed -e "s/@VERSION@/$1/" -e 's/@KEY@/money/' -e 's/@CHANGE@/keep/' \
		-e 's/@SASL@/permanent/' -e 's/@REBOOT@/true/' \
		"$top/tests/fixtures/mix/mix.exs" >"$LAB/mix/mix.exs"
}

rebar3_project() {
	mkdir -p "$LAB/rebar3/src"
	cd "$LAB/rebar3"
	cp "$top"/tests/fixtures/hotcode/src/*.erl src
	cp -r "$top/tests/fixtures/hotcode/config" .
	ini web2 relx 'rebar3 as prod release' >deploy.ini
	rebar3_version 0.1.0
}

rebar3_version() {
	cat >"$LAB/rebar3/rebar.config" <<-END
		{erl_opts, [{d, 'VSN', "$1"}, {d, 'KEY', money}, {d, 'CHANGE_keep'},
			{d, 'MARK', ""}]}.
		{relx, [{release, {hotcode, "$1"}, [hotcode, sasl]},
			{mode, prod}, {extended_start_script, true},
			{sys_config_src, "config/sys.config.src"},
			{vm_args_src, "config/vm.args.src"}]}.
		{profiles, [{prod, []}]}.
	END
	cat >"$LAB/rebar3/src/hotcode.app.src" <<-END
		{application, hotcode, [{vsn, "$1"}, {mod, {hotcode_app, []}},
			{registered, [hotcode_sup, demo_server]},
			{applications, [kernel, stdlib, sasl]},
			{env, [{greeting, "default"}]}]}.
	END
}

# command_of_job VARIABLE=VALUE... COMMAND: as a job, in its project; its log is in
# $LAB/out
command_of_job() {
	: >"$LAB/step"
	: >"$LAB/output"
	env -i PATH="$LAB/bin:$PATH" HOME="$LAB/home" LANG=C.UTF-8 CI=true \
		DEPLOY_KEY="$(cat "$LAB/ssh/user")" REBAR_COLOR=none "$@" \
		>"$LAB/out" 2>&1 </dev/null || flunk "$* failed"
}

# pipeline FILE JOB VARIABLE=VALUE...: runs its commands except those of JOB, with
# the variables of a dotenv report; after each one calls $after with the name of
# its job
pipeline() {
	file=$top/examples/pipelines/$1
	but=$2
	shift 2
	python3 "$top/tests/support/pipeline.py" "$file" >"$LAB/commands" ||
		flunk "$file"
	ran=0
	while IFS='	' read -r job line <&3; do
		[ "$job" != "$but" ] || continue
		# shellcheck disable=SC2046 # its values have no blanks
		command_of_job "$@" $(cat deploy.env 2>/dev/null) sh -ec "$line"
		"$after" "$job"
		ran=$((ran + 1))
	done 3<"$LAB/commands"
}

reads() { # KIND FILE: into $LAB/read
	python3 "$top/tests/support/ci.py" "$1" "$2" >"$LAB/read" ||
		flunk "$1 would not take $2"
}

has() { # LINE: of the last report
	grep -qxE -e "$1" "$LAB/read" || {
		cat "$LAB/read"
		flunk "the report lacks: $1"
	}
}

# runs_now PROJECT VERSION: as the VM reports
runs_now() {
	command_of_job hdeploy -f "$LAB/$1/deploy.ini" status prod --json --plain
	equal "$1 runs" "$(grep '^{' "$LAB/out" |
		jq -rs 'last.hosts[0].after')" "$2"
}

as_github() { # STEP
	reads github "$LAB/out"
	[ "$1" = deploy ] || return 0
	has 'group build and pack'
	has 'group deploy: web1'
	reads output "$LAB/output"
	has 'result=ok'
	has 'status=0'
	reads summary "$LAB/step"
	has 'host\|before\|after\|result\|mode\|time\|why'
	has 'web1\|-\|0.1.0\|ok\|.*'
	has 'web1\|planned\|.*'
	reads junit junit.xml
	has 'web1/deploy prod: passed'
	has 'hdeploy/build: passed'
}

github() {
	mix_project
	after=as_github
	pipeline github-mix.yml none GITHUB_ACTIONS=true \
		GITHUB_STEP_SUMMARY="$LAB/step" GITHUB_OUTPUT="$LAB/output"
	equal commands "$ran" 4
	runs_now mix 0.1.0
}

as_gitlab() { # JOB
	reads gitlab "$LAB/out"
	case $1 in
	check | deploy)
		reads junit junit.xml
		has "web2/$1 prod: passed"
		;;
	tell) said "ok, 1 of 1 hosts changed, all run $version" ;;
	rollback) said 'web2  ok ' ;;
	esac
	[ "$1" = deploy ] || return 0
	reads dotenv deploy.env
	has 'RESULT=ok'
	has "VERSION=$version"
	grep -q '^HOSTS=1$' deploy.env || flunk 'HOSTS'
}

gitlab() {
	rebar3_project
	after=as_gitlab
	for version in 0.1.0 0.2.0; do
		rebar3_version "$version"
		skip=none
		[ "$version" = 0.2.0 ] || skip=rollback # to nothing
		rm -f deploy.env
		pipeline gitlab-rebar3.yml "$skip" GITLAB_CI=true
	done
	equal commands "$ran" 4
	runs_now rebar3 0.1.0
}

as_jenkins() {
	[ ! -f junit.xml ] || reads junit junit.xml
}

jenkins() {
	cd "$LAB/mix"
	mix_version 0.2.0
	rm -f junit.xml
	after=as_jenkins
	pipeline Jenkinsfile none BUILD_URL=https://ci.example/job/deploy/1/
	equal commands "$ran" 4
	has 'web1/deploy prod: passed'
	runs_now mix 0.2.0
	command_of_job hdeploy history prod
	said 'https://ci.example/job/deploy/1/'
}

woodpecker() {
	cd "$LAB/rebar3"
	rebar3_version 0.3.0
	after=:
	pipeline woodpecker-rebar3.yml none CI=woodpecker \
		CI_STEP_URL=https://ci.example/repos/1/pipeline/2/3
	equal commands "$ran" 3
	runs_now rebar3 0.3.0
	command_of_job hdeploy history prod
	said 'https://ci.example/repos/1/pipeline/2/3'
}

check 'GitHub Actions deploys with mix' github
check 'GitLab deploys with rebar3, and goes back' gitlab
check 'Jenkins deploys with mix' jenkins
check 'Woodpecker deploys with rebar3' woodpecker
check_end
