%% Reads compiled modules with beam_lib and beam_disasm: nothing in them is
%% loaded or run. The VM's limits of memory and atoms end a run with hostile
%% files; the sizes here give a sentence before that.
-module(appup_beam).
-export([ebin/1, digest/1, attributes/1, version/1, chunk/2, code/1, terms/1]).

-define(MODULES_MAX, 20000).
-define(FILE_MAX, 32 * 1024 * 1024).
-define(APP_MAX, 4 * 1024 * 1024).
-define(ATOMS_MAX, 60000). % of one module
-define(TYPES_MAX, 8192). % of one module

%% The modules of an ebin folder: #{Module => Path}. A module's own name is the
%% name of its file, or the code server could not load it.
ebin(Folder) ->
    Names = case file:list_dir(Folder) of
        {ok, All} -> [filename:rootname(N) || N <- All,
            filename:extension(N) =:= ".beam"];
        {error, _} -> []
    end,
    length(Names) =< ?MODULES_MAX orelse
        fail("~ts has more than ~w modules", [Folder, ?MODULES_MAX]),
    maps:from_list([{name(Folder, N), filename:join(Folder, N ++ ".beam")}
        || N <- Names]).

name(Folder, Name) ->
    length(Name) =< 255 orelse fail("~ts: a name is too long", [Folder]),
    list_to_atom(Name).

%% MD5 of the code alone, as the loaded module reports it in module_info(md5).
%% Line numbers, source paths and debug information do not count.
digest(Path) ->
    case beam_lib:md5(binary(Path)) of
        {ok, {Module, Md5}} ->
            atom_to_list(Module) =:= filename:basename(Path, ".beam") orelse
                fail("~ts contains the module ~w", [Path, Module]),
            Md5;
        {error, beam_lib, _} -> broken(Path)
    end.

%% The attributes without vsn, which is a digest of the code by default.
attributes(Path) ->
    case beam_lib:chunks(binary(Path), [attributes]) of
        {ok, {_, [{attributes, All}]}} -> lists:keydelete(vsn, 1, All);
        {error, beam_lib, {missing_chunk, _, _}} -> [];
        {error, beam_lib, _} -> broken(Path)
    end.

%% The version that code_change gets, as release_handler takes it from vsn.
version(Path) ->
    case beam_lib:version(binary(Path)) of
        {ok, {_, [_ | _] = Vsn}} ->
            case io_lib:printable_list(Vsn) of
                false when tl(Vsn) =:= [] -> hd(Vsn);
                _ -> Vsn
            end;
        _ -> undefined
    end.

%% The decoded chunk (imports, exports, abstract_code), or [] if the module lacks
%% it. Elixir's debug information has no abstract code.
chunk(Path, Name) ->
    case beam_lib:chunks(binary(Path), [Name], [allow_missing_chunks]) of
        {ok, {_, [{Name, missing_chunk}]}} -> [];
        {ok, {_, [{Name, Value}]}} -> Value;
        {error, beam_lib, _} when Name =:= abstract_code -> [];
        {error, beam_lib, _} -> broken(Path)
    end.

%% The functions as instructions: #{{Name, Arity} => {Entry, Instructions}}.
code(Path) ->
    Beam = binary(Path),
    few_atoms(Path, Beam),
    small_literals(Path, Beam),
    try beam_disasm:file(with_types(Beam)) of
        {beam_file, _, _, _, _, Functions} ->
            maps:from_list([{{N, A}, {Entry, Code}} ||
                {function, N, A, Entry, Code} <- Functions]);
        _ -> unreadable(Path)
    catch
        _:_ -> unreadable(Path)
    end.

unreadable(Path) ->
    fail("the Erlang/OTP ~ts of this machine cannot read the code in ~ts: use "
        "the version that the release is built with",
        [erlang:system_info(otp_release), Path]).

%% Mix strips the table of types, which only helps the loader, but beam_disasm
%% looks up each type that the code names. All types become "any", which is the
%% only one of a module that does nothing.
with_types(Beam) ->
    {ok, _, Chunks} = beam_lib:all_chunks(Beam),
    case lists:keymember("Type", 1, Chunks) of
        true -> Beam;
        false ->
            {ok, _, Empty} = compile:forms([{attribute, 1, module, empty}]),
            case beam_lib:chunks(Empty, ["Type"], [allow_missing_chunks]) of
                {ok, {_, [{_, <<Version:32, 1:32, Any/binary>>}]}} ->
                    Table = binary:copy(Any, ?TYPES_MAX),
                    {ok, Whole} = beam_lib:build_module([{"Type", <<Version:32,
                        ?TYPES_MAX:32, Table/binary>>} | Chunks]),
                    Whole;
                _ -> Beam % this Erlang/OTP has none, or another format
            end
    end.

few_atoms(Path, Beam) ->
    Count = case beam_lib:chunks(Beam, ["AtU8"], [allow_missing_chunks]) of
        {ok, {_, [{_, <<N:32/signed, _/binary>>}]}} -> abs(N);
        _ -> 0
    end,
    Count =< ?ATOMS_MAX orelse
        fail("~ts has more than ~w atoms", [Path, ?ATOMS_MAX]).

%% beam_disasm inflates the literals of a module whatever their size.
small_literals(Path, Beam) ->
    case beam_lib:chunks(Beam, ["LitT"], [allow_missing_chunks]) of
        {ok, {_, [{_, <<Size:32, Zip/binary>>}]}} when Size > 0 ->
            inflate(Path, Zip, 15);
        _ -> none
    end.

%% The bytes of a module, uncompressed.
binary(Path) ->
    case read(Path, ?FILE_MAX) of
        <<16#1f, 16#8b, _/binary>> = Zip -> inflate(Path, Zip, 31);
        Plain -> Plain
    end.

%% Bits: 31 for gzip, 15 for zlib.
inflate(Path, Zip, Bits) ->
    Z = zlib:open(),
    ok = zlib:inflateInit(Z, Bits),
    try inflate(Path, Z, zlib:safeInflate(Z, Zip), 0, [])
    catch error:_ -> broken(Path)
    after zlib:close(Z)
    end.

inflate(Path, Z, {Step, Part}, Size0, Parts) ->
    Size = Size0 + iolist_size(Part),
    Size =< ?FILE_MAX orelse too_large(Path, ?FILE_MAX),
    case Step of
        finished -> iolist_to_binary(lists:reverse([Part | Parts]));
        continue -> inflate(Path, Z, zlib:safeInflate(Z, []), Size,
            [Part | Parts])
    end.

%% The Erlang terms of a text file such as .app, .appup and .rel.
terms(Path) ->
    read(Path, ?APP_MAX),
    case file:consult(Path) of
        {ok, Terms} -> Terms;
        {error, Why} -> fail("~ts: ~ts", [Path, file:format_error(Why)])
    end.

read(Path, Max) ->
    case file:read_file_info(Path) of
        {ok, Info} when element(2, Info) > Max -> too_large(Path, Max);
        {ok, Info} when element(3, Info) =:= regular ->
            {ok, Bytes} = file:read_file(Path),
            Bytes;
        {ok, _} -> fail("~ts is not a regular file", [Path]);
        {error, Why} -> fail("~ts: ~ts", [Path, file:format_error(Why)])
    end.

too_large(Path, Max) ->
    fail("~ts is larger than ~w MiB", [Path, Max bsr 20]).

broken(Path) ->
    fail("~ts is not a compiled module", [Path]).

%% The caller catches throw:{refused, Sentence}.
fail(Format, Args) ->
    throw({refused, io_lib:format(Format, Args)}).
