%% needs: vm_config
%% Checks whether release_handler can read Applied, the sys.config of Next, and
%% which settings of the files that the node was started with it would change.
%% Then the same for the running version, to which the node would go back.
Shaped = fun({A, Env}) when is_atom(A), length(Env) >= 0 ->
        lists:all(fun({K, _}) -> is_atom(K); (_) -> false end, Env);
    (_) -> false
end,
Value = fun(Key, Layers) ->
    lists:sublist([V || L <- Layers, V <- Holding(Key, L)], 1)
end,
Differ = fun(V, Found) ->
    {Theirs, _} = All(ReadBy(V), Beside),
    [{A, K} || {A, Env} <- Defaults(V),
        K <- lists:usort([K || L <- Of(A, Found ++ Theirs), {K, _} <- L])
            -- [K || {K, _} <- Flags(A)],
        Value(K, Of(A, Found) ++ [Env]) =/= Value(K, Of(A, Theirs) ++ [Env])]
end,
Judge = fun(V, File, Prefix) ->
    {Found, Bad} = All([File], fun(_) -> Here end),
    [[Prefix, "bad ", Clean(filename:absname(F, StartedIn)), " ", Why]
        || {F, Why} <- Bad ++ [{File, "is not a list of {Application, [{Key,"
            " Value}, ...]}"} || not lists:all(Shaped, Found)]]
    ++ [[Prefix, "differs ", Name(A), $/, Name(K)]
        || Operators =/= [], Bad =:= [], {A, K} <- Differ(V, Found)]
end,
Runs = [V || Operators =/= [], {_, V, _, S} <- release_handler:which_releases(),
    S =:= current orelse S =:= permanent, V =/= Next],
lists:map(fun lists:flatten/1, Judge(Next, Applied, "config_")
    ++ [L || V <- lists:sublist(Runs, 1),
        L <- Judge(V, Packaged(V), "config_back_")]
    ++ [["config_operators ", Clean(F)] || F <- Operators]).
