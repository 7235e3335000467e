%% Changes of an application besides its code: its .app file, native libraries,
%% protocols.
-module(appup_app).
-export([changes/3, app/1]).
-needs([appup_beam, appup_module, appup_change]).

-define(LIBRARY_MAX, 256 * 1024 * 1024).

changes(Old, New, #{ebins := {OldEbin, NewEbin}} = D) ->
    {App, O} = app(OldEbin),
    {App, N} = app(NewEbin),
    listed(N, NewEbin, D) ++ env(O, N) ++ start(O, N) ++ needed(O, N) ++
        natives(Old, New, D) ++ protocols(D).

%% {Name, Keys} of an application's .app file.
app(Ebin) ->
    case filelib:wildcard("*.app", Ebin) of
        [File] -> app(filename:join(Ebin, File), appup_beam:terms(
            filename:join(Ebin, File)));
        _ -> refused("~ts has no .app file, or several", [Ebin])
    end.

app(Path, [{application, Name, Keys}]) when is_atom(Name), is_list(Keys) ->
    lists:all(fun(K) -> is_tuple(K) andalso tuple_size(K) =:= 2 end, Keys)
        orelse refused("~ts is not an application file", [Path]),
    {Name, Keys};
app(Path, _) -> refused("~ts is not an application file", [Path]).

key(K, Keys, Default) -> proplists:get_value(K, Keys, Default).

%% systools only finds modules that the .app file lists.
listed(Keys, Ebin, #{new := New}) ->
    Listed = key(modules, Keys, []),
    case maps:keys(New) -- Listed of
        [] -> [];
        Missing -> refused("the .app file in ~ts does not list the module ~ts",
            [Ebin, appup_change:name(hd(lists:sort(Missing)))])
    end.

%% Only names: values may be secrets.
env(Old, New) ->
    {O, N} = {key(env, Old, []), key(env, New, [])},
    Changed = lists:usort([K || {K, _} = P <- O ++ N,
        lists:member(P, O) =/= lists:member(P, N)]),
    [{note, io_lib:format("the application's environment changes (~ts): the "
        "install applies it, but code that read it at its start keeps the old "
        "values, unless config_change/3 passes it on", [list(Changed)])}
        || Changed =/= []].

start(Old, New) ->
    [{must, io_lib:format("~w changes in the .app file, which a hot upgrade does "
        "not run again: write {apply, {M, F, Args}} for its new steps, or "
        "{restart_application, App}", [K])}
        || K <- [mod, start_phases],
            key(K, Old, []) =/= key(K, New, [])].

needed(Old, New) ->
    {O, N} = {key(applications, Old, []), key(applications, New, [])},
    [{note, io_lib:format("the applications that it needs change (~ts): the "
        "relup starts and stops them", [list((O -- N) ++ (N -- O))])}
        || lists:sort(O) =/= lists:sort(N)].

list(Names) -> lists:join(", ", [io_lib:format("~0p", [N]) || N <- Names]).

%% A module with a NIF loads its library again when it is loaded; the library
%% must export an upgrade function for that, which no beam can tell.
natives(Old, New, #{new := Beams, changed := Changed}) ->
    {O, N} = {libraries(Old), libraries(New)},
    Libraries = [F || {F, Sum} <- maps:to_list(N),
        maps:get(F, O, Sum) =/= Sum],
    Modules = [M || {M, Path} <- lists:sort(maps:to_list(Beams)),
        lists:keymember(load_nif, 2, appup_beam:chunk(Path, imports))],
    [{must, [appup_change:name(M), " loads a NIF: make sure that its library "
        "has an upgrade function, or restart the node (a library is loaded "
        "again only with its module, and without that function the install "
        "fails)"]} || M <- Modules,
            lists:member(M, Changed) orelse Libraries =/= []] ++
    [{must, ["the native library ", F, " changed, and a running node keeps the "
        "one that it has loaded: write instructions that load the new one, or "
        "restart the node"]} || F <- Libraries].

libraries(Folder) ->
    maps:from_list([{F, sum(filename:join([Folder, "priv", F]))}
        || F <- filelib:wildcard("**/*.{so,dylib}", filename:join(Folder,
            "priv"))]).

sum(Path) ->
    filelib:file_size(Path) =< ?LIBRARY_MAX orelse
        refused("~ts is too large to be compared", [Path]),
    {ok, Bytes} = file:read_file(Path),
    erlang:md5(Bytes).

%% A new or removed implementation of a protocol counts only when the protocol's
%% consolidated module is loaded, too. No appup can name that module, because it
%% is not in ebin.
protocols(#{added := Added, deleted := Deleted} = D) ->
    [{note, [appup_change:name(M), " implements a protocol: the change counts "
        "only when the consolidated protocol of the release is loaded; driver = "
        "mix and castle do this after the install"]}
        || {Modules, Which} <- [{Added, new}, {Deleted, old}], M <- Modules,
            lists:member({'__impl__', 1}, appup_beam:chunk(
                maps:get(M, maps:get(Which, D)), exports))].

refused(Format, Args) -> throw({refused, io_lib:format(Format, Args)}).
