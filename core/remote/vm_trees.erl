%% What release_handler would do with the processes of this VM. During the
%% install it walks the supervision trees, and hangs or fails if a process does
%% not list its children. Processes that it does not find in a tree keep their old
%% state on new code. This does not ask a process that the question could end or
%% block. Walks: whether the relup makes it walk; Changed: the modules whose
%% processes it suspends or calls code_change for.
%% Processes that need a code_change when M changes. Other processes that began
%% in M are work in flight.
Speaks = fun(M) -> erlang:function_exported(M, system_continue, 3) end,
Calls = [{M, C} || M <- Changed,
    C <- [{M, '_', '_'} || Speaks(M)]
        ++ [{M, init, 1} || not Speaks(M)] ++ [{supervisor, M, 1}]],
Main = self(),
Scan = fun Scan(Ps) ->
    Some = lists:sublist(Ps, 2000),
    Rest = lists:nthtail(length(Some), Ps),
    Pairs = lists:zip(lists:map(Call, Some), Some),
    Main ! {self(), length(Rest),
        [{M, P} || {M, C} <- Calls, P <- Those(Pairs, {C, '$1'}, [], '$1')]},
    Rest =:= [] orelse Scan(Rest)
end,
Gather = fun Gather(P, R, Left, Found) ->
    receive
        {P, 0, Some} -> {0, lists:append([Some | Found])};
        {P, N, Some} -> Gather(P, R, N, [Some | Found]);
        {'DOWN', R, _, _, _} -> {Left, lists:append(Found)}
    after max(0, Begin + ScanMs - Now()) ->
        exit(P, kill),
        {Left, lists:append(Found)}
    end
end,
{Unasked, Began} = case Changed of
    [] -> {0, []};
    _ ->
        {P, R} = spawn_monitor(fun() -> Scan(processes()) end),
        Gather(P, R, erlang:system_info(process_count), [])
end,

%% Children of a process, or how release_handler would fail on it. A server that
%% is not an OTP supervisor might not survive the question, so this process
%% calls its code, with a copy of its state.
Ask = fun(P, Q, Ms) ->
    case catch gen_server:call(P, Q, Ms) of
        List when is_list(List) -> List;
        {'EXIT', {timeout, _}} -> silent;
        {'EXIT', _} -> [];
        _ -> error
    end
end,
Reply = fun(M, Q, State) ->
    Tag = make_ref(),
    Later = fun() -> receive {Tag, A} -> A after 1000 -> silent end end,
    case catch M:handle_call(Q, {self(), Tag}, State) of
        {reply, A, _} -> A;
        {reply, A, _, _} -> A;
        {noreply, _} -> Later();
        {noreply, _, _} -> Later();
        _ -> ends
    end
end,
Try = fun(P, M, Root) ->
    case Within(AskMs + 3000, fun() ->
        State = sys:get_state(P, AskMs),
        case Root andalso Reply(M, get_callback_module, State) of
            Bad when Bad =:= silent; Bad =:= ends -> Bad;
            _ -> Reply(M, which_children, State)
        end
    end) of
        {ok, A} when is_list(A); A =:= silent; A =:= ends -> A;
        {ok, _} -> error;
        none -> case is_process_alive(P) of
            true -> silent;
            false -> []
        end
    end
end,
Children = fun(P, Root) ->
    {M, F, _} = case node(P) of
        N when N =:= node() -> Call(P);
        _ -> {supervisor, '-', 1}
    end,
    Server = F =:= init andalso erlang:function_exported(M, handle_call, 3),
    In = Here(P),
    case M =:= supervisor orelse M =:= supervisor_bridge
        orelse (not Server andalso (Speaks(M) orelse Speaks(In))) of
        true -> Ask(P, which_children, AskMs);
        false when Server -> Try(P, M, Root);
        false when In =:= gone -> [];
        false -> plain
    end
end,
%% Of the children with `modules => dynamic`, only a gen_event knows its
%% modules.
Modules = fun(P) ->
    case Call(P) of
        {gen_event, _, _} ->
            case catch gen:call(P, self(), get_modules, AskMs) of
                {ok, Ms} when is_list(Ms) -> Ms;
                {'EXIT', {timeout, _}} -> silent;
                {'EXIT', _} -> [];
                _ -> error
            end;
        _ -> case is_process_alive(P) of
            true -> dynamic;
            false -> []
        end
    end
end,
%% {Bad, Known, Late}: [{Process, How}]; [{Module, Processes}] that would get a
%% code_change; the number of supervisors that there was no time to ask.
Known = fun(Kids) ->
    Sets = lists:usort(Those(Kids, {'_', '$1', '_', '$2'},
        [{is_pid, '$1'}, {is_list, '$2'}], '$2')),
    [{M, Those(Kids, {'_', '$1', '_', '$2'},
        [{is_pid, '$1'}, {'=:=', '$2', {const, Ms}}], '$1')}
        || Ms <- Sets, M <- Changed, lists:member(M, Ms)]
end,
Walk = fun Walk(P, Root, {Bad, Told, Late}) ->
    case Now() > Begin + WalkMs orelse Children(P, Root) of
        true -> {Bad, Told, Late + 1};
        How when is_atom(How) -> {[{P, How} | Bad], Told, Late};
        Kids ->
            Asked = [{K, Modules(K)} || K <- Those(Kids,
                {'_', '$1', worker, dynamic}, [{is_pid, '$1'}], '$1')],
            Odd = [{K, dynamic} || K <- Those(Kids,
                {'_', '$1', supervisor, '$2'},
                [{is_pid, '$1'}, {'not', {is_list, '$2'}}], '$1')],
            lists:foldl(fun(K, Acc) -> Walk(K, false, Acc) end,
                {[A || A = {_, How} <- Asked, is_atom(How), How =/= []]
                    ++ Odd ++ Bad,
                 Known(Kids) ++ Told ++ [{M, [K]} || {K, Ms} <- Asked,
                    is_list(Ms), M <- Changed, lists:member(M, Ms)],
                 Late},
                Those(Kids, {'_', '$1', supervisor, '_'},
                    [{is_pid, '$1'}], '$1'))
    end
end,
Top = fun(App) ->
    case application_controller:get_master(App) of
        Master when is_pid(Master) ->
            case Within(AskMs,
                fun() -> application_master:get_child(Master) end) of
                {ok, {Root, _}} when is_pid(Root) -> Root;
                _ -> none
            end;
        _ -> none
    end
end,
Apps = case Walks andalso Within(AskMs, fun application:which_applications/0) of
    {ok, List} -> [A || {A, _, _} <- List];
    _ -> []
end,
{Bads, Tells, Lates} = lists:foldl(fun(App, {B, T, L}) ->
    case length(B) < 5 andalso Top(App) of
        Root when is_pid(Root) ->
            Self = case Call(Root) of
                {supervisor, M, _} -> [{M, [Root]}];
                _ -> []
            end,
            {Bad, Told, Late} = Walk(Root, true, {[], Self, 0}),
            {[{App, X} || X <- Bad] ++ B, Told ++ T, Late + L};
        _ -> {B, T, L}
    end
end, {[], [], 0}, Apps),

Left = [{M, P} || M <- Changed, Lates =:= 0,
    P <- lists:usort([Q || {N, Q} <- Began, N =:= M])
        -- lists:append([Ps || {N, Ps} <- Tells, N =:= M]),
    is_process_alive(P)],
