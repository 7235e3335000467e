# shellcheck shell=sh
# needs: erl release
# What stage and switch know about releases/RELEASES and the boot pointers,
# without the VM that they are for.

# boot_now: sets erts and boots: what releases/start_erl.data names.
boot_now() {
	erts='' boots=''
	[ -f releases/start_erl.data ] ||
		fail "$root/releases/start_erl.data is missing"
	read -r erts boots <releases/start_erl.data
	is_version "$erts" && is_version "$boots" ||
		fail "$root/releases/start_erl.data does not say which runtime" \
			"and which version boot: its line is \"$erts $boots\""
	[ -x "erts-$erts/bin/erlexec" ] ||
		fail "$root/erts-$erts is not there: a release without its own" \
			"Erlang runtime is only upgraded hot"
}

# list_is_whole: releases/RELEASES can be read and has what boots now: else
# nothing would lead back, and nothing hot would lead anywhere afterwards.
list_is_whole() {
	boot_now
	has_list || return 0
	hd_version=$boots
	told offline_erl "$erts" "$boots" '
		case file:consult("releases/RELEASES") of
			{ok, [List]} when is_list(List) ->
				lists:keymember(os:getenv("hd_version"), 3, List)
					orelse throw("it does not name that");
			{ok, _} -> throw("it is not a list");
			{error, Why} -> throw(file:format_error(Why))
		end' || offline_fail "$root/releases/RELEASES cannot be used by\
 $boots, which boots (restore it: copies are in $root/.hdeploy/snapshots)" \
		"$boots" "$erts"
}

# The entry of RELEASES for what the .rel file that a variable names is about.
list_entry='fun(F) ->
			{ok, [{release, {Name, Vsn}, {erts, Erts}, Apps}]} =
				file:consult(os:getenv(F)),
			{release, Name, Vsn, Erts, [{element(1, A), element(2, A),
				lists:flatten(["./lib/", atom_to_list(element(1, A)),
					"-", element(2, A)])} || A <- Apps], unpacked}
		end'

# write_entry VERSION ERTS: what RELEASES is to say of it, into its notes.
# Made by the ERTS that it brings: one that does not run here shows now.
write_entry() {
	hd_rel=releases/$1/$app.rel
	hd_entry=$notes/entry.new
	told offline_erl "$2" "$1" "
		Entry = $list_entry,
		ok = file:write_file(os:getenv(\"hd_entry\"),
			unicode:characters_to_binary(io_lib:format(\"~tp.~n\",
				[Entry(\"hd_rel\")])))" ||
		offline_fail "no entry for RELEASES can be made of $hd_rel" "$1" "$2"
	told mv -f "$hd_entry" "$notes/entry" ||
		fail "$root/$notes/entry cannot be written: $(reason)"
}

# write_list VERSION: with it as the one that boots, releases/RELEASES.new, if
# there is such a list, and releases/start_erl.data.new. Sets listed. The first
# release has no entry of ours: a list that a later start made, as Castle's does,
# leaves it out.
write_list() {
	listed=
	! has_list || listed=releases/RELEASES
	hd_version=$1
	hd_list=$listed
	hd_rel=releases/$1/$app.rel
	hd_entry=.hdeploy/releases/$1/entry
	told offline_erl "$erts" "$boots" '
		V = os:getenv("hd_version"),
		One = fun(F) -> {ok, [T]} = file:consult(os:getenv(F)), T end,
		Now = fun(R) when element(3, R) =:= V -> setelement(6, R, permanent);
			(R) when element(6, R) =:= permanent -> setelement(6, R, old);
			(R) when element(6, R) =:= current;
				element(6, R) =:= tmp_current ->
				setelement(6, R, unpacked);
			(R) -> R
		end,
		Write = fun(F, T) -> ok = file:write_file(F ++ ".new", T) end,
		List = fun(All) ->
			Write("releases/RELEASES", unicode:characters_to_binary(
				io_lib:format("%% coding: utf-8~n~tp.~n",
					[lists:map(Now, All)]))),
			{release, _, V, Erts, _, _} = lists:keyfind(V, 3, All),
			Erts
		end,
		Erts = case os:getenv("hd_list", "") of
			"" ->
				{release, {_, V}, {erts, E}, _} = One("hd_rel"),
				E;
			_ ->
				Old = One("hd_list"),
				New = fun() ->
					case filelib:is_regular(os:getenv("hd_entry")) of
						true -> One("hd_entry");
						false -> ('"$list_entry"')("hd_rel")
					end
				end,
				List([New() || not lists:keymember(V, 3, Old)] ++ Old)
		end,
		Write("releases/start_erl.data", [Erts, " ", V])' ||
		offline_fail "the new RELEASES and start_erl.data cannot be written,\
 and nothing was switched" "$boots" "$erts"
}
