# shellcheck shell=sh disable=SC2015,SC2034,SC2154
# Releases made by Distillery 2.0 and 2.1. Every failure of bin/<app> has
# status 1, and a 0 may mean that nothing was done: the VM is asked each time.

driver_starts=start
driver_stops=stop
driver_tools='bash awk'

# Without the colours, which come without a terminal too.
driver_text() {
	sed "s/$(printf '\033')\\[[0-9;]*[A-Za-z]//g"
}

# distillery_folder: where it makes configuration, logs and pipes.
distillery_folder() {
	folder=$(service_value RELEASE_MUTABLE_DIR 2>/dev/null)
	printf '%s\n' "${folder:-$root/var}"
}

driver_folders() {
	distillery_folder
}

# distillery_copy: 2.1 boots what its own copy of releases/start_erl.data
# names; 2.0 has none.
distillery_copy() {
	grep -q 'MUTABLE_DIR.*/start_erl\.data' "bin/${app}_rc_exec.sh" \
		2>/dev/null && echo "$(distillery_folder)/start_erl.data"
}

# The copy is made when it is missing; some of 2.1 make it anew when the other
# file is newer, and some never do. A link they would write through.
driver_script_boot() {
	copy=$(distillery_copy) && { [ -e "$copy" ] || [ -L "$copy" ]; } ||
		copy=releases/start_erl.data
	[ ! -L "$copy" ] || {
		echo damaged
		return
	}
	! grep -q -e ' -nt ' "bin/${app}_rc_exec.sh" 2>/dev/null ||
		[ -z "$(find releases/start_erl.data -newer "$copy" \
			2>/dev/null)" ] || copy=releases/start_erl.data
	[ -e "$copy" ] || return 1
	version=$(cut -d' ' -f2 "$copy" 2>/dev/null | head -n 1)
	is_version "$version" || version=damaged
	printf '%s\n' "$version"
}

# distillery_point VERSION: both name it, whatever their times say.
distillery_point() {
	boot_file "$1"
	copy=$(distillery_copy) && [ -e "$copy" ] || return 0
	[ -L "$copy" ] || ! cmp -s releases/start_erl.data "$copy" || return 0
	rm -f "$copy.new" # a link would be followed
	told write_file "$copy" <releases/start_erl.data ||
		fail "$copy cannot be written, and another version than $1" \
			"would boot: $(reason)"
}

# The copy is one more pointer, once bin/<app> has made it: the scripts of
# another version may read it, even if those of this one do not.
driver_pointers() {
	copy=$(distillery_folder)/start_erl.data
	[ -f "$copy" ] && [ ! -L "$copy" ] || return 0
	rm -f "$copy.new"
	told cp releases/start_erl.data.new "$copy.new" ||
		fail "$copy.new cannot be written: $(reason)"
	echo "$copy"
}

# The folder may be older than this release.
driver_placed() {
	distillery_point "$1"
}

# Its scripts may read the copy, even if those before did not.
driver_settled() {
	distillery_point "$1"
}

driver_unpack() {
	vm_do "release_handler:unpack_release(\"$1/$app\")"
	case $asked_text in
	'{ok,'*) ;;
	*) control_fail "$1 was not unpacked" release_handler ;;
	esac
	listed "$1" || fail "$1 was unpacked, but is not in releases/RELEASES"
}

# The configuration is made by upgrade itself, in the service's environment.
driver_config() {
	distillery_restore
	for file in "releases/$1/sys.config" "releases/$1/vm.args"; do
		[ -s "$file" ] || fail "release $1 has no $root/$file"
	done
	keep_variables "$1" '' REPLACE_OS_VARS
	[ -n "$(service_value REPLACE_OS_VARS)" ] || return 0
	# shellcheck disable=SC2046
	keep_variables "$1" "$(cat "bin/$app"* "releases/$1/"*.sh \
		"releases/$1/libexec/"*.sh "releases/$1/hooks/"*/* \
		2>/dev/null)" $(config_variables \
		"releases/$1/sys.config" "releases/$1/vm.args")
}

# An upgrade that was cut off left what it had made of these files, secrets
# too, in their place.
distillery_restore() {
	for file in releases/*/sys.config.bak releases/*/vm.args.bak \
		releases/*/config.exs.bak; do
		[ ! -s "$file" ] || told mv -f "$file" "${file%.bak}" ||
			fail "$root/${file%.bak} cannot be restored: $(reason)"
	done
}

# distillery_status VERSION: sets status, as the VM has it; shadowed: it is
# permanent, but another one is current.
distillery_status() {
	vm_do "(fun(L) -> case {lists:keyfind(\"$1\", 2, L),\
 lists:keymember(current, 4, L)} of\
 {false, _} -> unknown;\
 {{_, _, _, permanent}, true} -> shadowed;\
 {{_, _, _, S}, _} -> S\
 end end)(release_handler:which_releases())" >/dev/null
	status=$asked_text
	[ "$asked_status" = 0 ] || control_fail "$1" erl_call
}

# Up and down are the same. Permanent at once, unless hd_two_phase says not yet.
driver_install() {
	distillery_restore
	distillery_status "$1"
	install_check "$1"
	wanted=permanent
	if [ "$status" = shadowed ]; then
		distillery_install "$1"
	elif [ -n "$hd_two_phase" ] && [ "$status" != permanent ]; then
		wanted=current
		distillery_install "$1"
	else
		control_ask upgrade "$1"
		distillery_restore
	fi
	[ "$asked_status" = 0 ] || {
		vm_rest
		control_fail "$1 was not installed"
	}
	distillery_status "$1"
	[ "$status" = "$wanted" ] ||
		fail "$1 was not installed: the VM says that it is $status"
	distillery_keep "$1"
	[ "$wanted" = current ] || distillery_point "$1"
	sync
}

# distillery_keep VERSION: keeps the sys.config that it was installed with, for
# the VM to compare with its settings (vm_config.erl): bin/<app> makes that file
# anew whenever it runs, for the version that boots.
distillery_keep() {
	rm -f ".hdeploy/releases/$1/config."*
	[ -d ".hdeploy/releases/$1" ] || return 0
	vm_do 'lists:concat([os:getpid(), ".", erlang:system_info(creation)])' \
		>/dev/null
	asked_text=${asked_text#\"}
	asked_text=${asked_text%\"}
	case $asked_text in
	*[!0-9.]* | '') return 0 ;;
	esac
	(umask 077 && told with_reserve cp "$(distillery_folder)/sys.config" \
		".hdeploy/releases/$1/config.$asked_text" ||
		say note "the settings of $1 will not be compared with the\
 configuration that it was installed with: $(reason)")
}

# distillery_configure VERSION [FOLDER]: makes its configuration in FOLDER or
# distillery_folder, as upgrade does: with the scripts of the version that boots
# and REL_DIR. The scripts of VERSION (REL_VSN) would read its libraries from
# releases/RELEASES, and also those of the next entry while it is only unpacked.
# False, with the reason in why, if that fails.
distillery_configure() {
	boots=$(driver_script_boot)
	grep -qs 'REL_DIR:-' "releases/$boots/$app.sh" || {
		why="releases/$boots/$app.sh cannot make the configuration of $1:\
 that needs REL_DIR, which came with Distillery 2.0.5"
		return 1
	}
	control_quietly env "REL_DIR=$root/releases/$1" \
		${2:+"RELEASE_MUTABLE_DIR=$2"} "./bin/$app" describe
	[ "$asked_status" != 0 ] || return 0
	# describe shows the cookie
	why=$(printf '%s\n' "$asked_text" | grep -iv cookie | last_line)
	why="\`bin/$app describe\`, which makes its configuration, ended with\
 status $asked_status: $why"
	return 1
}

# In a scratch folder, not in that of the node.
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

# distillery_refuses VERSION ERTS: after distillery_configure failed. A start
# would fail as well, unless VERSION has another runtime than the scripts here.
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

# distillery_install VERSION: without making it permanent; also what is
# permanent while another version is current: bin/<app> would take that for
# done. Sets asked_status.
distillery_install() {
	distillery_configure "$1" || fail "$1 was not installed: $why"
	made=$(distillery_folder)
	for file in sys.config vm.args; do
		told cp -p "releases/$1/$file" "releases/$1/$file.bak" &&
			told cp -p "$made/$file" "releases/$1/$file.new" &&
			told mv -f "releases/$1/$file.new" \
				"releases/$1/$file" ||
			fail "$root/releases/$1/$file cannot be replaced:" \
				"$(reason)"
	done
	vm_do "release_handler:install_release(\"$1\", [{update_paths, true}])"
	distillery_restore
	case $asked_text in
	'{ok,'*) ;;
	*) asked_status=1 ;;
	esac
}

# Whether or not it is permanent already: the boot pointers may not know.
driver_commit() {
	distillery_status "$1"
	[ "$status" != current ] ||
		vm_do "release_handler:make_permanent(\"$1\")"
	distillery_status "$1"
	[ "$status" = permanent ] || fail "$1 was not made permanent: the VM" \
		"says that it is $status"
	distillery_point "$1"
	sync
}

# There is no uninstall. discard removes the files.
driver_discard() {
	distillery_status "$1"
	case $status in
	unpacked | old) vm_do "release_handler:set_removed(\"$1\")" ;;
	*) fail "$1 was not removed: the VM says that it is $status" ;;
	esac
}
