%% Runs one program of this folder for erlang.c: reads "call", loads the
%% program and its needs from their sources, writes "answer". All three are in
%% the current folder, which is hdeploy's own.
-module(run).
-export([start/0]).

start() ->
    {_, Ref} = spawn_monitor(fun work/0),
    receive
        {'DOWN', Ref, process, _, normal} -> ok;
        {'DOWN', Ref, process, _, killed} -> % by +hmax
            write([line(crash, "needs more than 512 MiB of memory")]);
        {'DOWN', Ref, process, _, Reason} ->
            write([line(crash, io_lib:format("ended: ~W", [Reason, 12]))])
    end,
    erlang:halt(0).

work() ->
    Answer = try
        {ok, Text} = file:read_file("call"),
        [Program | Args] = lists:droplast(binary:split(Text, <<0>>, [global])),
        Module = load(binary_to_atom(Program, utf8)),
        [line(K, V) || {K, V} <- Module:main(pairs(Args))]
    catch
        C:R:Stack -> [line(crash, crashed(C, R, Stack))]
    end,
    write(Answer).

write(Lines) ->
    Text = unicode:characters_to_binary([Lines, "end\n"]),
    ok = file:write_file("answer.new", Text),
    ok = file:rename("answer.new", "answer").

pairs([]) -> [];
pairs([Name, Value | Rest]) -> [{Name, Value} | pairs(Rest)].

load(Module) ->
    File = atom_to_list(Module) ++ ".erl",
    {ok, Module, Beam} = compile:file(File, [binary, return_errors]),
    {module, Module} = code:load_binary(Module, File, Beam),
    Needs = proplists:get_value(needs, Module:module_info(attributes), []),
    [load(N) || N <- Needs, not erlang:module_loaded(N)],
    Module.

line(Key, Value) ->
    Text = unicode:characters_to_list(Value),
    [atom_to_list(Key), " ", [printable(C) || C <- Text], "\n"].

%% Control characters of a hostile file name must not forge lines.
printable(C) when C < 32; C =:= 127 -> $\s;
printable(C) -> C.

crashed(error, undef, [{M, F, A, _} | _]) when is_list(A) ->
    crashed(error, undef, [{M, F, length(A), []}]);
crashed(error, undef, [{M, F, A, _} | _]) ->
    io_lib:format("this Erlang/OTP ~s has no ~w:~w/~w; install all of "
        "Erlang/OTP", [erlang:system_info(otp_release), M, F, A]);
crashed(C, R, Stack) ->
    io_lib:format("the Erlang program failed: ~W, ~W", [{C, R}, 12, Stack, 12]).
