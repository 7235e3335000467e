%% The instructions of the relup that leads to version To, found as
%% release_handler finds them; and how long the trees get.
Current = case Within(5000, fun release_handler:which_releases/0) of
    {ok, L} -> [V || {_, V, _, current} <- L]
        ++ [V || {_, V, _, permanent} <- L];
    none -> blocked
end,
Ways = fun(V) ->
    File = filename:join([code:root_dir(), "releases", V, "relup"]),
    case file:consult(File) of
        {ok, [{V, Up, Down}]} -> {Up, Down};
        _ -> {[], []}
    end
end,
Script = case Current of
    [From | _] -> lists:append(lists:sublist(
        [S || {V, _, S} <- element(1, Ways(To)), V =:= From]
        ++ [S || {V, _, S} <- element(2, Ways(From)), V =:= To], 1));
    _ -> []
end,
Walks = lists:keymember(suspend, 1, Script)
    orelse lists:keymember(stop, 1, Script),
Changed = lists:usort([if is_tuple(M) -> element(1, M); true -> M end
    || I <- Script, is_tuple(I),
       lists:member(element(1, I), [suspend, code_change]),
       M <- element(tuple_size(I), I)]),
%% For a question, for all processes, and for all trees, in ms.
{AskMs, ScanMs, WalkMs} = {5000, 15000, 40000},
