%% Drafts appups for the applications that differ between two releases and have
%% none. Arguments: old and new (roots of releases), old_version and
%% new_version, folder (of the project's own appups) and its name as shown.
%%
%% Answers: {refused, Sentence}, or for each application {app, Name}, {file,
%% Path}, {fine, Sentence} if it needs no draft, {partial, Sentence} if its appup
%% lacks modules, {exists, Sentence} if its file must not be written, {line, Text}
%% for each line of a draft, {must, Sentence} and {note, Sentence}. Notes before
%% the first app are about the releases.
-module(appup).
-export([main/1]).
-needs([appup_beam, appup_app, appup_file, appup_check, appup_draft,
    appup_change]).

main(Args) ->
    [Old, New, OldVersion, NewVersion, Folder, Shown] =
        [unicode:characters_to_list(proplists:get_value(K, Args)) || K <-
            [<<"old">>, <<"new">>, <<"old_version">>, <<"new_version">>,
             <<"folder">>, <<"shown">>]],
    try compare(release(Old, OldVersion), release(New, NewVersion),
        {Folder, Shown})
    catch throw:{refused, Sentence} ->
        InNew = string:replace(Sentence, New, "NEW", all),
        [{refused, string:replace(InNew, Old, "OLD", all)}]
    end.

%% {Erts, #{Name => {Version, Folder}}} of the .rel file.
release(Root, Version) ->
    Folder = filename:join([Root, "releases", Version]),
    Found = [{Erts, Apps} || F <- filelib:wildcard("*.rel", Folder),
        [{release, {_, V}, {erts, Erts}, Apps}] <-
            [appup_beam:terms(filename:join(Folder, F))], V =:= Version],
    case Found of
        [{Erts, Apps} | _] ->
            {Erts, maps:from_list([library(Root, A) || A <- Apps])};
        [] -> refused("~ts has no .rel file for version ~ts",
            [Folder, Version])
    end.

library(Root, App) when is_tuple(App), tuple_size(App) > 1 ->
    {Name, Version} = {element(1, App), element(2, App)},
    {Name, {Version, filename:join([Root, "lib",
        lists:concat([Name, "-", Version])])}}.

compare({Erts, _}, {Other, _}, _) when Erts =/= Other ->
    refused("the Erlang runtime changes from ~ts to ~ts, which no appup can do: "
        "upgrade by stop and start (--cold)", [Erts, Other]);
compare({_, Old}, {_, New}, Folder) ->
    Ebins = {ebins(Old), ebins(New)},
    Both = [A || A <- lists:sort(maps:keys(New)), maps:is_key(A, Old)],
    [{note, io_lib:format("the application ~w is ~ts: the relup ~ts it without "
        "an appup", [A, Is, Does])} || {Names, Is, Does} <- [
            {maps:keys(New) -- Both, "new", "starts"},
            {maps:keys(Old) -- Both, "gone", "stops and removes"}],
        A <- lists:sort(Names)] ++
    lists:append([application(A, maps:get(A, Old), maps:get(A, New), Ebins,
        Folder) || A <- Both]).

ebins(Apps) -> [filename:join(F, "ebin") || {_, F} <- maps:values(Apps)].

application(App, {Version, Old}, {Version, New}, _, _) ->
    case appup_check:missing(filename:join(Old, "ebin"),
            filename:join(New, "ebin"), []) of
        [] -> [];
        [{M, _} | _] -> refused("~w is version ~ts in both releases, but its "
            "module ~w differs: give ~w a new version, and build again",
            [App, Version, M, App])
    end;
application(App, {From, Old}, {To, New}, Ebins, Folder) ->
    Own = filename:join([New, "ebin", lists:concat([App, ".appup"])]),
    File = filename:join(element(1, Folder), lists:concat([App, ".appup"])),
    Name = filename:join(element(2, Folder), lists:concat([App, ".appup"])),
    case {appup_file:way(Own, From, To), appup_file:way(File, From, To)} of
        {{ok, Up, Down}, _} -> existing(App, lists:concat(["lib/", App, "-", To,
            "/ebin/", App, ".appup of the new release"]), Old, New, {Up, Down});
        {_, {ok, Up, Down}} -> existing(App, Name, Old, New, {Up, Down});
        {_, draft} -> [{app, atom_to_list(App)},
            {exists, [Name, " is still a draft: review it, and remove its line "
                "\"%% draft\""]}];
        {_, Found} ->
            Draft = appup_draft:draft(Old, New, Ebins),
            answer(App, {File, Name}, Found, {From, To}, Draft)
    end.

existing(App, Path, Old, New, {Up, Down}) ->
    [OldEbin, NewEbin] = [filename:join(F, "ebin") || F <- [Old, New]],
    Missing = lists:usort([M || {M, _} <-
        appup_check:missing(OldEbin, NewEbin, Up) ++
        appup_check:missing(NewEbin, OldEbin, Down)]),
    [{app, atom_to_list(App)}, case Missing of
        [] -> {fine, [Path, " already has this entry"]};
        _ -> {partial, [Path, " has no instruction for ", lists:join(", ",
            [appup_change:name(M) || M <- Missing]), ": add them, or the node "
            "does not load these changes"]}
    end].

answer(App, {File, Name}, Found, {From, To}, Draft) ->
    #{up := Up, down := Down, must := Must, note := Note} = Draft,
    Says = [io_lib:format("~w ~ts to ~ts, drafted by hdeploy appup. Review it, "
            "then remove the line above.", [App, From, To])] ++
        [["must: ", S] || S <- Must] ++ [["note: ", S] || S <- Note],
    Text = case Found of
        none -> appup_file:extended(File, From, Says, {Up, Down});
        _ -> appup_file:text(From, To, Says, Up, Down)
    end,
    [{app, atom_to_list(App)}, {file, Name}] ++
        [{exists, exists(Name, Found, From)} || Found =/= missing] ++
        [{line, L} || L <- string:split(string:trim(Text, trailing, "\n"),
            "\n", all)] ++
        [{must, S} || S <- Must] ++ [{note, S} || S <- Note].

exists(File, none, From) ->
    [File, " has no entry for ", From, " and was not changed: --dry-run shows "
        "the file with this entry added"];
exists(File, {for, Version}, _) ->
    io_lib:format("~ts is for version ~ts and was not changed: move it away to "
        "get a new draft; --dry-run shows the draft", [File, Version]).

refused(Format, Args) -> throw({refused, io_lib:format(Format, Args)}).
