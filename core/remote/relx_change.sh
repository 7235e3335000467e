# shellcheck shell=sh
# needs: control kept release relx vm_do
# Releases made by relx (rebar3): the commands of bin/<app> that change a
# version.

# Moves scripts with a version in their name next to those of other versions.
driver_staged() {
	stage_move bin "$scratch/bin/$app"-[0-9]* "$scratch/bin/$app-$1"
}

# After place, bin/<app> is already that of the version.
driver_placed() {
	:
}

# relx_hookless: prints the option that makes bin/<app> skip its hooks, if it
# has a hook before upgrades. That hook should run once, but unpack, uninstall
# and each upgrade would run it. The option goes before the version: the scripts
# take the last word that is not an option for the version.
relx_hookless() {
	grep -qs '^PRE_INSTALL_UPGRADE_HOOKS="[^"]' "bin/$app" &&
		grep -q -e '--relx-disable-hooks' "bin/$app" &&
		echo --relx-disable-hooks
}

# relx_direct: whether release_handler can be called by erl_call. bin/<app> does
# the same by a second VM, and reaches nodes that erl_call does not (TLS).
relx_direct() {
	vm_again
	[ -n "$vm_pid" ] && [ -z "$vm_why" ] && vm_reach
}

driver_unpack() {
	if relx_direct; then
		vm_unpack "$1"
	else
		# shellcheck disable=SC2046 # one word or none
		control_ask unpack $(relx_hookless) "$1"
		[ "$asked_status" = 0 ] || control_fail "$1 was not unpacked"
	fi
	listed "$1" || fail "$1 was unpacked, but is not in releases/RELEASES"
}

# relx makes sys.config and vm.args from their .src whenever the version's own
# script runs. The status of ping is that of the node, so this looks for the
# files. Where the operator has files elsewhere, the script uses those and makes
# none.
driver_config() {
	[ -x "bin/$app-$1" ] || fail_mended "$root/bin/$app-$1, which makes the" \
		"configuration of $1, is missing or not executable"
	for file in "releases/$1/sys.config" "releases/$1/vm.args"; do
		[ ! -f "$file.src" ] || rm -f "$file"
	done
	# shellcheck disable=SC2046
	keep_variables "$1" "$(cat "bin/$app-$1")" $(config_variables \
		"releases/$1/sys.config.src" "releases/$1/vm.args.src")
	release_umask
	said=$(hd_umask=$hd_mask && as_service relx_here "./bin/$app-$1" ping 2>&1)
	printf '%s\n' "$said"
	for file in "releases/$1/sys.config" "releases/$1/vm.args"; do
		[ -s "$file" ] || [ -f "${file##*/}" ] ||
			fail "bin/$app-$1 did not make $root/$file:" \
				"$(printf '%s\n' "$said" | ends_of)"
	done
}

# relx_here COMMAND...: without the variables that name other folders, so that
# relx makes its files next to their .src, where release_handler reads them.
relx_here() {
	unset RELX_CONFIG_PATH VMARGS_PATH RELX_OUT_FILE_PATH RELX_MULTI_NODE
	"$@"
}

# If the version is already permanent, relx leaves the boot pointers alone: this
# writes those that are damaged or that relx could not write.
driver_commit() {
	[ -f "bin/$app-$1" ] || fail_mended "$root/bin/$app-$1 is missing"
	if relx_direct; then
		vm_commit "$1"
	else
		boots=$(driver_script_boot)
		[ -f "releases/$boots/start.boot" ] || relx_pointer "$1"
		# shellcheck disable=SC2046
		control_ask upgrade $(relx_hookless) "$1"
		[ "$asked_status" = 0 ] ||
			control_fail "$1 was not made permanent"
	fi
	cmp -s "bin/$app-$1" "bin/$app" || relx_pointer "$1"
	boot_file "$1"
	sync
}

relx_pointer() {
	told cp -p "bin/$app-$1" "bin/$app.new" &&
		told mv -f "bin/$app.new" "bin/$app" ||
		fail "$root/bin/$app would boot another version than $1, and" \
			"cannot be replaced: $(reason)"
}

# bin/<app> contains the version that it boots.
driver_pointers() {
	told cp -p "bin/$app-$1" "bin/$app.new" ||
		fail "$root/bin/$app.new cannot be written: $(reason)"
	echo "bin/$app"
}

driver_discard() {
	# shellcheck disable=SC2046
	control_ask uninstall $(relx_hookless) "$1"
	[ "$asked_status" = 0 ] || control_fail "$1 was not removed"
}
