# shellcheck shell=sh
# needs: lib
# Reports why the configuration of a version cannot be read. The text of a parse
# error could be part of a secret value: messages show only its line number.

# config_untried VERSION WHY
config_untried() {
	say note "the configuration of $1 was not checked: $2"
}

# config_fail TEXT...: fails with TEXT, where config_place replaces config_try
config_fail() {
	say refused yes
	fail "$(printf '%s\n' "$*" | awk -v from="${config_try:-?}" \
		-v to="${config_place-}" '{
		while (n = index($0, from)) {
			printf "%s%s", substr($0, 1, n - 1), to
			$0 = substr($0, n + length(from))
		}
		print
	}')"
}

# config_reason SYS_CONFIG VM_ARGS: why the VM of config_boots ended.
config_reason() {
	case $config_output in
	*'error in config file'*)
		printf '%s\n' "$config_output" | sed -n \
			-e 's/.*error in config file "\([^"]*\)" (\([0-9]*\)).*/\1 is not valid Erlang at line \2/p' \
			-e 's/.*error in config file "\([^"]*\)" (none): configuration file not found.*/\1 is not there/p' \
			-e 's/.*error in config file "\([^"]*\)" (none).*/\1 is not a single list that ends with a dot/p' |
			head -n 1
		;;
	*'invalid config data'*)
		echo "$1 is not a list of {Application, [{Key, Value}, ...]}"
		;;
	*bad_environment_value*)
		echo "a value of -Application Key Value in $2 is not valid Erlang"
		;;
	*application_controller*)
		echo "its applications cannot be configured from $1 and $2"
		;;
	*)
		config_output=$(printf '%s\n' "$config_output" | tr -d '\r' |
			sed -n '/[^[:blank:]]/{p;q;}' | cut -c1-200)
		echo "the Erlang runtime does not accept $2: $config_output"
		;;
	esac
}
