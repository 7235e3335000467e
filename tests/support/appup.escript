#!/usr/bin/env escript
%% appup.escript FOLDER ROW OLD NEW: on one node, starts version 1 of the
%% application ROW in FOLDER/old, upgrades it to version 2 in FOLDER/new with the
%% appup in its ebin, and goes back. Each time ROW:ask() must return the term OLD
%% or NEW, and the loaded code must be that of the version. More rows: four more
%% arguments. Prints a line for each row.
main([Folder | Rows]) ->
    logger:set_primary_config(level, critical),
    {ok, _} = application:ensure_all_started(sasl),
    [Elixir] = filelib:wildcard("/usr/lib/elixir/lib/elixir/ebin") ++
        filelib:wildcard("/usr/local/lib/elixir/lib/elixir/ebin"),
    code:add_pathz(Elixir),
    halt(lists:max([0 | rows(Folder, Rows)])).

rows(Folder, [Row, Old, New | Rest]) ->
    Result = try row(Folder, list_to_atom(Row), term(Old), term(New)) of
        _ -> io:format("ok ~s~n", [Row]), 0
    catch
        C:R:S -> io:format("FAIL ~s: ~0P~n", [Row, {C, R, S}, 40]), 1
    end,
    [Result | rows(Folder, Rest)];
rows(_, []) -> [].

term(Text) ->
    {ok, Tokens, _} = erl_scan:string(Text ++ "."),
    {ok, Term} = erl_parse:parse_term(Tokens),
    Term.

row(Folder, App, OldAnswer, NewAnswer) ->
    [Old, New] = [filename:join([Folder, Side, "lib", lists:concat([App, "-", V])])
        || {Side, V} <- [{"old", "1"}, {"new", "2"}]],
    true = code:add_pathz(filename:join(Old, "ebin")),
    {ok, _} = application:ensure_all_started(App),
    [{module, _} = code:ensure_loaded(M) || M <- modules(Old)],
    is(App, Old, New, OldAnswer),
    {ok, _} = release_handler:upgrade_app(App, New),
    is(App, New, Old, NewAnswer),
    {ok, _} = release_handler:downgrade_app(App, "1", Old),
    is(App, Old, New, OldAnswer).

is(App, This, Other, Answer) ->
    Wrong = [M || M <- modules(This), erlang:module_loaded(M) =:= false orelse
        M:module_info(md5) =/= md5(This, M)],
    {loaded, []} = {loaded, Wrong},
    {gone, []} = {gone, [M || M <- modules(Other) -- modules(This),
        erlang:module_loaded(M)]},
    {answer, Answer} = {answer, App:ask()}.

modules(Folder) ->
    [list_to_atom(filename:basename(F, ".beam")) ||
        F <- filelib:wildcard("ebin/*.beam", Folder)].

md5(Folder, M) ->
    {ok, {M, Sum}} = beam_lib:md5(filename:join([Folder, "ebin",
        atom_to_list(M) ++ ".beam"])),
    Sum.
