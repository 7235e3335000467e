%% Makes the relup of a release, up from and down to several others, with
%% systools. Each release is a folder with its .rel, .app and .appup files, and
%% the modules of the applications that changed (relup_make.c). The folders are
%% hdeploy's own; appups are added to them.
%%
%% Tarballs of hosts are in them, so nothing of them is loaded or run: systools
%% and file:consult read terms, appup_check reads modules with beam_lib.
-module(relup).
-export([main/1]).
-needs([relup_error, relup_appup, appup_check]).

main(Args) ->
    Text = fun(Key) -> text(proplists:get_value(Key, Args)) end,
    Job = #{name => Text(<<"name">>), version => Text(<<"version">>),
        top => Text(<<"root">>), appups => Text(<<"appups">>),
        drafts => Text(<<"drafts">>) =:= "yes"},
    Results = [{V, entries(Job, Base)} || #{version := V} = Base <- bases(Args)],
    Scripts = [S || {_, {ok, S, _}} <- Results],
    Relup = {maps:get(version, Job), [U || {U, _} <- Scripts],
        [D || {_, D} <- Scripts, D =/= none]},
    ok = file:write_file(Text(<<"out">>),
        unicode:characters_to_binary(io_lib:format("~tp.~n", [Relup]))),
    lists:flatmap(fun report/1, Results).

text(Bytes) ->
    unicode:characters_to_list(Bytes).

%% "base" begins the arguments of one older release.
bases([{<<"base">>, V} | Rest]) ->
    {Own, Others} = lists:splitwith(fun({K, _}) -> K =/= <<"base">> end, Rest),
    Text = fun(Key) -> text(proplists:get_value(Key, Own)) end,
    [#{version => text(V), root => Text(<<"from">>), advice => Text(<<"advice">>),
        changed_priv => [text(A) || {<<"priv">>, A} <- Own]} | bases(Others)];
bases([_ | Rest]) -> bases(Rest);
bases([]) -> [].

report({V, {ok, {_, Down}, Notes}}) ->
    [{up, V}] ++ [{down, V} || Down =/= none] ++ [{note, N} || N <- Notes];
report({_, {impossible, Sentences}}) -> [{note, S} || S <- Sentences];
report({_, {problems, Sentences}}) -> [{problem, S} || S <- Sentences].

%% The entries up from, and down to, one release: {ok, {Up, Down | none}, Notes};
%% {impossible, Why} if no appup could help; {problems, Sentences}.
entries(Job, Base) ->
    try
        #{name := Name, version := To, top := Top} = Job,
        #{version := From, root := Root} = Base,
        New = release(Top, Name, To),
        Old = release(Root, Name, From),
        same_runtime(Old, New),
        {Notes, Script} = relup_appup:with(Job, Base, Old, New,
            fun() -> make(Old, New) end),
        complete(Old, New, Script),
        emulator(From, To, Script, Notes)
    catch
        throw:{refused, S} -> {problems, [S]};
        throw:{Kind, Sentences} -> {Kind, Sentences}
    end.

%% The release of this name and version: #{stem, version, erts, apps, root}.
release(Root, Name, Version) ->
    Folder = filename:join([Root, "releases", Version]),
    Files = [filename:join(D, F) || D <- [Folder, filename:dirname(Folder)],
        {ok, All} <- [file:list_dir(D)], F <- lists:sort(All),
        filename:extension(F) =:= ".rel"],
    Found = [#{stem => filename:rootname(F), root => Root, version => Version,
            erts => Erts, apps => [app(A) || A <- Apps]} || F <- Files,
        {ok, [{release, {N, V}, {erts, Erts}, Apps}]} <- [file:consult(F)],
        N =:= Name, V =:= Version, is_list(Apps)],
    case Found of
        [Release | _] -> Release;
        [] -> throw({problems, [io_lib:format(
            "~ts ~ts has no valid .rel file", [Name, Version])]})
    end.

app(Tuple) when is_tuple(Tuple), is_atom(element(1, Tuple)) ->
    Version = element(2, Tuple),
    plain(Version) orelse throw({problems, [io_lib:format(
        "a .rel file has no usable version of ~tw", [element(1, Tuple)])]}),
    {element(1, Tuple), Version};
app(_) ->
    throw({problems, ["a .rel file has an application without a name"]}).

%% A folder name without wildcards, which systools would expand.
plain(V) ->
    io_lib:printable_latin1_list(V) andalso
        re:run(V, "^[A-Za-z0-9][A-Za-z0-9._+~-]*$", [{capture, none}]) =:= match.

same_runtime(#{erts := E}, #{erts := E}) -> ok;
same_runtime(#{version := From, erts := A}, #{version := To, erts := B}) ->
    throw({impossible, [io_lib:format("no relup leads hot from ~ts to ~ts: the "
        "Erlang runtime changes (erts ~ts, ~ts); hosts on ~ts need a stop and "
        "start (--cold)", [From, To, A, B, From])]}).

%% noexec: the relup is returned and not written.
make(Old, New) ->
    Path = [ebin(R, A) || R <- [New, Old], A <- maps:get(apps, R)],
    Stem = maps:get(stem, Old),
    try systools:make_relup(maps:get(stem, New), [Stem], [Stem],
            [{path, Path}, noexec, silent]) of
        {ok, {_, [Up], [Down]}, _, Warnings} ->
            relup_error:warnings(Warnings, Old, New),
            {Up, Down};
        {error, Module, Error} ->
            throw({problems, relup_error:sentences(Module, Error, Old, New)})
    catch
        error:Reason ->
            throw({problems, relup_error:sentences(crash, Reason, Old, New)})
    end.

ebin(#{root := Root}, {App, Version}) ->
    filename:join([Root, "lib", atom_to_list(App) ++ "-" ++ Version, "ebin"]).

%% Every module that changed is loaded, in both directions.
complete(Old, New, {{_, _, Up}, {_, _, Down}}) ->
    Missing = [relup_error:missing(A, From, To, M, How) ||
        {A, V1} = X <- maps:get(apps, Old), {B, V2} = Y <- maps:get(apps, New),
        A =:= B, V1 =/= V2,
        {From, To, E1, E2, Script} <- [
            {V1, V2, ebin(Old, X), ebin(New, Y), Up},
            {V2, V1, ebin(New, Y), ebin(Old, X), Down}],
        {M, How} <- appup_check:missing(E1, E2, Script)],
    Missing =:= [] orelse throw({problems, Missing}).

%% A relup that restarts the emulator is not hot.
emulator(From, To, {{_, _, U} = Up, {_, _, D} = Down}, Notes) ->
    case {restarts(U), restarts(D)} of
        {true, _} -> throw({impossible, [io_lib:format("no relup leads hot from "
            "~ts to ~ts: an appup restarts the emulator; hosts on ~ts need a "
            "stop and start (--cold)", [From, To, From])]});
        {false, true} -> {ok, {Up, none}, Notes ++ [io_lib:format("no relup "
            "leads hot back from ~ts to ~ts: an appup restarts the emulator",
            [To, From])]};
        {false, false} -> {ok, {Up, Down}, Notes}
    end.

restarts(Script) ->
    lists:any(fun(I) -> I =:= restart_new_emulator orelse
        I =:= restart_emulator end, Script).
