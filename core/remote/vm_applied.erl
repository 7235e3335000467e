%% needs: vm_config
%% Checks whether release_handler can read Applied, the sys.config of Next, and
%% which settings of the files that the node was started with it would change.
%% Then the same for the running version, to which the node would go back. Lists
%% the settings that the install would change; keys that code has added do not
%% count, because a boot has them again.
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
Listed = release_handler:which_releases(),
Now = hd([V || {_, V, _, current} <- Listed] ++ [V || {_, V, _, permanent} <- Listed]
    ++ [element(2, init:script_id())]),
{Known, _} = Settings(Now),
%% Only a boot reads the first five (one is on the command line, and depends on
%% reboot_system_after_config), and code of Elixir and OTP sets the others.
Internal = [{elixir, config_provider_init}, {elixir, config_provider_booted},
    {elixir, config_provider_reboot_mode}, {kernel, start_distribution},
    {castle, config_providers},
    {elixir, ansi_enabled}, {runtime_tools, ttb_autostart_module}],
Changes = fun({A, Env}, Found) ->
    Layers = [Flags(A)] ++ Of(A, Found) ++ Env,
    Was = application:get_all_env(A),
    Keys = lists:usort([K || L <- [Was | Layers], {K, _} <- L]),
    [{Word, A, K} || K <- Keys, not lists:member({A, K}, Internal),
        Word <- case {Holding(K, Was), Value(K, Layers)} of
            {Same, Same} -> [];
            {[], _} -> ["added "];
            {_, []} when Env =:= [] -> [];
            {_, []} -> ["removed " || not lists:member({A, K, "own"}, Known)];
            _ -> ["changed "]
        end]
end,
Loaded = [A || {A, _, _} <- application:loaded_applications()],
Changed = fun(V, Found) ->
    [C || E = {A, _} <- lists:sort([{kernel, []} | [{A, [Env]} || {A, Env} <- Defaults(V)]]),
        lists:member(A, Loaded), C <- Changes(E, Found)]
end,
%% release_handler keeps the settings of the command line of this VM, but a boot
%% of Next would have another one, which is part of Applied.
Stuck = fun(V, Found) ->
    [{A, K} || Driver =:= "mix", {A, Env} <- Defaults(V), A =/= stdlib,
        {K, Is} <- Flags(A), not lists:member({A, K}, Internal),
        Value(K, Of(A, Found) ++ [Env]) =/= [Is]]
end,
{Next_found, Next_bad} = All([Applied], fun(_) -> Here end),
Line = fun(Word, A, K) -> ["config_", Word, Name(A), $/, Name(K)] end,
Runs = [V || Operators =/= [], {_, V, _, S} <- release_handler:which_releases(),
    S =:= current orelse S =:= permanent, V =/= Next],
lists:map(fun lists:flatten/1, Judge(Next, Applied, "config_")
    ++ [L || Next_bad =:= [], lists:all(Shaped, Next_found),
        L <- [Line("stuck ", A, K) || {A, K} <- Stuck(Next, Next_found)]
            ++ [Line(Word, A, K) || {Word, A, K} <- Changed(Next, Next_found)]]
    ++ [L || V <- lists:sublist(Runs, 1),
        L <- Judge(V, Packaged(V), "config_back_")]
    ++ [["config_operators ", Clean(F)] || F <- Operators]).
