# shellcheck shell=sh
# needs: config_fail limit
# The configuration of a release made with Castle. Castle 0.3 makes sys.config
# from build.config before each start. It does not exist before the first.

driver_configures() {
	config_applied=$root/releases/$1/sys.config
	config_args=$root/releases/$1/vm.args
	[ -f "releases/$1/build.config" ] || {
		config_sys=$config_applied
		return 0
	}
	config_applied='' config_sys='' config_place=$root/releases/$1
	[ -n "$config_try" ] || return 0
	castle_configure "$1" "$config_try/sys.config" ||
		config_fail "the configuration of $1 cannot be made: $why"
	config_applied=$config_try/sys.config
	config_sys=$config_applied
}

# castle_configure VERSION FILE: makes FILE as a start of VERSION would make its
# sys.config: in the service's environment, by a VM of VERSION that starts none
# of its applications. If that fails: false, with the reason in why. FILE must
# be in a folder that is closed to other users.
castle_configure() {
	castle_output=$(limited 60 "$(command -v env)" RELEASE_COOKIE=none \
		"RELEASE_VSN=$1" "RELEASE_SYS_CONFIG=$root/releases/$1/build" \
		RELEASE_BOOT_SCRIPT_CLEAN=preboot "HDEPLOY_MADE=$2" \
		"./bin/$app" eval "$castle_makes" 2>&1)
	castle_status=$?
	[ "$castle_status" != 0 ] || [ ! -s "$2" ] || return 0
	why="its configuration providers ended with status $castle_status"
	[ "$castle_status" != 124 ] ||
		why="its configuration providers did not end within 60 s"
	castle_said=$(printf '%s\n' "$castle_output" | castle_message)
	why=$why${castle_said:+: $castle_said}
	return 1
}

# castle_message: prints the message of the exception on stdin, of kinds that
# contain text and no values, which could be secret; of others, the kind.
castle_message() {
	sed -n -e 's/^\*\* (\(RuntimeError\|ArgumentError\|System\.EnvError\|File\.Error\|Config\.[A-Za-z]*\)) //p' \
		-e t -e 's/^\*\* (\([A-Za-z.]*\)) .*/\1/p' | head -n 1 |
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
