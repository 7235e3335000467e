%% needs: vm_those
%% Compares the loaded code with the beams of Version, whose libraries have
%% these Names: {Other, Gone, Absent}. code:modified_modules() does not suffice:
%% it uses the code path, which still has the old folder of a library if the
%% relup loads nothing from it, and it ignores modules outside the path. Known:
%% the applications of all versions here. Modules of others, such as debugging
%% tools, were loaded by hand and are ignored.
Modules = fun(Names, Version, Known) ->
    Lib = filename:join(code:root_dir(), "lib"),
    Versions = filename:join(code:root_dir(), "releases"),
    Released = fun(F) ->
        Above = filename:dirname(filename:dirname(F)),
        case filename:dirname(Above) of
            Lib -> lists:member(hd(string:split(filename:basename(Above), "-")),
                Known);
            Parent -> Parent =:= Versions
        end
    end,
    %% Folders that the node searches first, at its next boot too.
    Patches = [filename:absname(D) || {ok, All} <- [init:get_argument(pa)],
        Ds <- All, D <- Ds],
    Patched = fun(F) ->
        Patches =/= [] andalso is_list(F) andalso not Released(F)
            andalso lists:member(filename:absname(filename:dirname(F)), Patches)
    end,
    Folder = fun(N) ->
        Ours = filename:join([Lib, N, "ebin"]),
        case filelib:is_dir(Ours) of
            true -> [Ours];
            false -> [P || P <- code:get_path(),
                filename:basename(filename:dirname(P)) =:= N]
        end
    end,
    %% Lists are walked by functions of lists where that is possible: evaluated
    %% code is slow.
    Each = fun(F, List, With) ->
        lists:zipwith(F, List, lists:duplicate(length(List), With))
    end,
    Files = fun(Folders) -> maps:from_list(lists:append([lists:zip(Fs,
        lists:zipwith(fun filename:join/2, lists:duplicate(length(Fs), D), Fs))
        || D <- Folders, {ok, Fs} <- [file:list_dir(D)]])) end,
    Beam = fun(M) -> atom_to_list(M) ++ ".beam" end,
    Beams = Files(lists:append(lists:map(Folder, Names))),
    %% A release has each Elixir protocol twice: the library's own beam, and a
    %% consolidated one with all implementations, which no relup loads. After a
    %% hot install, vm_protocols does that for some drivers.
    Replaces = lists:member(Driver, ["mix", "castle"]),
    Merged = Files([filename:join([code:root_dir(), "releases", Version,
        "consolidated"]) | [filename:join([Lib, N, "consolidated"]) || N <- Names]]),
    Loaded = Those(code:all_loaded(), {'_', '$1'}, [{'=/=', '$1', preloaded}], '$_'),
    {Mods, _} = lists:unzip(Loaded),
    Found = lists:zip(Loaded, Each(fun maps:find/2,
        Each(fun erlang:'++'/2, lists:map(fun erlang:atom_to_list/1, Mods), ".beam"),
        Beams)),
    Ours = case Patches of
        [] -> Those(Found, {{'$1', '_'}, {ok, '$2'}}, [], {{'$1', '$2'}});
        _ -> [{M, case Patched(F) of
                true -> F;
                false -> P
            end} || {{M, F}, {ok, P}} <- Found]
    end,
    %% One call per file: beam_lib would change threads for each of its reads.
    %% Only of plain files: opening a pipe would take a thread of the VM forever.
    Read = fun(F) ->
        case catch prim_file:read_file_info(F) of
            {ok, Info} when element(3, Info) =:= regular ->
                case prim_file:read_file(F) of
                    {ok, Bytes} -> Bytes;
                    _ -> <<>>
                end;
            _ -> <<>>
        end
    end,
    {Mine, Paths} = lists:unzip(Ours),
    Infos = lists:map(fun prim_file:read_file_info/1, Paths),
    Plain = Those(Infos, {ok, '$1'}, [{'=:=', {element, 3, '$1'}, regular}], true),
    %% All processors work on it: it is most of the work.
    Sum = fun(Some) ->
        spawn_monitor(fun() ->
            Texts = case length(Plain) =:= length(Paths) of
                true -> Those(lists:map(fun prim_file:read_file/1, Some),
                    {ok, '$1'}, [], '$1');
                false -> []
            end,
            exit({sums, lists:map(fun beam_lib:md5/1,
                case length(Texts) =:= length(Some) of
                    true -> Texts;
                    false -> lists:map(Read, Some)
                end)})
        end)
    end,
    Part = length(Paths) div erlang:system_info(schedulers_online) + 1,
    Split = fun Next([]) -> [];
        Next(L) ->
            {Some, Rest} = lists:split(min(Part, length(L)), L),
            [Some | Next(Rest)]
    end,
    Sums = lists:append([receive {'DOWN', R, _, _, Outcome} -> element(2, Outcome) end
        || {_, R} <- lists:map(Sum, Split(Paths))]),
    Equal = try lists:zip(Mine, Each(fun erlang:get_module_info/2, Mine, md5)) of
        Running -> lists:zipwith(fun erlang:'=:='/2, Sums,
            lists:zip(lists:duplicate(length(Running), ok), Running))
    catch
        _:_ -> lists:duplicate(length(Ours), false) % one was unloaded meanwhile
    end,
    Is = fun(M) -> {ok, {M, catch erlang:get_module_info(M, md5)}} end,
    In = fun(M, Name) ->
        {_, F} = lists:keyfind(M, 1, Loaded),
        is_list(F) andalso filename:basename(filename:dirname(F)) =:= Name
    end,
    Wrong = fun(M, File, Sum) ->
        case maps:find(Beam(M), Merged) of
            {ok, F} when Replaces ->
                not Patched(File) andalso beam_lib:md5(Read(F)) =/= Is(M);
            {ok, F} ->
                Sum =/= Is(M) andalso not In(M, "consolidated")
                    andalso beam_lib:md5(Read(F)) =/= Is(M);
            error -> Sum =/= Is(M)
        end
    end,
    Doubtful = [{M, F, S} || {{M, F}, {Same, S}} <-
            Those(lists:zip(Ours, lists:zip(Equal, Sums)),
                {'_', {'$1', '_'}}, [{'orelse', Merged =/= #{}, {'not', '$1'}}], '$_'),
        not Same orelse maps:is_key(Beam(M), Merged)],
    {[M || {M, File, Sum} <- Doubtful, Wrong(M, File, Sum)],
     [M || {{M, [_ | _] = F}, error} <- Found,
        Released(F), In(M, "ebin") orelse In(M, "consolidated")],
     [M || code:get_mode() =:= embedded,
        {A, _, _} <- application:loaded_applications(),
        {ok, Ms} <- [application:get_key(A, modules)], M <- Ms -- Mods,
        not erlang:module_loaded(M), maps:is_key(Beam(M), Beams)]}
end,
