# shellcheck shell=sh
# needs: control digest relx_change vm_ask vm_do
# A hot install of a release of relx. Up and down alike.

driver_install() {
	if relx_direct && relx_plain; then
		who=release_handler
		vm_install "$1"
	else
		who=bin/$app
		install_check "$1"
		control_ask upgrade "$1" --no-permanent
	fi
	[ "$asked_status" != 0 ] || return 0
	vm_rest
	control_fail "$1 was not installed" "$who"
}

# relx_plain: whether bin/<app> would only call release_handler, as vm_install
# does. The second VM, which bin/<app> starts, takes most of the time of an
# install. But bin/<app> installs if it was edited on this host, has a hook for
# upgrades, or works in another way.
relx_plain() {
	file=bin/install_upgrade.escript
	text=$(grep -e '^PRE_INSTALL_UPGRADE_HOOKS="[^"]' \
		-e "/$file\"" "bin/$app" 2>/dev/null)
	case $text in
	*PRE_INSTALL_UPGRADE_HOOKS* | '') return 1 ;;
	esac
	grep -qsF ' [Vsn, [{update_paths, true}]]' "$file" || return
	text=$(printf '%s\n' "bin/$app" "$file" | sha256_list) || return
	grep -qsxF -e "${text%%
*}" .hdeploy/releases/*/manifest &&
		grep -qsxF -e "${text#*
}" .hdeploy/releases/*/manifest
}
