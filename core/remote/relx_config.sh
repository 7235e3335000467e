# shellcheck shell=sh
# needs: env
# The configuration with which relx's bin/<app> starts a node.

# relx_boots FILE VARIABLE VERSION: prints the path of the sys.config or vm.args
# that bin/<app> uses: the operator's file, else that of the release.
relx_boots() {
	file=$(service_value "$2" 2>/dev/null)
	[ -n "$file" ] || [ ! -f "$1" ] || file=$root/$1
	printf '%s\n' "${file:-$root/releases/$3/$1}"
}

driver_configures() {
	config_applied=$root/releases/$1/sys.config
	config_sys=$(relx_boots sys.config RELX_CONFIG_PATH "$1")
	config_args=$(relx_boots vm.args VMARGS_PATH "$1")
}
