%% needs: vm_config vm_code
Id = fun(P) when is_pid(P) -> pid_to_list(P) -- "<>";
        (P) when is_port(P) -> lists:nthtail(5, erlang:port_to_list(P)) -- "<>";
        (_) -> "-"
end,
Owner = fun(P) when is_pid(P) ->
               case application:get_application(P) of
                   {ok, A} -> Name(A);
                   _ -> "-"
               end;
           (_) -> "-"
end,
Line = fun(Key, Words) -> lists:flatten(lists:join(" ", [Key | Words])) end,
%% In a process of its own, because the process that it asks can be blocked.
Answer = fun(F) ->
    {P, R} = spawn_monitor(fun() -> exit({answer, catch F()}) end),
    receive
        {'DOWN', R, _, _, {answer, List}} when is_list(List) -> List;
        {'DOWN', R, _, _, _} -> []
    after 2000 ->
        exit(P, kill),
        blocked
    end
end,
{Blocked, Releases} = case Answer(fun release_handler:which_releases/0) of
    blocked -> {true, []};
    Known -> {false, Known}
end,
Running = case Answer(fun application:which_applications/0) of
    blocked -> [];
    Some -> Some
end,
%% Where release_handler hangs: its own function, not those that it called.
Where = fun(P) ->
    {_, Stack} = process_info(P, current_stacktrace),
    hd([[Name(M), $:, Name(F)] || {M, F, _, _} <- Stack,
        lists:prefix("release_handler", atom_to_list(M))] ++ ["-"])
end,
Current = [L || {_, _, L, current} <- Releases]
    ++ [L || {_, _, L, permanent} <- Releases],
Libraries = case Current of
    [] -> [];
    [First | _] -> [Words || L <- First,
        Words <- [lists:map(Name, string:split(L, "-"))], length(Words) == 2]
end,
Version = hd([V || {_, V, _, current} <- Releases]
    ++ [V || {_, V, _, permanent} <- Releases]
    ++ [element(2, init:script_id())]),
{Configured, Unread} = try Settings(Version)
    catch _:_ -> {[{A, K, "unknown"} || {A, _, _} <- application:loaded_applications(),
        {K, _} <- application:get_all_env(A)], []}
end,
%% If no release lists its libraries, they are those of the loaded applications.
%% It is not known whether modules of other libraries belong to the release.
Applications = [hd(string:split(L, "-")) || {_, _, Ls, _} <- Releases, L <- Ls],
{Other, Gone, Absent} = case {Blocked, [L || L <- Current, L =/= []]} of
    {true, _} -> {[], [], []};
    {false, [Listed | _]} -> Modules(Listed, Version, Applications);
    {false, []} -> setelement(2, Modules([atom_to_list(A) ++ "-" ++ V
        || {A, _, V} <- application:loaded_applications()], Version,
        Applications), [])
end,
{Present, _} = lists:unzip(code:all_loaded()),
Old = lists:filter(fun erlang:check_old_code/1, Present),
Call = fun({M, F, A}) -> [Name(M), $:, Name(F), $/, integer_to_list(A)];
          (_) -> "-"
end,
Who = fun(P) ->
    case {process_info(P, registered_name), process_info(P, initial_call)} of
        {{_, N}, _} -> Name(N);
        {_, {_, {proc_lib, init_p, _}}} -> Call(proc_lib:translate_initial_call(P));
        {_, {_, {erlang, apply, _}}} ->
            case process_info(P, current_function) of
                {_, F} -> Call(F);
                _ -> "-"
            end;
        {_, {_, F}} -> Call(F);
        _ -> "-"
    end
end,
Until = erlang:monotonic_time(millisecond) + 3000,
%% Uses functions of lists only: evaluated code is slow.
Asked = fun(P) -> lists:zip(lists:zipwith(fun erlang:check_process_code/2,
    lists:duplicate(length(Old), P), Old), Old)
end,
Linger = fun(P, {Found, Unasked}) ->
    case erlang:monotonic_time(millisecond) < Until of
        true -> {case lists:keyfind(true, 1, Asked(P)) of
            {true, M} -> maps:update_with(M,
                fun({N, Q}) -> {N + 1, Q} end, {1, P}, Found);
            false -> Found
        end, Unasked};
        false -> {Found, Unasked + 1}
    end
end,
{Lingering, Unasked} = lists:foldl(Linger, {#{}, 0},
    [P || Old =/= [], P <- processes()]),
[Line("vm_init", [Name(element(1, init:get_status()))]),
 Line("vm_pid", [os:getpid()]),
 Line("vm_creation", [integer_to_list(erlang:system_info(creation))]),
 Line("vm_script", [Name(element(2, init:script_id()))]),
 Line("vm_names", [Name(file:native_name_encoding())])]
++ [Line("vm_releases", [Name(V), Name(S)]) || {_, V, _, S} <- Releases]
++ [Line("vm_libraries", Library) || Library <- Libraries]
++ [Line("vm_apps", [Name(A), Name(V), Id(application_controller:get_master(A))])
    || {A, _, V} <- Running]
++ [Line("vm_blocked", [catch Where(whereis(release_handler))]) || Blocked]
++ [Line("vm_modified", [Name(M)]) || M <- Other]
++ [Line("vm_gone", [Name(M)]) || M <- Gone]
++ [Line("vm_absent", [Name(M)]) || M <- Absent]
++ [Line("vm_old_code", [Name(M), integer_to_list(N), Id(P), Who(P)])
    || {M, {N, P}} <- lists:sublist(maps:to_list(Lingering), 100)]
++ [Line("vm_unasked", [integer_to_list(Unasked)]) || Unasked > 0]
++ [Line("vm_processes", [Name(N), Id(whereis(N)), Owner(whereis(N))])
    || N <- registered()]
++ [Line("vm_settings", [[Name(A), $/, Name(K)], S]) || {A, K, S} <- Configured]
++ [Line("vm_operators", [Clean(F)]) || F <- Operators]
++ [Line("vm_flags", [[Name(A), $/, Name(K)]])
    || {A, _, _} <- application:loaded_applications(), {K, _} <- Flags(A)]
++ [Line("vm_unread", [Clean(File), Why]) || {File, Why} <- Unread].
