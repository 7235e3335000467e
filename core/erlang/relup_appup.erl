%% The appups that a relup is made from. Each application whose version changed
%% needs one. The first of these counts: that of the release; that of the project
%% (the folder appup/); that of this machine's Erlang/OTP, because rebar3 leaves
%% OTP's appups out of releases; an empty one if only the version changed; with
%% appup = auto, a draft.
-module(relup_appup).
-export([with/5]).
-needs([relup_error, appup_beam, appup_draft, appup_file]).

%% Calls Make() while the ebin folders of the new release have the appups for
%% these entries. Returns {Notes, Result}. Throws {problems | impossible, Sentences}.
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
        {_, yes} -> use(Own, Project);
        Answers ->
            Otp = otp(App),
            Same = not lists:member(Name, maps:get(changed_priv, Base))
                andalso same(OldEbin, NewEbin),
            case Otp =/= none andalso leads(Otp, Change) of
                yes -> use(Own, Otp);
                _ when Same -> empty(Own, Change);
                _ -> lacking(Job, Base, Old, New, Change, {Own, Project},
                    Answers)
            end
    end.

use(Own, File) ->
    {ok, Text} = file:read_file(File),
    {use, Own, Text, []}.

otp(App) ->
    case {relup_error:family(App), code:lib_dir(App)} of
        {otp, Folder} when is_list(Folder) -> filename:join([Folder, "ebin",
            atom_to_list(App) ++ ".appup"]);
        _ -> none
    end.

ebin(#{root := Root}, Name, Version) ->
    filename:join([Root, "lib", Name ++ "-" ++ Version, "ebin"]).

%% yes: the appup has both entries; none: it lacks one; missing: there is no
%% file; {bad, Sentence}.
leads(File, {App, From, To}) ->
    Name = relup_error:place(File, App, To),
    try appup_file:way(File, From, To) of
        {ok, _, _} -> yes;
        draft -> {bad, io_lib:format("~ts is a draft: review it, then remove its "
            "line \"%% draft\"", [Name])};
        {for, Other} -> {bad, io_lib:format("~ts is for version ~0tP, but the "
            "release has ~tw ~ts: write \"~ts\" as its first element",
            [Name, Other, 8, App, To, To])};
        Answer -> Answer
    catch
        throw:{refused, _} ->
            {bad, relup_error:unreadable(File, Name, From, To)}
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

%% Why no appup has the entries; the one of the project is named if it exists.
lacking(_, _, _, _, _, _, {_, {bad, Sentence}}) -> {problem, Sentence};
lacking(_, _, _, _, _, _, {{bad, Sentence}, missing}) -> {problem, Sentence};
lacking(Job, Base, Old, New, {App, From, To} = Change, {Own, Project}, Answers) ->
    case {relup_error:family(App), Answers} of
        {project, {missing, missing}} ->
            case maps:get(drafts, Job) of
                true -> draft(Base, Old, New, Change, Own);
                false -> {problem, relup_error:no_appup(App, From, To,
                    maps:get(advice, Base))}
            end;
        {project, {_, none}} ->
            {problem, relup_error:no_entry(Project, App, From, To)};
        {project, {none, missing}} ->
            {problem, relup_error:no_entry(Own, App, From, To)};
        {Family, _} ->
            {impossible, relup_error:foreign(Family, App, From, To)}
    end.

%% appup = auto. A draft that a person must complete is not used.
draft(Base, Old, New, {App, From, To}, Own) ->
    Folder = fun(#{root := R}, {A, V}) ->
        filename:join([R, "lib", atom_to_list(A) ++ "-" ++ V]) end,
    Ebins = fun(#{apps := As} = R) ->
        [filename:join(Folder(R, A), "ebin") || A <- As] end,
    try appup_draft:draft(Folder(Old, {App, From}), Folder(New, {App, To}),
            {Ebins(Old), Ebins(New)}) of
        #{must := [], up := Up, down := Down, note := Notes} ->
            {use, Own, appup(From, To, Up, Down), [io_lib:format("~tw ~ts -> "
                "~ts: its appup was drafted (appup = auto)", [App, From, To])
                | [io_lib:format("~tw: ~ts", [App, N]) || N <- Notes]]};
        #{must := [First | Rest]} ->
            {problem, relup_error:must(App, From, To, First, length(Rest),
                maps:get(advice, Base))}
    catch
        throw:{refused, Why} -> {problem, io_lib:format("~tw ~ts -> ~ts: no "
            "appup can be drafted: ~ts", [App, From, To, Why])}
    end.
