# shellcheck shell=sh
# needs: config_fail distillery_change
# Checks whether Distillery can generate the configuration of a version.

# In a scratch folder, not in the node's.
driver_configures() {
	config_place=$(distillery_folder)
	config_applied='' config_sys='' config_args=''
	[ -n "$config_try" ] || return 0
	asked_status=0
	distillery_configure "$1" "$config_try" || {
		distillery_refuses "$1" "$2"
		return 0
	}
	config_applied=$config_try/sys.config
	config_sys=$config_applied
	config_args=$config_try/vm.args
}

# distillery_refuses VERSION ERTS: distillery_configure failed. A start would
# fail too, unless VERSION has another runtime than the scripts in place.
distillery_refuses() {
	read -r erts version <releases/start_erl.data
	[ "$asked_status" != 0 ] && [ "$erts" = "$2" ] || {
		config_untried "$1" "$why"
		return
	}
	config_output=$asked_text
	case $asked_text in
	*application_controller*) why=$(config_reason \
		"$config_place/sys.config" "$config_place/vm.args") ;;
	esac
	config_fail "the configuration of $1 cannot be made: $why"
}
