# shellcheck shell=sh
# needs: castle_change config_keep mix_install
# A hot install by Castle, which first makes the configuration of the version,
# in the environment that the node was started with.

# Up and down alike.
driver_install() {
	castle_fits "$1"
	install_check "$1"
	made='' # nothing for mix_not_installed to remove
	mix_load "$1" "$(castle_text install "$1")" >/dev/null
	castle_heard
	said=$asked_text
	case $said in
	'Now running '*) ;;
	'{protocol_left,'*) mix_not_installed "$1" ;;
	*) vm_rest ;;
	esac
	release_status "$1"
	case $status in
	current | permanent) ;;
	*)
		asked_text=$said
		castle_fail "$1 was not installed"
		;;
	esac
	config_keep "$1" "releases/$1/sys.config"
	sync
}
