# shellcheck shell=sh
# needs: lease_life trust
# Ends the lease of another run with a newer, released one: operations that the
# other run still sends are refused.

# args: lease token holder command [job absent]
# absent: only if the other run shows no sign of being alive.
main() {
	enter_root "$arg_root"
	next=$((arg_lease + 1))
	lease_newest
	[ "$lease_n" = "$arg_lease" ] || fail "another run took the lock meanwhile"
	[ -z "$arg_absent" ] || lease_absent "$arg_lease" ||
		fail "the other run has come back"
	told lease_publish "$next" "$arg_token" "$arg_holder" \
		"$arg_command" "$arg_job" || {
		lease_newest
		[ "$lease_n" = "$arg_lease" ] ||
			fail "another run took the lock meanwhile"
		fail "$root/.hdeploy/lock.$next cannot be written: $(reason)"
	}
	told lease_release "$next" ||
		fail "$root/.hdeploy/released.$next cannot be made: $(reason)"
}
