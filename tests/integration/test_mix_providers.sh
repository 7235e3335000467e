#!/bin/sh
# mix_configure evaluates the config providers of a release of mix in a VM of
# its own: their failures, their variables, and settings from other places.
set -u
cd "$(dirname "$0")/../.." || exit 1
FIXTURES=${FIXTURES:-$PWD/build/fixtures}
. tests/support/check.sh
LAB=$(mktemp -d "${TMPDIR:-/tmp}/hdeploy-lab.XXXXXX") || exit 1
trap 'rm -rf "$LAB"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# configure SHELL WANTED [NAME=VALUE...]: mix_configure for 0.4.0 in that shell
# and with these variables: its status and reason.
configure() {
	shell=$1
	command -v "${shell%% *}" >/dev/null || shell="sh"
	wanted=$2
	shift 2
	rm -f "$LAB/made"
	# shellcheck disable=SC2086 # two words
	got=$(env SECRET=sesame-open "$@" $shell tests/support/mix_configure.sh \
		"$LAB/alone" "${version:-0.4.0}" "$LAB/made" "${pid-}" |
		sed 's/ at line [0-9]*//') # since Elixir 1.15
	equal "$shell $*" "$got" "$wanted"
	! ls "$LAB/alone/tmp" 2>/dev/null || flunk 'it wrote to tmp/'
}

what_providers_do() {
	printf '#!/bin/sh\nsleep 0.05\n' >"$LAB/nap" # a hurried clock
	chmod +x "$LAB/nap"
	cp -r "$FIXTURES/mix/0.4.0" "$LAB/alone"
	configure dash '1: runtime.exs raised RuntimeError: DATABASE_URL is missing'
	configure 'busybox sh' '1: runtime.exs raised RuntimeError' \
		BROKEN=secret
	HDEPLOY_SLEEP=$LAB/nap configure sh \
		'1: its config providers did not end within 60 s' BROKEN=sleep
}

what_else_providers_do() {
	configure mksh '1: runtime.exs raised ArgumentError' BROKEN=argument
	configure bash "1: hotcode/callback, hotcode/owner: a function, a pid,\
 a port or a reference cannot be written to a file" BROKEN=fun
	configure sh "1: the VM that evaluates its config providers ended with\
 status 0" BROKEN=halt
	configure sh "1: hotcode/built differs from its value at compile time\
 (compile_env)" BROKEN=compiled
}

# Without a restart at boot, terms of any kind are possible.
what_providers_do_without_a_restart() {
	cp -r "$FIXTURES/mix/0.5.0/releases/0.5.0" "$LAB/alone/releases/"
	cp -r "$FIXTURES/mix/0.5.0/lib/hotcode-0.5.0" "$LAB/alone/lib/"
	cat tests/fixtures/mix/config/broken.exs \
		>>"$LAB/alone/releases/0.5.0/runtime.exs"
	version=0.5.0
	configure dash "3: hotcode/callback, hotcode/owner: a function, a pid,\
 a port or a reference cannot be written to a file" BROKEN=fun
	configure dash "1: it sets kernel in config/runtime.exs, which needs\
 reboot_system_after_config: true" BROKEN=kernel
}

made() { # TEXT: the configuration has it
	grep -qF "$1" "$LAB/made" || flunk "no $1: $(cat "$LAB/made")"
}

readable() { # with strings
	erl -noinput -eval "
		{ok, [L]} = file:consult(\"$LAB/made\"),
		ok = file:write_file(\"$LAB/made\",
			io_lib:format(\"~999999p~n\", [L])),
		halt()."
}

variable() { # NAME WANTED: as runtime.exs sees it
	made "<<\"$1\">> => <<\"$2\">>"
}

# The providers see the variables of a boot, not those of this evaluation.
the_variables_of_a_boot() {
	configure sh '0: ' BROKEN=no GREETING=hello
	equal mode "$(stat -c %a "$LAB/made")" 600
	readable
	made '{greeting,<<"hello">>}'
	variable RELEASE_COOKIE "$(cat "$LAB/alone/releases/COOKIE")"
	variable RELEASE_TMP "$LAB/alone/tmp"
	variable RELEASE_BOOT_SCRIPT start
	variable RELEASE_VM_ARGS "$LAB/alone/releases/0.4.0/vm.args"
	! grep -q HDEPLOY_ "$LAB/made"
}

# A variable that only the running VM has, and what sets it.
variables_of_the_vm() {
	env GREETING=vm BROKEN=no sleep 300 &
	pid=$!
	configure dash "1: BROKEN is set in the running VM, but not in\
 deploy.ini (env.BROKEN, env_file)"
	configure dash "1: GREETING is set in the running VM, but not in\
 deploy.ini (env.GREETING, env_file)" BROKEN=no
	echo 'GREETING=any exec bin/hotcode start' >"$LAB/alone/bin/server"
	configure mksh '0: ' BROKEN=no
	made '{greeting,<<118,109>>}'
	rm "$LAB/alone/bin/server"
	echo 'export GREETING=env.sh' >>"$LAB/alone/releases/0.4.0/env.sh"
	configure 'busybox sh' '0: ' BROKEN=no
	made '{greeting,<<101,110,118,46,115,104>>}'
	kill "$pid"
}

# Settings of vm.args and of a file that it names are part of it.
flags() {
	printf '%s\n' '-hotcode pool 7' "-config $LAB/more" '-name web1@127.0.0.1' \
		'-heart' >"$LAB/vm.args"
	echo '[{hotcode, [{more, 1}]}].' >"$LAB/more.config"
	configure dash '0: ' BROKEN=no RELEASE_VM_ARGS="$LAB/vm.args"
	made '{pool,7}'
	made '{more,1}'
	echo '-hotcode pool {7' >>"$LAB/vm.args"
	configure dash '1: a value of -hotcode in vm.args is not valid Erlang' \
		BROKEN=no RELEASE_VM_ARGS="$LAB/vm.args"
}

# The check of a version must not run a second one.
an_env_sh_that_starts_the_whole_release() {
	cp "$LAB/alone/releases/0.4.0/env.sh" "$LAB/env.sh"
	cp "$LAB/alone/releases/0.4.0/vm.args" "$LAB/plain.args"
	echo "export RELEASE_BOOT_SCRIPT=start RELEASE_VM_ARGS=$LAB/plain.args" \
		>>"$LAB/alone/releases/0.4.0/env.sh"
	configure dash '0: ' BROKEN=no GREETING=hello ERL_AFLAGS='-hotcode pool 9'
	readable
	variable RELEASE_BOOT_SCRIPT start
	variable ERL_AFLAGS '-hotcode pool 9'
	made '{pool,9}'
	! grep -q start_distribution,false "$LAB/made" ||
		flunk 'a boot with it would have no name'
	cp "$LAB/env.sh" "$LAB/alone/releases/0.4.0/env.sh"
}

check 'what providers do' what_providers_do
rarely 'what else providers do' what_else_providers_do
check 'without a restart' what_providers_do_without_a_restart
check 'the variables of a boot' the_variables_of_a_boot
check 'an env.sh that starts the whole release' \
	an_env_sh_that_starts_the_whole_release
check 'variables of the vm' variables_of_the_vm
rarely 'flags' flags
check_end
