%% needs: vm_those
%% Small functions for longer expressions.
Word = fun(T) ->
    L = if is_atom(T) -> atom_to_list(T);
           true -> lists:flatten(io_lib:format("~tp", [T]))
        end,
    case L =/= [] andalso
        re:run(L, "[^A-Za-z0-9_.@+~-]", [{capture, none}, unicode]) of
        nomatch -> L;
        _ -> [$% | lists:join("%", [integer_to_list(C, 16) || C <- L])]
    end
end,
Line = fun(Key, Words) -> lists:flatten(lists:join(" ", [Key | Words])) end,
Call = fun proc_lib:translate_initial_call/1,
Here = fun(P) ->
    case process_info(P, current_function) of
        {_, {M, _, _}} -> M;
        _ -> gone
    end
end,
Who = fun(P) ->
    Name = case {process_info(P, registered_name), Call(P)} of
        {{_, N}, _} -> N;
        {_, {proc_lib, init_p, _}} -> Here(P);
        {_, {supervisor, M, _}} -> M;
        {_, {M, _, _}} -> M
    end,
    [pid_to_list(P) -- "<>", Word(Name)]
end,
Now = fun() -> erlang:monotonic_time(millisecond) end,
Begin = Now(),
Within = fun(Ms, F) ->
    {P, R} = spawn_monitor(fun() -> exit({answer, catch F()}) end),
    receive
        {'DOWN', R, _, _, {answer, {'EXIT', _}}} -> none;
        {'DOWN', R, _, _, {answer, A}} -> {ok, A};
        {'DOWN', R, _, _, _} -> none
    after Ms ->
        exit(P, kill),
        demonitor(R, [flush]),
        none
    end
end,
