# shellcheck shell=sh
# needs: lease trust
# Ends a lease, whichever run has it, with a newer one: what that run may still
# send is refused.

# args: lease token holder command [job]
main() {
	enter_root "$arg_root"
	next=$((arg_lease + 1))
	lease_newest
	[ "$lease_n" = "$arg_lease" ] || fail "another run took it meanwhile"
	told lease_publish "$next" "$arg_token" "$arg_holder" \
		"$arg_command" "$arg_job" || {
		lease_newest
		[ "$lease_n" = "$arg_lease" ] ||
			fail "another run took it meanwhile"
		fail "$root/.hdeploy/lock.$next cannot be written: $(reason)"
	}
	told lease_release "$next" ||
		fail "$root/.hdeploy/released.$next cannot be made: $(reason)"
}
