# shellcheck shell=sh
# needs: mix_change vm_ask
# A hot install of a release of `mix release`.

driver_install() {
	install_check "$1"
	vm_do "release_handler:install_release(\"$1\")"
	case $asked_text in
	'{ok,'*) ;;
	*)
		vm_rest
		control_fail "$1 was not installed" release_handler
		;;
	esac
	sync
}
