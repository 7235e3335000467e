# shellcheck shell=sh
# The configuration that a VM boots with, for drivers that do not generate it.

# driver_configures VERSION ERTS: sets config_applied, the sys.config that
# release_handler will read, and config_sys and config_args, the files that the
# next boot will read; empty where that is not known.
driver_configures() {
	config_applied=
	config_sys=$root/releases/$1/sys.config
	config_args=$root/releases/$1/vm.args
	# shellcheck disable=SC2016
	! grep -qs '[$]{' "$config_sys" "$config_args" || config_sys='' config_args=''
}
