# shellcheck shell=sh
# needs: control kept release relx vm_do
# Releases made by relx (rebar3): what bin/<app> is asked to do, and what its
# exit statuses mean.

# Scripts with a version in their name are put beside those of other versions.
driver_staged() {
	stage_move bin "$scratch/bin/$app"-[0-9]* "$scratch/bin/$app-$1"
}

# Right after place: bin/<app> is the one that came with it.
driver_placed() {
	:
}

# relx_hookless: the option with which bin/<app> runs no hooks, if it has a hook
# before upgrades: unpack, uninstall and each upgrade would run that hook, which
# should run once. The option goes before the version: the scripts take the last
# word that is not an option of theirs for the version.
relx_hookless() {
	grep -qs '^PRE_INSTALL_UPGRADE_HOOKS="[^"]' "bin/$app" &&
		grep -q -e '--relx-disable-hooks' "bin/$app" &&
		echo --relx-disable-hooks
}

driver_unpack() {
	# shellcheck disable=SC2046 # one word or none
	control_ask unpack $(relx_hookless) "$1"
	[ "$asked_status" = 0 ] || control_fail "$1 was not unpacked"
	listed "$1" || fail "$1 was unpacked, but is not in releases/RELEASES"
}

# relx makes sys.config and vm.args from their .src whenever the version's
# own script runs. ping says how the node is, not whether that worked. Where the
# operator has files of their own, the scripts use those and make none.
driver_config() {
	[ -x "bin/$app-$1" ] || fail "$root/bin/$app-$1, which makes the" \
		"configuration of $1, is not there or cannot be run"
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

# relx_here COMMAND...: without the variables that lead elsewhere: it then makes
# its files where release_handler reads them, beside their .src.
relx_here() {
	unset RELX_CONFIG_PATH VMARGS_PATH RELX_OUT_FILE_PATH RELX_MULTI_NODE
	"$@"
}

# When it is permanent already, relx leaves the boot pointers as they are: one
# that was damaged, or that relx could not write, is written here.
driver_commit() {
	[ -f "bin/$app-$1" ] || fail "$root/bin/$app-$1 is not there"
	boots=$(driver_script_boot)
	[ -f "releases/$boots/start.boot" ] || relx_pointer "$1"
	# shellcheck disable=SC2046
	control_ask upgrade $(relx_hookless) "$1"
	[ "$asked_status" = 0 ] || control_fail "$1 was not made permanent"
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

# bin/<app> knows its own version.
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
