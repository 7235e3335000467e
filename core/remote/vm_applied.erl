%% Whether release_handler will read Applied, the sys.config of Next, as it was
%% written, and what it will change of the files that the node was started with.
{Found, Bad} = All([Applied], fun(_) -> Here end),
Shaped = fun({A, Env}) when is_atom(A), is_list(Env) ->
        lists:all(fun({K, _}) -> is_atom(K); (_) -> false end, Env);
    (_) -> false
end,
Shapeless = [{Applied, "is not a list of {Application, [{Key, Value}, ...]}"}
    || not lists:all(Shaped, Found)],
{Theirs, _} = All(ReadBy(Next), Beside),
Value = fun(Key, Layers) ->
    lists:sublist([V || L <- Layers, V <- Holding(Key, L)], 1)
end,
Differ = [{A, K} || Operators =/= [], {A, Env} <- Defaults(Next),
    K <- lists:usort([K || L <- Of(A, Found ++ Theirs), {K, _} <- L])
        -- [K || {K, _} <- Flags(A)],
    Value(K, Of(A, Found) ++ [Env]) =/= Value(K, Of(A, Theirs) ++ [Env])],
[lists:flatten(["config_bad ", Clean(filename:absname(F, StartedIn)), " ", Why])
    || {F, Why} <- Bad ++ Shapeless]
++ [lists:flatten(["config_differs ", Name(A), $/, Name(K)]) || {A, K} <- Differ]
++ [lists:flatten(["config_operators ", Clean(F)]) || F <- Operators].
