%% Calls Function(Word) of Castle in the node, and returns the lines that it printed
%% and the reason, if it failed. Castle 0.3 prints the reason, and does not fail.
%% A message that Elixir composes can contain a value, which could be secret: of
%% those only the kind.
Main = self(),
Printable = fun(Text) ->
    [[if C < 32; C > 126; C =:= $"; C =:= $\\ -> $?; true -> C end || C <- Line]
        || Line <- string:lexemes(unicode:characters_to_list(Text), "\n\r")]
end,
Shown = ['Elixir.Castle.Error', 'Elixir.RuntimeError', 'Elixir.System.EnvError'],
Place = fun([{M, F, A, _} | _]) ->
        io_lib:format("~p:~p/~p", [M, F, if is_list(A) -> length(A); true -> A end]);
    (_) -> "?"
end,
Kind = fun(E) when is_tuple(E), is_atom(element(1, E)) -> element(1, E);
    (E) when is_atom(E) -> E;
    (_) -> error
end,
Gather = fun Gather(P, R, Text) ->
    receive
        {io_request, From, As, {put_chars, _, Chars}} ->
            From ! {io_reply, As, ok},
            Gather(P, R, [Text | Chars]);
        {io_request, From, As, {put_chars, _, M, F, A}} ->
            From ! {io_reply, As, ok},
            Gather(P, R, [Text | apply(M, F, A)]);
        {io_request, From, As, _} ->
            From ! {io_reply, As, {error, enotsup}},
            Gather(P, R, Text);
        {'DOWN', R, _, _, {castle, Said}} -> {Text, Said};
        {'DOWN', R, _, _, Why} -> {Text, io_lib:format("~p", [Kind(Why)])}
    end
end,
{Pid, Ref} = spawn_monitor(fun() ->
    group_leader(Main, self()),
    exit({castle, try 'Elixir.Castle':Function(list_to_binary(Word)), ""
        catch
            error:#{'__exception__' := true, '__struct__' := Name} = E:At ->
                case lists:member(Name, Shown) of
                    true -> 'Elixir.Exception':message(E);
                    false -> io_lib:format("~p in ~ts", [Name, Place(At)])
                end;
            _:E:At -> io_lib:format("~p in ~ts", [Kind(E), Place(At)])
    end})
end),
{Text, Said} = Gather(Pid, Ref, ""),
["castle_said " ++ Line || Line <- Printable([Text, "\n", Said])] ++ ["castle_done"]
