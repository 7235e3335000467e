# shellcheck shell=sh
# needs: lease_life trust
# Who holds the lock of this root, in the words of lock.sh; nothing if nobody
# does.

# args:
main() {
	[ -d "$arg_root" ] || return 0
	enter_root "$arg_root"
	lease_newest
	lease_seconds "$lease_n"
	[ "$lease_left" = 0 ] || lease_show "$lease_n"
}
