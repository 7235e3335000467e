#!/usr/bin/env escript
%% cells.escript BASE OUT ROW...: makes OUT/0.1.0.tar.gz and, of every row of the
%% table `cells` named ROW, OUT/ROW.tar.gz, which is version 0.2.0.
%% cells.escript --rows DRIVER: prints its rows, one a line:
%% NAME BEFORE VERDICT.
%%
%% BASE has real releases 0.1.0 and 0.2.0, as rebar3 or mix made them. A row
%% changes modules and the appup of hotcode; systools makes the relup, as relx
%% and mix steps do. A row with `old' gets a 0.1.0 of its own, OUT/ROW.from.tar.gz.
-mode(compile).

main(["--rows", Driver]) ->
    [io:format("~s ~s ~s~n", [N, B, V]) || {N, Ds, B, V, _} <- cells(),
                                           lists:member(Driver, words(Ds))];
main([Base, Out | Rows]) ->
    Work = filename:join(Out, "work"),
    ok = filelib:ensure_dir(filename:join(Work, "x")),
    Old = unpack(Base, "0.1.0", filename:join(Work, "old")),
    old_modules(Old, #{}),
    pack(Old, filename:join(Out, "0.1.0")),
    [make(Base, Out, Work, lists:keyfind(Row, 1, cells())) || Row <- Rows],
    file:del_dir_r(Work).

cells() ->
    {ok, Cells} = file:consult(filename:join(
        filename:dirname(escript:script_name()), "cells")),
    Cells.

words(Text) ->
    string:lexemes(Text, " ").

make(Base, Out, Work, {Name, _, _, _, How}) ->
    New = unpack(Base, "0.2.0", filename:join(Work, "new")),
    same_protocols(filename:join(Work, "old"), New),
    Old = case How of
        #{old := Modules} ->
            Own = unpack(Base, "0.1.0", filename:join(Work, "own")),
            old_modules(Own, Modules),
            pack(Own, filename:join(Out, Name ++ ".from")),
            Own;
        _ ->
            filename:join(Work, "old")
    end,
    modules(New, "0.2.0", maps:merge(#{demo_extra => "one", demo_gone => "one"},
                                     maps:get(new, How, #{}))),
    runtime(New, How),
    relup(Old, New, How),
    [append(filename:join(New, File), Text) || {File, Text} <-
                                               maps:get(append, How, [])],
    [edit(filename:join(New, File), From, To) || {File, From, To} <-
                                                 maps:get(edit, How, [])],
    pack(New, filename:join(Out, Name)),
    ok = file:del_dir_r(New),
    Old =:= filename:join(Work, "old") orelse file:del_dir_r(Old),
    ok.

%% Versions of mix differ in a protocol. The rows do not: nothing in OTP loads
%% consolidated protocols.
same_protocols(Old, New) ->
    file:delete(beam(New ++ "/lib/hotcode-0.2.0", 'Elixir.Hotcode.Label.Integer')),
    [{ok, _} = file:copy(F, filename:join(To, filename:basename(F))) ||
        {From, To} <- [{"/lib/hotcode-0.1.0/ebin/Elixir.Hotcode.*.beam",
                        New ++ "/lib/hotcode-0.2.0/ebin"},
                       {"/releases/0.1.0/consolidated/*.beam",
                        New ++ "/releases/0.2.0/consolidated"}],
        F <- filelib:wildcard(Old ++ From)].

old_modules(Root, Modules) ->
    modules(Root, "0.1.0", maps:merge(#{demo_extra => "one", demo_gone => "one"},
                                      Modules)).

%% Changes modules of hotcode: one that is not there yet returns its text from
%% say/0, `none' removes it, {source, Lines} compiles them. The boot file and
%% hotcode.app list them: in embedded mode the VM loads those at its start.
modules(Root, Version, Modules) ->
    Lib = filename:join([Root, "lib", "hotcode-" ++ Version]),
    maps:foreach(fun(M, How) -> module(Lib, M, How) end, Modules),
    Names = lists:sort([list_to_atom(filename:basename(F, ".beam")) ||
        F <- filelib:wildcard(Lib ++ "/ebin/*.beam")]),
    AppFile = Lib ++ "/ebin/hotcode.app",
    {ok, [{application, hotcode, Keys}]} = file:consult(AppFile),
    App = {application, hotcode,
           lists:keystore(modules, 1, Keys, {modules, Names})},
    ok = file:write_file(AppFile, io_lib:format("~p.~n", [App])),
    [boot(F, Names) || F <- filelib:wildcard(Root ++ "/releases/*/start.boot")].

module(Lib, Name, none) ->
    file:delete(beam(Lib, Name));
module(Lib, Name, {source, Text}) ->
    {ok, Name, Code} = compile:forms(forms(Text), [deterministic]),
    ok = file:write_file(beam(Lib, Name), Code);
module(Lib, Name, Word) ->
    module(Lib, Name, {source, "-module(" ++ atom_to_list(Name) ++ ").\n"
                               "-export([say/0]).\n"
                               "say() -> \"" ++ Word ++ "\".\n"}).

beam(Lib, Name) ->
    filename:join([Lib, "ebin", atom_to_list(Name) ++ ".beam"]).

forms(Text) ->
    {ok, Tokens, _} = erl_scan:string(Text),
    forms(Tokens, []).

forms([], []) ->
    [];
forms([{dot, _} = Dot | Rest], Form) ->
    {ok, One} = erl_parse:parse_form(lists:reverse([Dot | Form])),
    [One | forms(Rest, [])];
forms([Token | Rest], Form) ->
    forms(Rest, [Token | Form]).

boot(File, Names) ->
    {ok, Bytes} = file:read_file(File),
    {script, Id, Commands} = binary_to_term(Bytes),
    ok = file:write_file(File, term_to_binary({script, Id,
        [command(C, Names) || C <- Commands]})).

command({primLoad, Modules} = Load, Names) ->
    case lists:member(demo_server, Modules) of
        true -> {primLoad, Names};
        false -> Load
    end;
command({apply, {application, load, [{application, hotcode, Keys}]}}, Names) ->
    {apply, {application, load, [{application, hotcode,
        lists:keystore(modules, 1, Keys, {modules, Names})}]}};
command(Other, _) ->
    Other.

%% Another Erlang runtime is the same one under another name.
runtime(Root, #{erts := Version}) ->
    [Erts] = filelib:wildcard(Root ++ "/erts-*"),
    "erts-" ++ Now = filename:basename(Erts),
    ok = file:rename(Erts, filename:join(Root, "erts-" ++ Version)),
    [edit(F, "\"" ++ Now ++ "\"", "\"" ++ Version ++ "\"") ||
        Place <- ["bin/hotcode*", "releases/RELEASES", "releases/*.rel",
                  "releases/*/*.rel"],
        F <- filelib:wildcard(filename:join(Root, Place))],
    edit(Root ++ "/releases/start_erl.data", Now ++ " ", Version ++ " ");
runtime(_, _) ->
    ok.

%% up and down are the instructions of the appup; `relup => none' leaves the
%% release without a relup, `down => none' without a way back.
relup(_, New, #{relup := none}) ->
    ok = file:delete(New ++ "/releases/0.2.0/relup");
relup(Old, New, How) ->
    Up = maps:get(up, How, [update]),
    Down = maps:get(down, How, Up),
    ok = file:write_file(New ++ "/lib/hotcode-0.2.0/ebin/hotcode.appup",
        io_lib:format("~p.~n", [{"0.2.0", way(New, Up), way(New, Down)}])),
    Rel = New ++ "/releases/0.2.0/hotcode",
    From = Old ++ "/releases/0.1.0/hotcode",
    Back = case Down of none -> []; _ -> [From] end,
    {ok, _, _, _} = systools:make_relup(Rel, [From], Back,
        [{path, [Old ++ "/lib/*/ebin", New ++ "/lib/*/ebin"]},
         {outdir, filename:dirname(Rel)}, silent]).

way(_, none) ->
    [];
way(New, Steps) ->
    [{"0.1.0", lists:append([step(New, S) || S <- Steps])}].

step(New, update) ->
    step(New, {update, brutal_purge});
step(_, {update, Purge}) ->
    [{update, demo_server, {advanced, "0.1.0"}, Purge, Purge, []}];
step(_, Step) ->
    [Step].

append(File, Text) ->
    ok = file:write_file(File, Text, [append]).

edit(File, From, To) ->
    {ok, Text} = file:read_file(File),
    ok = file:write_file(File, string:replace(Text, From, To, all)).

unpack(Base, Version, Folder) ->
    file:del_dir_r(Folder),
    ok = filelib:ensure_dir(filename:join(Folder, "x")),
    [] = os:cmd("tar -xzf '" ++ Base ++ "/" ++ Version ++ ".tar.gz' -C '" ++
                Folder ++ "'"),
    Folder.

pack(Folder, Name) ->
    [] = os:cmd("cd '" ++ Folder ++ "' && tar --format=ustar -cf - -- * |"
                " gzip -1 >'" ++ Name ++ ".tar.gz'").
