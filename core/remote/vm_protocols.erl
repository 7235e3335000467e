%% Calls Install, which installs version To hot, then replaces the consolidated
%% protocols. `mix release` has each protocol twice: in the ebin/ of its library,
%% and in releases/V/consolidated/, which is first in the code path and knows all
%% implementations. release_handler knows nothing of that folder. Its value:
%% Install's; if a protocol could not be replaced: {protocol_left, Module}.
%%
%% Between Install's last load and the replacement, the node runs the new modules
%% with the old protocols: a value that only a new implementation knows raises
%% Protocol.UndefinedError. So everything is read and prepared first, and what
%% remains are release_handler's answer and some quick calls of the code server.
Consolidated = fun(D) ->
    case lists:reverse(filename:split(D)) of
        ["consolidated", _, "releases" | _] -> true;
        _ -> false
    end
end,
Folder = filename:join([code:root_dir(), "releases", To, "consolidated"]),
Prepare = fun(M, File) ->
    {ok, Bin} = file:read_file(File),
    {ok, {M, Sum}} = beam_lib:md5(Bin),
    {ok, Prepared} = code:prepare_loading([{M, File, Bin}]),
    {M, Sum, Prepared}
end,
Ready = [Prepare(list_to_atom(filename:rootname(F)), filename:join(Folder, F))
    || {ok, Fs} <- [file:list_dir(Folder)], F <- Fs,
       filename:extension(F) =:= ".beam"],
Names = [M || {M, _, _} <- Ready],
Merged = fun() -> [M || {M, F} <- code:all_loaded(), is_list(F),
    Consolidated(filename:dirname(F))]
end,
%% Loading a module again kills the processes that run its old code, unless
%% nobody does.
Clear = fun Again(M, Tries) ->
    not erlang:check_old_code(M) orelse code:soft_purge(M)
        orelse (Tries > 0 andalso begin timer:sleep(50), Again(M, Tries - 1) end)
end,
Differs = fun({M, Sum, _}) ->
    case erlang:module_loaded(M) of
        true -> erlang:get_module_info(M, md5) =/= Sum;
        false -> code:get_mode() =:= embedded
    end
end,
Load = fun({M, _, Prepared}) ->
    Clear(M, 100) andalso code:finish_loading(Prepared) =:= ok
        andalso (code:soft_purge(M) orelse true)
end,
%% Boot puts the folder in front of the libraries, behind -pa.
Replace = fun(Path) ->
    {Before, After} = lists:splitwith(fun(D) ->
        not Consolidated(D) andalso not lists:prefix(code:lib_dir(), D) end, Path),
    Before ++ [Folder || filelib:is_dir(Folder)]
        ++ [D || D <- After, not Consolidated(D)]
end,
%% Protocols that To has only in a library, or no more.
Plain = fun(M) ->
    case code:where_is_file(atom_to_list(M) ++ ".beam") of
        non_existing -> [];
        File -> [Prepare(M, File)]
    end
end,
Runs = fun() ->
    All = release_handler:which_releases(),
    hd([V || {_, V, _, current} <- All] ++ [V || {_, V, _, permanent} <- All])
end,
case [M || M <- lists:usort(Names ++ Merged()), not Clear(M, 0)] of
    [Busy | _] -> {error, {old_processes, Busy}};
    [] ->
        Result = Install(),
        case catch Runs() of
            To ->
                true = code:set_path(Replace(code:get_path())),
                Left = [M || {M, _, _} = P <- Ready, Differs(P), not Load(P)]
                    ++ [M || N <- Merged() -- Names, {M, _, _} = P <- Plain(N),
                        Differs(P), not Load(P)],
                case Left of
                    [] -> Result;
                    [M | _] -> {protocol_left, M}
                end;
            _ -> Result
        end
end
