# shellcheck shell=sh
# needs: driver erl kept release vm_do write
# Completes releases/RELEASES: a list with every version that is unpacked here
# and was pushed, and with the version that boots. Its entries come from the old
# list, from records, .rel files, kept tarballs and snapshots. The
# release_handler of a running VM reads it again if it knows less.

# args: version
# version: it boots, and becomes the permanent one.
main() {
	app=$arg_app
	enter_root "$arg_root"
	is_version "$arg_version" || fail "bad version"
	[ -f "releases/$arg_version/start.boot" ] ||
		fail "$arg_version is not unpacked here"
	vm_find
	[ -z "$vm_why" ] || fail "the VM $vm_why"
	scratch=.hdeploy/tmp
	trap 'rm -rf "$scratch" releases/RELEASES.new' EXIT
	rm -rf "$scratch" releases/RELEASES.new
	told mkdir -p "$scratch/old" "$scratch/unpacked" ||
		fail "$root/$scratch cannot be made: $(reason)"
	repair_rels "$arg_version"
	repair_write "$arg_version"
	repair_learn "$arg_version"
}

# repair_rels VERSION: copies the .rel of each version into $scratch/old, if it
# ran here, else $scratch/unpacked; those without any into $scratch/none.
repair_rels() {
	for folder in .hdeploy/releases/*/ "releases/$1/"; do
		folder=${folder%/}
		v=${folder##*/}
		is_version "$v" && [ -f "releases/$v/start.boot" ] || continue
		[ "$v" = "$1" ] || [ -f "$folder/record" ] || continue
		as=unpacked
		[ ! -f ".hdeploy/releases/$v/verified" ] || as=old
		[ ! -e "$scratch/old/$v" ] && [ ! -e "$scratch/unpacked/$v" ] ||
			continue
		told repair_rel "$v" "$scratch/$as/$v" ||
			fail "$root/$scratch/$as/$v cannot be written: $(reason)"
	done
}

# repair_rel VERSION TO: empty if there is none.
repair_rel() {
	: >"$2"
	for file in "releases/$1/$app.rel" "releases/$app-$1.rel"; do
		[ -s "$file" ] && [ ! -L "$file" ] || continue
		cp "$file" "$2"
		return
	done
	[ -f ".hdeploy/releases/$1/record" ] &&
		[ -f ".hdeploy/tarballs/$1.tar.gz" ] &&
		(kept_whole "$1") 3>/dev/null || return 0
	for file in "releases/$1/$app.rel" "releases/$1/$app-$1.rel" \
		"releases/$app.rel" "releases/$app-$1.rel"; do
		tar -x -z -O -f ".hdeploy/tarballs/$1.tar.gz" "$file" \
			>"$2" 2>/dev/null
		[ ! -s "$2" ] || return 0
	done
}

# repair_write VERSION: writes the list. Nothing else must become permanent.
repair_write() {
	hd_version=$1
	hd_list=$scratch
	hd_rel=
	erts=${vm_bin%/bin}
	erts=${erts##*/erts-}
	is_version "$erts" || erts=$(runtime_of "$1" 2>/dev/null)
	is_version "$erts" || read -r erts boots <releases/start_erl.data
	is_version "$erts" || fail "the Erlang runtime of $1 is not known"
	told offline_erl "$erts" "$1" '
		V = os:getenv("hd_version"),
		Is = fun({release, _, W, _, L, S}) when is_list(L), is_atom(S) ->
				io_lib:printable_unicode_list(W);
			(_) -> false
		end,
		Read = fun(F) ->
			case file:consult(F) of
				{ok, [L]} when is_list(L) -> lists:filter(Is, L);
				_ -> []
			end
		end,
		Now = Read("releases/RELEASES"),
		Kept = lists:append(lists:map(Read, lists:reverse(lists:sort(
			filelib:wildcard(".hdeploy/snapshots/*/RELEASES"))))),
		Own = fun(W) ->
			case file:consult(".hdeploy/releases/" ++ W ++ "/entry") of
				{ok, [R]} -> lists:filter(Is, [R]);
				_ -> []
			end
		end,
		Rel = fun(F) ->
			os:putenv("hd_rel", F),
			try [('"$list_entry"')("hd_rel")] catch _:_ -> [] end
		end,
		Has = fun(W, L) -> lists:keymember(W, 3, L) end,
		Entry = fun(F, W, S) ->
			case [R || R <- Rel(F) ++ Own(W) ++ Kept,
					element(3, R) =:= W] of
				[R | _] -> [setelement(6, R, S)];
				[] -> []
			end
		end,
		New = [R || S <- [old, unpacked],
			F <- filelib:wildcard(os:getenv("hd_list") ++ "/" ++
				atom_to_list(S) ++ "/*"),
			W <- [filename:basename(F)], not Has(W, Now),
			R <- Entry(F, W, S)],
		As = fun(R) when element(3, R) =:= V -> setelement(6, R, permanent);
			(R) when element(6, R) =:= permanent -> setelement(6, R, old);
			(R) when element(6, R) =:= old -> R;
			(R) -> setelement(6, R, unpacked)
		end,
		All = lists:map(As, New ++ Now),
		Has(V, All) orelse throw("nothing here names its libraries"),
		ok = file:write_file("releases/RELEASES.new",
			unicode:characters_to_binary(io_lib:format(
				"%% coding: utf-8~n~tp.~n", [All])))' ||
		offline_fail "releases/RELEASES cannot be made for $1" "$1" "$erts"
	! cmp -s releases/RELEASES.new releases/RELEASES || return 0
	[ ! -d releases/RELEASES ] || fail "$root/releases/RELEASES is a folder:" \
		"move it away"
	sync_file releases/RELEASES.new
	told mv -f releases/RELEASES.new releases/RELEASES ||
		fail "$root/releases/RELEASES cannot be replaced: $(reason)"
	echo "releases/RELEASES is complete again"
}

# repair_learn VERSION: release_handler reads the list when it starts, and has no
# other state then: its own supervisor restarts it. Not while an installed
# version is not permanent, which only its memory knows.
repair_learn() {
	[ -n "$vm_pid" ] && ! driver_unnamed >/dev/null || return 0
	vm_do "(fun() -> case whereis(release_handler) of undefined -> known;\
 _ -> W = release_handler:which_releases(),\
 {ok, [L]} = file:consult(filename:join([code:root_dir(), \"releases\",\
 \"RELEASES\"])),\
 case {[V || {release, _, V, _, _, _} <- L, not lists:any(fun({_, V1, Ls, _}) ->\
 V1 =:= V andalso Ls =/= [] end, W)], lists:keymember(current, 4, W)} of\
 {[], _} -> known; {_, true} -> current;\
 _ -> case supervisor:terminate_child(sasl_sup, release_handler) of\
 ok -> {ok, _} = supervisor:restart_child(sasl_sup, release_handler), read;\
 E -> E end end end end)()" >/dev/null
	case $asked_text in
	known) ;;
	read) echo "release_handler read releases/RELEASES again" ;;
	current) fail "release_handler cannot read releases/RELEASES again" \
		"while an installed version is not permanent" ;;
	*) fail "release_handler did not read $root/releases/RELEASES:" \
		"$(printf '%s\n' "$asked_text" | ends_of)" ;;
	esac
}
