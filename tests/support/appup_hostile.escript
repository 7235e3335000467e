#!/usr/bin/env escript
%% appup_hostile.escript BEAM KIND: damages a compiled module in one of the ways
%% below.
main([File, Kind]) ->
    {ok, Beam} = file:read_file(File),
    ok = file:write_file(File, damaged(list_to_atom(Kind), Beam, File)).

damaged(truncated, Beam, _) -> binary:part(Beam, 0, byte_size(Beam) div 2);
damaged(huge, Beam, _) -> [Beam, <<0:(33 * 1024 * 1024 * 8)>>];
damaged(bomb, _, _) -> zlib:gzip(binary:copy(<<0>>, 200 * 1024 * 1024));
damaged(bare, Beam, _) -> without(Beam, ["Attr", "CInf", "Dbgi", "Line"]);
damaged(renamed, _, File) ->
    Forms = [{attribute, 1, module, list_to_atom(filename:basename(File,
        ".beam") ++ "_other")}],
    {ok, _, Other} = compile:forms(Forms),
    Other;
damaged(atoms, Beam, _) ->
    replaced(Beam, "AtU8", fun(_) -> <<2000000:32, 1, $a>> end);
damaged(literals, Beam, _) ->
    Bomb = zlib:compress(binary:copy(<<0>>, 300 * 1024 * 1024)),
    replaced(Beam, "LitT", fun(_) -> <<10:32, Bomb/binary>> end);
damaged(code, Beam, _) ->
    replaced(Beam, "Code", fun(<<Head:20/binary, Code/binary>>) ->
        [Head, << <<(255 - B)>> || <<B>> <= Code >>] end).

without(Beam, Names) ->
    {ok, _, Chunks} = beam_lib:all_chunks(Beam),
    {ok, Built} = beam_lib:build_module([C || {N, _} = C <- Chunks,
        not lists:member(N, Names)]),
    Built.

replaced(Beam, Name, Change) ->
    {ok, _, Chunks} = beam_lib:all_chunks(Beam),
    {ok, Built} = beam_lib:build_module([case C of
        {Name, Data} -> {Name, iolist_to_binary(Change(Data))};
        _ -> C
    end || C <- Chunks]),
    Built.
