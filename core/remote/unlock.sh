# shellcheck shell=sh
# needs: lease trust
# Releases a lease, for the run that holds it.

# args: lease
main() {
	[ -d "$arg_root" ] || return 0
	enter_root "$arg_root"
	[ -f ".hdeploy/lock.$arg_lease" ] || return 0
	told lease_release "$arg_lease" ||
		fail "$root/.hdeploy/released.$arg_lease cannot be made:" \
			"$(reason)"
}
