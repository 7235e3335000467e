# shellcheck shell=sh
# needs: lease_life trust
# Who has this root, in the words of lock.sh; nothing if nobody has.

# args:
main() {
	[ -d "$arg_root" ] || return 0
	enter_root "$arg_root"
	lease_newest
	lease_seconds "$lease_n"
	[ "$lease_left" = 0 ] || lease_tell "$lease_n"
}
