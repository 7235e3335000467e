# shellcheck shell=sh
# needs: lib
# Erlang without a node: a runtime of this root evaluates an expression.

# offline_erl ERTS VERSION EXPRESSION: evaluates it by that ERTS, booted with
# VERSION's start_clean, without a node and without the service's flags.
# EXPRESSION reads hd_version, hd_list, hd_rel, hd_back, hd_entry. Status 9: it
# failed, and stderr says why. Any other: the runtime failed.
offline_erl() (
	exec 3>&-
	unset ERL_AFLAGS ERL_FLAGS ERL_ZFLAGS ERL_LIBS
	BINDIR=$root/erts-$1/bin
	ROOTDIR=$root
	EMU=beam
	PROGNAME=erl
	HOME=${HOME:-/}
	ERL_CRASH_DUMP_SECONDS=0
	export BINDIR ROOTDIR EMU PROGNAME HOME ERL_CRASH_DUMP_SECONDS
	export hd_version hd_list hd_rel hd_back hd_entry
	"$BINDIR/erlexec" -boot "$root/releases/$2/start_clean" \
		-boot_var RELEASE_LIB "$root/lib" \
		-boot_var SYSTEM_LIB_DIR "$root/lib" \
		-boot_var ERTS_LIB_DIR "$root/lib" \
		-boot_var RELEASE_DIR "$root/releases/$2" -noinput -eval "
		try (fun() -> $3 end)(), halt(0)
		catch throw:T -> io:format(standard_error, \"~ts~n\", [T]), halt(9);
			_:T -> io:format(standard_error, \"~9999tp~n\", [T]), halt(9)
		end."
)

# offline_fail WHAT VERSION ERTS: reports that `told offline_erl` failed.
offline_fail() {
	[ "$hd_told_status" = 9 ] || set -- \
		"the Erlang runtime of $2 (erts-$3) failed on this host"
	fail "$1: $(reason)"
}

# An Erlang fun: the entry of RELEASES for the .rel file named by environment
# variable F.
list_entry='fun(F) ->
			{ok, [{release, {Name, Vsn}, {erts, Erts}, Apps}]} =
				file:consult(os:getenv(F)),
			{release, Name, Vsn, Erts, [{element(1, A), element(2, A),
				lists:flatten(["./lib/", atom_to_list(element(1, A)),
					"-", element(2, A)])} || A <- Apps], unpacked}
		end'
