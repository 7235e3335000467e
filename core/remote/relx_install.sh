# shellcheck shell=sh
# needs: control vm_ask vm_do
# A hot install by relx's bin/<app>.

# Up and down are the same for relx. Here bin/<app> does run its hook.
driver_install() {
	install_check "$1"
	control_ask upgrade "$1" --no-permanent
	[ "$asked_status" != 0 ] || return 0
	vm_rest
	control_fail "$1 was not installed"
}
