# shellcheck shell=sh
# needs: mix_config
# The configuration of a release made with Castle. Castle 0.3 makes sys.config
# from build.config, before each start and each install; there is none before
# the first. Castle 1 changes the sys.config of mix at an install alone.

driver_configures() {
	[ "${config_change-}" = cold ] || castle_compare "$1"
	if [ -f "releases/$1/build.config" ]; then
		castle_configures "$1"
	elif grep -qs 'Castle[.]' "bin/$app"; then
		config_applied='' config_sys='' config_args=''
		config_untried "$1" "bin/$app is of Castle 0.3, and cannot make it"
	else
		mix_configures "$@"
	fi
}

# castle_compare VERSION: Castle evaluates runtime.exs in the node.
castle_compare() {
	differ=$(mix_differing "$1")
	[ -z "$differ" ] || say note "the node's environment and deploy.ini have\
 different values of $differ: Castle configures $1 with the node's, the\
 next start uses deploy.ini's"
}

castle_configures() { # VERSION
	config_applied='' config_sys='' config_args=$root/releases/$1/vm.args
	config_place=$root/releases/$1
	[ -n "$config_try" ] || {
		config_untried "$1" "nothing can be written to $root/.hdeploy"
		return 0
	}
	mix_variables "$1" && castle_configure "$1" "$config_try/sys.config" ||
		config_fail "the configuration of $1 cannot be made: $why"
	config_applied=$config_try/sys.config
	config_sys=$config_applied
}

# castle_configure VERSION FILE: makes FILE as a start of VERSION would make its
# sys.config: in the service's environment, by a VM of VERSION that starts none
# of its applications. If that fails: false, with the reason in why. Other users
# must not be able to read the folder of FILE.
castle_configure() {
	castle_output=$(limited 60 "$(command -v env)" RELEASE_COOKIE=none \
		"RELEASE_VSN=$1" "RELEASE_SYS_CONFIG=$root/releases/$1/build" \
		RELEASE_BOOT_SCRIPT_CLEAN=preboot "HDEPLOY_MADE=$2" \
		ERL_CRASH_DUMP_SECONDS=0 "./bin/$app" eval "$castle_makes" 2>&1)
	castle_status=$?
	[ "$castle_status" != 0 ] || [ ! -s "$2" ] || return 0
	why="its config providers ended with status $castle_status"
	[ "$castle_status" != 124 ] ||
		why="its config providers did not end within 60 s"
	castle_said=$(printf '%s\n' "$castle_output" | castle_message)
	why=$why${castle_said:+: $castle_said}
	return 1
}

# castle_message: prints the message of the exception on stdin if a person wrote
# it; one that Elixir composes can contain a value, which could be secret: of
# those only the kind.
castle_message() {
	sed -n -e 's/^\*\* (RuntimeError) //p' -e t \
		-e 's/^\*\* (System\.EnvError) //p' -e t \
		-e 's/^\*\* (\([A-Za-z.]*\)) .*/\1/p' | head -n 1 |
		cut -c1-300
}

# As Castle does, but into another file.
# shellcheck disable=SC2016
castle_makes='
from = System.fetch_env!("RELEASE_SYS_CONFIG") <> ".config"
{:ok, [built]} = :file.consult(String.to_charlist(from))
providers = get_in(built, [:castle, :config_providers]) || []
made = Enum.reduce(providers, built, fn {m, s}, c -> m.load(c, s) end)
text = :io_lib.format("%% coding: utf-8~n~tp.~n", [made])
File.write!(System.fetch_env!("HDEPLOY_MADE"), text)'
