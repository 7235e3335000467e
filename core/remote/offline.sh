# shellcheck shell=sh
# needs: erl release
# releases/RELEASES and the boot pointers, for stage and switch, which work
# without the VM.

# boot_now: sets erts and boots, from releases/start_erl.data.
boot_now() {
	erts='' boots=''
	[ -f releases/start_erl.data ] ||
		fail_mended "$root/releases/start_erl.data is missing"
	read -r erts boots <releases/start_erl.data
	is_version "$erts" && is_version "$boots" ||
		fail_mended "$root/releases/start_erl.data does not name the runtime" \
			"and the version that boot: its line is \"$erts $boots\""
	[ -x "erts-$erts/bin/erlexec" ] ||
		fail "$root/erts-$erts is missing: a release without its own" \
			"Erlang runtime can only be upgraded hot"
}

# list_is_whole: fails unless releases/RELEASES can be read and names the
# version that boots: without that entry neither the way back nor a later hot
# upgrade would work.
list_is_whole() {
	boot_now
	has_list || return 0
	hd_version=$boots
	told offline_erl "$erts" "$boots" '
		case file:consult("releases/RELEASES") of
			{ok, [List]} when is_list(List) ->
				lists:keymember(os:getenv("hd_version"), 3, List)
					orelse throw("it lacks that version");
			{ok, _} -> throw("it is not a list");
			{error, Why} -> throw(file:format_error(Why))
		end' || {
		[ "$hd_told_status" != 9 ] || say repair yes
		offline_fail "$root/releases/RELEASES cannot be used by $boots,\
 which boots" "$boots" "$erts"
	}
}

# write_entry VERSION ERTS: writes its entry for RELEASES into its record. Uses
# the runtime of VERSION, so that one that does not run on this host fails here.
write_entry() {
	hd_rel=releases/$1/$app.rel
	notes=.hdeploy/releases/$1
	hd_entry=$notes/entry.new
	told offline_erl "$2" "$1" "
		Entry = $list_entry,
		ok = file:write_file(os:getenv(\"hd_entry\"),
			unicode:characters_to_binary(io_lib:format(\"~tp.~n\",
				[Entry(\"hd_rel\")])))" ||
		offline_fail "cannot make an entry of RELEASES from $hd_rel" "$1" "$2"
	told mv -f "$hd_entry" "$notes/entry" ||
		fail "$root/$notes/entry cannot be written: $(reason)"
}

# write_list VERSION: writes releases/start_erl.data.new and, if this release
# has a list or hdeploy makes it, releases/RELEASES.new, so that VERSION boots.
# Sets listed, to the path of the list or "". The first release has no entry in
# its record, and a list that a later start made (Castle) may lack it: then its
# entry comes from its .rel. A new list has the version that boots as well.
write_list() {
	listed=
	! has_list && ! driver_makes_list || listed=releases/RELEASES
	hd_version=$1
	hd_list=$listed
	hd_back=releases/$boots/$app.rel
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
				Is = fun(F) -> filelib:is_regular(os:getenv(F)) end,
				Old = case Is("hd_list") of
					true -> One("hd_list");
					false ->
						[setelement(6, ('"$list_entry"')("hd_back"),
							permanent) || Is("hd_back")]
				end,
				New = fun() ->
					case Is("hd_entry") of
						true -> One("hd_entry");
						false -> ('"$list_entry"')("hd_rel")
					end
				end,
				List([New() || not lists:keymember(V, 3, Old)] ++ Old)
		end,
		Write("releases/start_erl.data", [Erts, " ", V])' ||
		offline_fail "the new RELEASES and start_erl.data cannot be written;\
 nothing was switched" "$boots" "$erts"
}
