# shellcheck shell=sh disable=SC2015,SC2034,SC2154
# Marks a lease as released, by whoever holds it.

# main ROOT APP N
main() {
	[ -d "$1" ] || return 0
	enter_root "$1"
	[ -f ".hdeploy/lock.$3" ] || return 0
	told lease_release "$3" ||
		fail "$root/.hdeploy/released.$3 cannot be made: $(reason)"
}
