# shellcheck shell=sh disable=SC2015,SC2034,SC2154
# Ends lease N, whoever has it: with a newer one, so that what its run may still
# send is refused.

# main ROOT APP N TOKEN HOLDER COMMAND JOB
main() {
	enter_root "$1"
	n=$3
	shift 3
	lease_newest
	[ "$lease_n" = "$n" ] && lease_publish "$((n + 1))" "$@" ||
		fail "another run took it meanwhile, or nothing can be written"
	(umask 077 && : >".hdeploy/released.$((n + 1))") ||
		fail "$root/.hdeploy cannot be written to"
}
