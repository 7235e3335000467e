# shellcheck shell=sh disable=SC2015,SC2034,SC2154
# Who has this root, if anybody.

# main ROOT APP
main() {
	[ -d "$1" ] || return 0
	enter_root "$1"
	lease_newest
	lease_seconds "$lease_n"
	[ "$lease_left" = 0 ] || lease_tell "$lease_n"
}
