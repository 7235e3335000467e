# shellcheck shell=sh disable=SC2015,SC2034,SC2154
# Ends lease N, whoever has it: with a newer one, so that what its run may still
# send is refused.

# main ROOT APP N TOKEN HOLDER COMMAND JOB
main() {
	enter_root "$1"
	n=$3
	shift 3
	lease_newest
	[ "$lease_n" = "$n" ] || fail "another run took it meanwhile"
	told lease_publish "$((n + 1))" "$@" || {
		lease_newest
		[ "$lease_n" = "$n" ] || fail "another run took it meanwhile"
		fail "$root/.hdeploy/lock.$((n + 1)) cannot be written:" \
			"$(reason)"
	}
	told lease_release "$((n + 1))" ||
		fail "$root/.hdeploy/released.$((n + 1)) cannot be made:" \
			"$(reason)"
}
