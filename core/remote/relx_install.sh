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
# upgrades, or works in another way than relx's own.
relx_plain() {
	file=bin/install_upgrade.escript
	! grep -qs '^PRE_INSTALL_UPGRADE_HOOKS="[^"]' "bin/$app" &&
		[ "$(relx_branch)" = "$relx_branch_known" ] &&
		grep -qsF ' [Vsn, [{update_paths, true}]]' "$file" || return
	text=$(printf '%s\n' "bin/$app" "$file" | sha256_list) || return
	grep -qsxF -e "${text%%
*}" .hdeploy/releases/*/manifest &&
		grep -qsxF -e "${text#*
}" .hdeploy/releases/*/manifest
}

# relx_branch: prints what bin/<app> does for an upgrade, without indents,
# comments and single quotes.
relx_branch() {
	sed -n '/^ *upgrade|downgrade|install|unpack|uninstall)$/,/^ *;;$/{
		s/^[ 	]*//
		/^#/d
		/^$/d
		p
	}' "bin/$app" | tr -d "'"
}

# shellcheck disable=SC2016
relx_branch_known='upgrade|downgrade|install|unpack|uninstall)
if [ -z "$2" ]; then
echo "Missing version argument"
echo "Usage: $REL_NAME $1 {version}"
exit 1
fi
COMMAND="$1"; shift
ping_or_exit
relx_run_hooks "$PRE_INSTALL_UPGRADE_HOOKS"
exec "$BINDIR/escript" "$ROOTDIR/bin/install_upgrade.escript" \
"$COMMAND" "{$REL_NAME, \"$NAME_TYPE\", $NAME, $COOKIE}" "$@"
relx_run_hooks "$POST_INSTALL_UPGRADE_HOOKS"
;;'
