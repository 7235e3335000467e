%% needs: vm_words vm_relup vm_trees
%% Checks whether release_handler would succeed in installing version To.
%% Processes that cannot be suspended in time would keep their old state too. A
%% relup can give them more time.
Patient = [M || {suspend, Ms} <- Script, {M, _} <- Ms],
Listens = fun(P) ->
    case Call(P) of
        {M, init, 1} -> erlang:function_exported(M, handle_call, 3)
            orelse erlang:function_exported(M, callback_mode, 0)
            orelse Speaks(M);
        {M, _, _} -> M =:= supervisor orelse M =:= gen_event orelse Speaks(M)
    end
end,
Waits = [{P, spawn_monitor(fun() -> exit(catch sys:log(P, get, 5000)) end)}
    || P <- lists:sublist(lists:usort(lists:append([Ps || {M, Ps} <- Tells,
        not lists:member(M, Patient)])), 1000),
       node(P) =:= node(), Listens(P)],
Busy = [P || {P, {_, R}} <- Waits,
    receive
        {'DOWN', R, _, _, {'EXIT', {timeout, _}}} -> true;
        {'DOWN', R, _, _, _} -> false
    end],
[Line("vm_blocked", ["-"]) || Current =:= blocked]
++ [Line("vm_tree", [Word(A), atom_to_list(How) | Who(P)])
    || {A, {P, How}} <- lists:sublist(lists:reverse(Bads), 5)]
++ [Line("vm_left", [Word(M) | Who(P)]) || {M, P} <- lists:sublist(Left, 5)]
++ [Line("vm_more", [integer_to_list(length(Left) - 5)]) || length(Left) > 5]
++ [Line("vm_busy", Who(P)) || P <- lists:sublist(Busy, 5)]
++ [Line("vm_unasked", [integer_to_list(Unasked)]) || Unasked > 0]
++ [Line("vm_late", [integer_to_list(Lates)]) || Lates > 0]
++ [Line("vm_checked", [integer_to_list(length(Script))])].
