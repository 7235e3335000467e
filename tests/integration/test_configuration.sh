#!/bin/sh
# The configuration of a node and hot upgrades. An upgrade that would drop or
# change settings is refused; settings that were lost are noticed afterwards.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/lab.sh
. tests/support/check.sh
. tests/support/variant.sh
LAB_HOSTS=1
lab_open

# ini NAME GREETING LINE...: deploy.ini with these lines for the environment
ini() {
	INI=$1.ini
	greeting=$2
	shift 2
	{
		sed '/^\[lab:web1\]/,$d' "$LAB/deploy.ini"
		printf '%s\n' "env.GREETING = $greeting" "$@"
		sed -n '/^\[lab:web1\]/,$p' "$LAB/deploy.ini"
	} >"$LAB/$INI"
}

setting() { # KEY WANTED
	equal "$1" "$(lab_call 1 "application:get_env(hotcode, $1).")" "$2"
}

untouched() {
	runs 1 0.1.0
	boots 1 0.1.0
	setting greeting '{ok, "welcome"}'
	equal 'the node' "$(vm_id 1)" "$(cat "$LAB/vm")"
	equal 'left' "$(find "$LAB/web1/.hdeploy" -name 'try.*')" ''
}

refused() { # TEXT ARG...: that upgrade
	text=$1
	shift
	status 1 upgrade lab 0.2.0 "$@"
	said "$text"
	untouched
}

it_runs() {
	ini plain welcome
	status 0 push lab 0.1.0
	status 0 start lab
	vm_id 1 >"$LAB/vm"
	untouched
}

change_configuration() {
	sed -i 's/{greeting,/{limit, 5}, {db_password, "hunter22"}, &/' \
		releases/0.2.0/sys.config.src
	sed -i 's/^+S .*/+S 2:2/' releases/0.2.0/vm.args.src
}

# Another build of 0.2.0, which is only on this machine.
a_preview_of_a_build() {
	variant 0.2.0 change_configuration
	variants_ini plain.ini build.ini
	INI=build.ini
	status 0 check lab 0.2.0
	said 'setting hotcode/limit: changes hot: new, 5'
	said 'setting hotcode/db_password: changes hot: new, (hidden)'
	said 'setting +S: vm.args, takes effect only at the next start: +S 1:1 -> +S 2:2'
	! grep -r hunter22 "$LAB/out" "$LAB/events" "$LAB/web1" ||
		flunk 'a secret'
	status 0 check lab 0.2.0 --cold
	said 'setting hotcode/limit: changes with the restart: new, 5'
	INI=plain.ini
	status 0 push lab 0.2.0
	untouched
}

a_value_that_breaks_sys_config() {
	ini quote 'my "secret"'
	refused '0.2.0/sys.config is not valid Erlang at line 2'
	! grep -q secret "$LAB/out" "$LAB/events" ||
		flunk 'a part of the value is shown'
}

more_than_one_term() {
	ini shape 'x"}]} | {a, [{b, "secret'
	refused '0.2.0/sys.config is not a single list that ends with a dot'
	! grep -q secret "$LAB/out" "$LAB/events" ||
		flunk 'a part of the value is shown'
}

a_value_that_breaks_it_before_a_stop() {
	ini quote 'my "secret"'
	refused '0.2.0/sys.config is not valid Erlang at line 2' --cold
	! grep -q secret "$LAB/out" "$LAB/events" ||
		flunk 'a part of the value is shown'
}

vm_args_of_the_operator() {
	sed 's/^+sbwt .*/+sbwt nonesuch/' "$LAB/web1/releases/0.1.0/vm.args" \
		>"$LAB/vm.args"
	grep -q nonesuch "$LAB/vm.args" || echo '+sbwt nonesuch' >>"$LAB/vm.args"
	ini args welcome "env.VMARGS_PATH = $LAB/vm.args"
	refused 'bad scheduler busy wait threshold: nonesuch'
}

vm_args_of_the_operator_in_other_ways() {
	ini args welcome "env.VMARGS_PATH = $LAB/vm.args"
	refused 'bad scheduler busy wait threshold: nonesuch' --cold
	printf -- '-hotcode limit 5\n-kernel limit {5\n' >>"$LAB/vm.args"
	sed -i '/nonesuch/d' "$LAB/vm.args"
	refused "a value of -Application Key Value in $LAB/vm.args"
}

a_setting_that_falls_back() {
	ini falls welcome "health = command bin/hotcode eval 'case\
 application:get_key(hotcode, vsn) of {ok, \"0.2.0\"} ->\
 application:set_env(hotcode, greeting, \"default\"); _ -> ok end.' expect ok"
	status 1 upgrade lab 0.2.0
	said 'configuration lost'
	said 'hotcode/greeting'
	untouched
}

a_setting_that_code_made() {
	ini plain welcome
	lab_call 1 'application:set_env(hotcode, found, 1).' >/dev/null
	lab_call 1 'application:set_env(hotcode, greeting, "mine").' >/dev/null
	status 0 upgrade lab 0.2.0 --dry-run
	said 'setting hotcode/found: only the program set it, while it ran'
	said 'setting hotcode/greeting: the program changed it while it ran'
	status 0 upgrade lab 0.2.0
	said 'the change dropped settings that code had made at run time: '
	said hotcode/found
	said hotcode/greeting
	setting found undefined
	setting greeting '{ok, "welcome"}'
	status 0 rollback lab
	! grep -q 'dropped by the change' "$LAB/out" || flunk 'said again'
	untouched
}

# sys.config of 0.1.0 gains a key that 0.2.0 does not have.
a_setting_that_is_given_up() {
	ini plain welcome
	sed -i 's/{greeting/{old_limit, 5}, {greeting/' \
		"$LAB/web1/releases/0.1.0/sys.config.src"
	status 0 restart lab
	setting old_limit '{ok, 5}'
	status 0 upgrade lab 0.2.0
	setting old_limit undefined
	status 0 rollback lab
	setting old_limit '{ok, 5}'
}

sys_config_of_the_operator() {
	sed 's/{old_limit, 5}, //; s/"welcome"/"from-etc"/' \
		"$LAB/web1/releases/0.1.0/sys.config" >"$LAB/sys.config"
	ini etc welcome "env.RELX_CONFIG_PATH = $LAB/sys.config"
	status 0 restart lab
	setting greeting '{ok, "from-etc"}'
	status 1 upgrade lab 0.2.0
	said "the node was started with -config $LAB/sys.config"
	said 'which would change hotcode/greeting'
	setting greeting '{ok, "from-etc"}'
	runs 1 0.1.0
}

# With the same settings it can be.
the_same_settings_in_both() {
	INI=etc.ini
	status 0 check lab 0.2.0
	said "the node was started with -config $LAB/sys.config; a hot install"
	ini same from-etc "env.RELX_CONFIG_PATH = $LAB/sys.config"
	status 1 upgrade lab 0.2.0 # the node could not go back
	said 'going back hot would change hotcode/greeting; hotcode/old_limit'
	cp "$LAB/sys.config" "$LAB/web1/releases/0.1.0/sys.config"
	status 0 upgrade lab 0.2.0
	setting greeting '{ok, "from-etc"}'
	status 0 rollback lab
	setting greeting '{ok, "from-etc"}'
}

check 'a node runs with a setting' it_runs
check 'a check shows the settings of a build' a_preview_of_a_build
check 'a value that breaks sys.config is refused' a_value_that_breaks_sys_config
rarely 'a value that breaks sys.config is refused before a stop' \
	a_value_that_breaks_it_before_a_stop
rarely 'a value that makes more than one list is refused' more_than_one_term
check 'vm.args that no VM accepts are refused' vm_args_of_the_operator
rarely 'and in other ways' vm_args_of_the_operator_in_other_ways
check 'a setting that falls back is lost' a_setting_that_falls_back
check 'a setting made by code is named when it is dropped' \
	a_setting_that_code_made
rarely 'a setting that is given up is not a loss' a_setting_that_is_given_up
check "the operator's sys.config is not replaced" sys_config_of_the_operator
rarely 'unless both versions have its settings' the_same_settings_in_both
check_end
