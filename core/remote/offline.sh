# shellcheck shell=sh disable=SC2015,SC2034,SC2154
# What stage and switch know about releases/RELEASES and the boot pointers,
# without the VM that they are for.

# driver_pointers VERSION: what says what boots, beside the two files that
# every release has; makes FILE.new of each and prints FILE. For drivers that
# have none.
driver_pointers() {
	:
}

# boot_now: sets erts and boots: what releases/start_erl.data names.
boot_now() {
	erts='' boots=''
	[ ! -f releases/start_erl.data ] ||
		read -r erts boots <releases/start_erl.data
	is_version "$erts" && is_version "$boots" ||
		fail "$root/releases/start_erl.data is missing or damaged"
	[ -x "erts-$erts/bin/erlexec" ] ||
		fail "$root/erts-$erts is not there: a release without its own" \
			"Erlang runtime is only upgraded hot"
}

# offline_erl ERTS VERSION EXPRESSION: evaluated by that ERTS, booted with
# VERSION's start_clean; no node, and nothing of the service's own flags.
offline_erl() (
	exec 3>&-
	unset ERL_AFLAGS ERL_FLAGS ERL_ZFLAGS ERL_LIBS
	BINDIR=$root/erts-$1/bin
	ROOTDIR=$root
	EMU=beam
	PROGNAME=erl
	HOME=${HOME:-/}
	ERL_CRASH_DUMP=/dev/null
	export BINDIR ROOTDIR EMU PROGNAME HOME ERL_CRASH_DUMP
	"$BINDIR/erlexec" -boot "$root/releases/$2/start_clean" \
		-boot_var SYSTEM_LIB_DIR "$root/lib" \
		-boot_var ERTS_LIB_DIR "$root/lib" \
		-boot_var RELEASE_DIR "$root/releases/$2" -noinput -eval "$3"
)

# list_is_whole: releases/RELEASES can be read and has what boots now: else
# nothing would lead back, and nothing hot would lead anywhere afterwards.
list_is_whole() {
	boot_now
	hd_version=$boots offline_erl "$erts" "$boots" '
		{ok, [List]} = file:consult("releases/RELEASES"),
		true = lists:keymember(os:getenv("hd_version"), 3, List),
		halt(0).' ||
		fail "releases/RELEASES is missing or damaged, or lacks $boots," \
			"which boots: restore it, copies are in" \
			"$root/.hdeploy/snapshots"
}

# write_entry VERSION ERTS: what RELEASES is to say of it, into its notes.
# Made by the ERTS that it brings: one that does not run here shows now.
write_entry() {
	hd_rel=releases/$1/$app.rel hd_entry=$notes/entry.new \
		offline_erl "$2" "$1" '
		{ok, [{release, {Name, Vsn}, {erts, Erts}, Apps}]} =
			file:consult(os:getenv("hd_rel")),
		Libs = [{element(1, A), element(2, A), lists:flatten(["./lib/",
			atom_to_list(element(1, A)), "-", element(2, A)])}
			|| A <- Apps],
		Entry = {release, Name, Vsn, Erts, Libs, unpacked},
		ok = file:write_file(os:getenv("hd_entry"),
			unicode:characters_to_binary(io_lib:format("~tp.~n",
				[Entry]))),
		halt(0).' && mv -f "$notes/entry.new" "$notes/entry" ||
		fail "the Erlang runtime that $1 brings (erts-$2) does not run on" \
			"this host, or releases/$1/$app.rel is damaged"
}

# write_list VERSION: releases/RELEASES.new and releases/start_erl.data.new
# with VERSION as the one that boots.
write_list() {
	hd_version=$1 hd_entry=.hdeploy/releases/$1/entry \
		offline_erl "$erts" "$boots" '
		V = os:getenv("hd_version"),
		{ok, [List]} = file:consult("releases/RELEASES"),
		All = case lists:keymember(V, 3, List) of
			true -> List;
			false -> {ok, [New]} = file:consult(os:getenv("hd_entry")),
				[New | List]
		end,
		{release, _, V, Erts, _, _} = lists:keyfind(V, 3, All),
		Now = fun(R) when element(3, R) =:= V -> setelement(6, R, permanent);
			(R) when element(6, R) =:= permanent -> setelement(6, R, old);
			(R) when element(6, R) =:= current;
				element(6, R) =:= tmp_current ->
				setelement(6, R, unpacked);
			(R) -> R
		end,
		ok = file:write_file("releases/RELEASES.new",
			unicode:characters_to_binary(io_lib:format(
				"%% coding: utf-8~n~tp.~n",
				[lists:map(Now, All)]))),
		ok = file:write_file("releases/start_erl.data.new",
			[Erts, " ", V]),
		halt(0).' ||
		fail "releases/RELEASES cannot be read or written anew with $1:" \
			"is it damaged, or the disk full? Nothing was switched"
}
