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
    Files = fun(Folders) -> maps:from_list([{F, filename:join(D, F)} ||
        D <- Folders, {ok, Fs} <- [file:list_dir(D)], F <- Fs]) end,
    Beam = fun(M) -> atom_to_list(M) ++ ".beam" end,
    Beams = Files(lists:append(lists:map(Folder, Names))),
    %% A release has each Elixir protocol twice: the library's own beam, and a
    %% consolidated one with all implementations, which no relup loads. After a
    %% hot install, vm_protocols does that for some drivers.
    Replaces = lists:member(Driver, ["mix", "castle"]),
    Merged = Files([filename:join([code:root_dir(), "releases", Version,
        "consolidated"]) | [filename:join([Lib, N, "consolidated"]) || N <- Names]]),
    Loaded = [{M, F} || {M, F} <- code:all_loaded(), F =/= preloaded],
    Ours = [{M, case Patched(F) of
                    true -> F;
                    false -> maps:get(Beam(M), Beams)
                end} || {M, F} <- Loaded, maps:is_key(Beam(M), Beams)],
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
    Sums = [beam_lib:md5(Read(P)) || {_, P} <- Ours],
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
    {[M || {{M, File}, Sum} <- lists:zip(Ours, Sums), Wrong(M, File, Sum)],
     [M || {M, [_ | _] = F} <- Loaded, not maps:is_key(Beam(M), Beams),
        Released(F), In(M, "ebin") orelse In(M, "consolidated")],
     [M || code:get_mode() =:= embedded,
        {A, _, _} <- application:loaded_applications(),
        {ok, Ms} <- [application:get_key(A, modules)], M <- Ms,
        not erlang:module_loaded(M), maps:is_key(Beam(M), Beams)]}
end,
