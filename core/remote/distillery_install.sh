# shellcheck shell=sh
# needs: config_keep distillery_change vm_ask
# A hot install by Distillery.

# Up and down alike. The version is permanent at once, unless hd_two_phase is
# set.
driver_install() {
	driver_restore
	release_status "$1"
	install_check "$1"
	wanted=permanent
	if [ "$status" = shadowed ]; then
		distillery_install "$1"
	elif [ -n "$hd_two_phase" ] && [ "$status" != permanent ]; then
		wanted=current
		distillery_install "$1"
	else
		control_ask upgrade "$1"
		driver_restore
	fi
	[ "$asked_status" = 0 ] || {
		vm_rest
		control_fail "$1 was not installed"
	}
	release_status "$1"
	[ "$status" = "$wanted" ] ||
		fail "$1 was not installed: the VM reports it as $status"
	config_keep "$1" "$(distillery_folder)/sys.config"
	[ "$wanted" = current ] || distillery_point "$1"
	sync
}

# distillery_install VERSION: installs it, but does not make it permanent. Also
# for a version that is shadowed, which bin/<app> takes for installed. Sets
# asked_status.
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
	driver_restore
	case $asked_text in
	'{ok,'*) ;;
	*) asked_status=1 ;;
	esac
}
