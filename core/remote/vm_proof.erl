%% needs: vm_words vm_trees
%% What a hot upgrade would meet in this VM. Differ: the modules that differ
%% between the two versions. Touched: those that the relup loads or removes; each
%% process that runs one of them now, and gets no code_change, is counted for the
%% first such module on its stack.
Told = lists:append([Ps || {_, Ps} <- Tells]),
Touches = maps:from_list([{M, true} || M <- Touched]),
Until = Now() + ScanMs,
Inside = fun(P, {Found, N}) ->
    case Now() < Until andalso process_info(P, current_stacktrace) of
        false -> {Found, N + 1};
        {_, Stack} ->
            case [M || {M, _, _, _} <- Stack, maps:is_key(M, Touches)] of
                [M | _] -> {maps:update_with(M,
                    fun({C, Q}) -> {C + 1, Q} end, {1, P}, Found), N};
                [] -> {Found, N}
            end;
        _ -> {Found, N}
    end
end,
{In, Unseen} = lists:foldl(Inside, {#{}, 0},
    [P || Touched =/= [], P <- processes() -- [self() | Told]]),
[Line("vm_interactive", ["yes"]) || code:get_mode() =:= interactive]
++ [Line("vm_unloaded", [Word(M)]) || M <- Differ, not erlang:module_loaded(M)]
++ [Line("vm_inside", [Word(M), integer_to_list(N) | Who(P)])
    || {M, {N, P}} <- lists:sublist(maps:to_list(In), 100)]
++ [Line("vm_tree", [Word(A), atom_to_list(How) | Who(P)])
    || {A, {P, How}} <- lists:sublist(lists:reverse(Bads), 5)]
++ [Line("vm_left", [Word(M) | Who(P)]) || {M, P} <- lists:sublist(Left, 5)]
++ [Line("vm_more", [integer_to_list(length(Left) - 5)]) || length(Left) > 5]
++ [Line("vm_unseen", [integer_to_list(Unseen + Unasked + Lates)])
    || Unseen + Unasked + Lates > 0]
++ [Line("vm_probed", ["yes"])].
