%% The appups that a relup is made from. Each application whose version changed
%% needs one: that of the release, else that of the project (the folder appup/),
%% else an empty one if nothing but its version changed, else, with
%% appup = auto, a draft.
-module(relup_appup).
-export([with/5]).
-needs([relup_error, appup_beam]).

%% Calls Make() while the ebin folders of the new release have the appups for
%% this way. Returns {Notes, Result}. Throws {problems | impossible, Sentences}.
with(Job, Base, Old, New, Make) ->
    Changed = [{A, V1, V2} || {A, V1} <- maps:get(apps, Old),
        {B, V2} <- maps:get(apps, New), A =:= B, V1 =/= V2],
    Done = [one(Job, Base, Old, New, C) || C <- Changed],
    Why = [S || {impossible, S} <- Done],
    Bad = [S || {problem, S} <- Done],
    Why =:= [] orelse throw({impossible, [relup_error:impossible(Old, New, Why)]}),
    Bad =:= [] orelse throw({problems, Bad}),
    Before = [{F, replace(F, Text)} || {use, F, Text, _} <- Done],
    try
        {lists:append([N || {use, _, _, N} <- Done]), Make()}
    after
        [replace(F, Text) || {F, Text} <- Before]
    end.

%% Returns the previous content; none: there was no file.
replace(File, Text) ->
    Before = case file:read_file(File) of
        {ok, Old} -> Old;
        {error, enoent} -> none
    end,
    ok = case Text of
        none -> file:delete(File);
        _ -> file:write_file(File, Text)
    end,
    Before.

%% ready; {use, File, Text, Notes}; {problem | impossible, Sentence}.
one(Job, Base, Old, New, {App, From, To} = Change) ->
    Name = atom_to_list(App),
    OldEbin = ebin(Old, Name, From),
    NewEbin = ebin(New, Name, To),
    Own = filename:join(NewEbin, Name ++ ".appup"),
    Project = filename:join(maps:get(appups, Job), Name ++ ".appup"),
    case {leads(Own, Change), leads(Project, Change)} of
        {yes, _} -> ready;
        {_, yes} ->
            {ok, Text} = file:read_file(Project),
            {use, Own, Text, []};
        Answers ->
            Same = not lists:member(Name, maps:get(changed_priv, Base))
                andalso same(OldEbin, NewEbin),
            case Same of
                true -> empty(Own, Change);
                false -> lacking(Job, Old, New, Change, {Own, Project}, Answers)
            end
    end.

ebin(#{root := Root}, Name, Version) ->
    filename:join([Root, "lib", Name ++ "-" ++ Version, "ebin"]).

%% Whether the appup has both ways: yes, or none; missing: there is no file;
%% or {bad, Sentence}.
leads(File, {App, From, To}) ->
    case filelib:is_file(File) of
        false -> missing;
        true ->
            Name = relup_error:place(File, App, To),
            try appup_beam:terms(File) of
                [{To, Up, Down}] when is_list(Up), is_list(Down) ->
                    checked(File, Name, From, Up, Down);
                [{Other, Up, Down}] when is_list(Up), is_list(Down) ->
                    {bad, io_lib:format("~ts is for version ~0tP, but the "
                        "release has ~tw ~ts: write \"~ts\" as its first "
                        "element", [Name, Other, 8, App, To, To])};
                _ -> {bad, io_lib:format("~ts is not an appup: write "
                    "{\"~ts\", [{\"~ts\", UP}], [{\"~ts\", DOWN}]}.",
                    [Name, To, From, From])}
            catch
                throw:{refused, _} -> {bad, relup_error:unreadable(File, Name)}
            end
    end.

%% A draft says so in a line of its own (hdeploy appup).
checked(File, Name, From, Up, Down) ->
    {ok, Text} = file:read_file(File),
    Search = fun(L) -> catch systools_relup:appup_search_for_version(From, L) end,
    case {re:run(Text, "^%% draft", [multiline, {capture, none}]),
            Search(Up), Search(Down)} of
        {match, _, _} -> {bad, io_lib:format("~ts is a draft: review it, then "
            "remove its line \"%% draft\"", [Name])};
        {nomatch, {ok, _}, {ok, _}} -> yes;
        {nomatch, _, _} -> none
    end.

%% Nothing needs to be loaded: release_handler only changes the code path.
empty(Own, {App, From, To}) ->
    {use, Own, appup(From, To, [], []), [io_lib:format("~tw ~ts -> ~ts has the "
        "same code and needs no appup", [App, From, To])]}.

appup(From, To, Up, Down) ->
    unicode:characters_to_binary(
        io_lib:format("~tp.~n", [{To, [{From, Up}], [{From, Down}]}])).

same(OldEbin, NewEbin) ->
    try {appup_beam:ebin(OldEbin), appup_beam:ebin(NewEbin)} of
        {Old, New} ->
            lists:sort(maps:keys(Old)) =:= lists:sort(maps:keys(New)) andalso
                lists:all(fun({M, P}) -> appup_beam:digest(P) =:=
                    appup_beam:digest(maps:get(M, Old)) end, maps:to_list(New))
    catch
        throw:{refused, _} -> false
    end.

%% No appup leads here: why not. That of the project is named if there is one.
lacking(_, _, _, _, _, {_, {bad, Sentence}}) -> {problem, Sentence};
lacking(_, _, _, _, _, {{bad, Sentence}, missing}) -> {problem, Sentence};
lacking(Job, Old, New, {App, From, To}, {Own, Project}, Answers) ->
    case {relup_error:family(App), Answers} of
        {project, {missing, missing}} ->
            {problem, relup_error:no_appup(App, From, To,
                maps:get(version, Old), maps:get(version, New))};
        {project, {_, none}} ->
            {problem, relup_error:no_way(Project, App, From, To)};
        {project, {none, missing}} ->
            {problem, relup_error:no_way(Own, App, From, To)};
        {Family, _} ->
            {impossible, relup_error:foreign(Family, App, From, To)}
    end.
