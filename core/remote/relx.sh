# shellcheck shell=sh disable=SC2015,SC2034,SC2154
# Releases made by relx (rebar3): what bin/<app> is asked to do, and what its
# exit statuses mean.

driver_starts=daemon
driver_stops=stop
driver_tools=

driver_text() {
	cat
}

# Where bin/<app> logs to, if it is we who start it, and where it makes the pipes
# through which the VM can be told anything. A link there would lead to our files.
driver_folders() {
	! control_is_ours || {
		folder=$(service_value RUNNER_LOG_DIR 2>/dev/null)
		printf '%s\n' "${folder:-log}" "$(relx_pipes)"
	}
}

# relx_pipes: the folder for them below /tmp, where nobody chose another; nothing
# in scripts that have no app.
relx_pipes() {
	[ -n "${app-}" ] && [ -z "$(service_value PIPE_DIR 2>/dev/null)" ] ||
		return 0
	boots=$(driver_script_boot) && is_version "$boots" || return 0
	file=releases/$boots/vm.args
	[ ! -f "$file.src" ] || file=$file.src
	name=$(sed -n 's/^[	 ]*-s\{0,1\}name[	 ][	 ]*\([A-Za-z0-9_.@${}-]*\)[	 ]*$/\1/p' \
		"$file" 2>/dev/null | head -n 1)
	name=$(service_env 2>/dev/null && eval "printf '%s' \"$name\"")
	case $name in
	*[!A-Za-z0-9_.@-]* | '' | .*) ;;
	*) echo "/tmp/erl_pipes/$name" ;;
	esac
}

# Before bin/<app> does, which takes what is there: between a look at it and that
# it could become another's.
driver_begins() {
	folder=$(relx_pipes)
	[ -n "$folder" ] || return 0
	mkdir -m 1777 /tmp/erl_pipes 2>/dev/null
	mkdir "$folder" 2>/dev/null
	trusted "$folder" || fail "$why"
}

driver_script_boot() {
	sed -n '/^REL_VSN="[^"]*"/{
		s/^REL_VSN="\([^"]*\)".*/\1/p
		q
	}' "bin/$app" 2>/dev/null
}

driver_own() {
	hd_app=$(pattern "$app")
	printf '%s\n' "bin/$hd_app\$" "bin/$hd_app-[0-9].*\$" \
		"bin/$hd_app-$(pattern "$1")\$"
}

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

# relx_boots FILE VARIABLE VERSION: the sys.config or vm.args that bin/<app>
# uses. The operator's files come before those of the release.
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

# Up and down are the same for relx. A hook of bin/<app> before it runs here.
driver_install() {
	install_check "$1"
	control_ask upgrade "$1" --no-permanent
	[ "$asked_status" != 0 ] || return 0
	vm_rest
	control_fail "$1 was not installed"
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
