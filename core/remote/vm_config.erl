Safe = "[^A-Za-z0-9_.@+~-]",
Name = fun(T) ->
    L = if is_atom(T) -> atom_to_list(T);
           is_list(T) -> T;
           true -> lists:flatten(io_lib:format("~tp", [T]))
        end,
    case L =/= [] andalso re:run(L, Safe, [{capture, none}, unicode]) of
        nomatch -> L;
        _ -> [$% | lists:join("%", [integer_to_list(C, 16) || C <- L])]
    end
end,
%% A file name, for a message.
Clean = fun(File) ->
    re:replace(File, "[^A-Za-z0-9_.@+~/-]", "?", [global, unicode, {return, list}])
end,
%% Compares the settings of applications in the files with those in the VM.
%% Values can be secret: they stay in the VM.

%% Reads a configuration file as the kernel does. Text that does not parse is
%% not shown: it could be part of a secret value.
Consult = fun(File) ->
    case filelib:is_regular(File) andalso file:consult(File) of
        {ok, [L]} when length(L) >= 0 -> {ok, L}; % a proper list
        {ok, _} -> {error, "is not a single list that ends with a dot"};
        {error, {At, _, _}} ->
            Place = case At of {L, _} -> L; L -> L end,
            {error, "is not valid Erlang at line " ++ integer_to_list(Place)};
        {error, Why} when is_atom(Why) ->
            {error, "cannot be read: " ++ file:format_error(Why)};
        _ -> {error, "is not there"}
    end
end,
%% {[{App, Env}], [Problem]} of a file and of the files that it names, which
%% Find locates; the strongest first.
Entries = fun(File, Find) ->
    Take = fun(E, {Got, Bad}) when is_tuple(E) -> {[E | Got], Bad};
        (E, {Got, Bad}) when not is_list(E), not is_atom(E) ->
            {Got, [{File, "is not a list of {Application, [{Key, Value}, ...]}"}
                | Bad]};
        (E, {Got, Bad}) ->
            Other = Find(filename:rootname(E, ".config") ++ ".config"),
            case Consult(Other) of
                {ok, L} -> {lists:reverse(L, Got), Bad};
                {error, Why} -> {Got, [{Other, Why} | Bad]}
            end
    end,
    case Consult(File) of
        {ok, L} -> lists:foldl(Take, {[], []}, L);
        {error, Why} -> {[], [{File, Why}]}
    end
end,
Term = fun(Text) ->
    {ok, Tokens, _} = erl_scan:string(Text ++ "."),
    {ok, T} = erl_parse:parse_term(Tokens),
    T
end,
%% -App Key Value of the command line
Flags = fun(App) ->
    Pairs = fun P([K, V | Rest]) -> [{Term(K), Term(V)} | P(Rest)];
        P(_) -> []
    end,
    case init:get_argument(App) of
        {ok, All} -> lists:append([catch Pairs(One) || One <- lists:reverse(All)]);
        _ -> []
    end
end,
Root = code:root_dir(),
Below = fun(Names) -> filename:join([Root | Names]) end,
%% The arguments that the node was started with. init:get_argument(config) does
%% not suffice: release_handler makes it name another file when it makes a
%% version permanent.
Arguments = case file:open("/proc/self/cmdline", [read, raw, binary]) of
    {ok, Fd} ->
        Said = [Bin || {ok, Bin} <- [file:read(Fd, 65536)]] ++ [<<>>],
        file:close(Fd),
        lists:takewhile(fun(A) -> A =/= "-extra" end,
            [unicode:characters_to_list(A)
                || A <- binary:split(hd(Said), <<0>>, [global])]);
    _ ->
        lists:append([["-config", F] || {ok, Fs} <- [init:get_argument(config)],
            [F] <- Fs])
end,
Inode = fun(File) ->
    case file:read_file_info(File) of
        {ok, I} -> {element(10, I), element(12, I)};
        _ -> File
    end
end,
StartedIn = case file:get_cwd() of {ok, Cwd} -> Cwd; _ -> Root end,
ConfigFiles = [filename:absname(filename:rootname(F, ".config") ++ ".config", StartedIn)
    || {"-config", F} <- lists:zip(Arguments, lists:nthtail(1, Arguments ++ [""])),
       is_list(F)],
%% Files of the operator: those that are not part of a release here. Distillery
%% itself generates the file that it starts a node with.
Operators = [F || Driver =:= "relx", F <- ConfigFiles,
    Inode(filename:dirname(filename:dirname(F))) =/= Inode(Below(["releases"]))],
Packaged = fun(Version) -> Below(["releases", Version, "sys.config"]) end,
%% The files that a start of a version by the same command would read.
ReadBy = fun(Version) ->
    [case Driver =/= "relx" orelse lists:member(F, Operators) of
        true -> F;
        false -> Packaged(Version)
    end || F <- ConfigFiles]
end,
%% [{App, Env}] of the .app files of a version, from its boot file
Defaults = fun(Version) ->
    case file:read_file(Below(["releases", Version, "start.boot"])) of
        {ok, Bin} ->
            {script, _, Commands} = binary_to_term(Bin),
            [{A, proplists:get_value(env, Keys, [])} ||
                {apply, {application, load, [{application, A, Keys}]}} <- Commands];
        _ -> []
    end
end,
%% Finds a file that sys.config names. When the node boots, that is next to
%% sys.config; for release_handler, it is in the node's working folder.
Beside = fun(File) ->
    fun(F) ->
        Near = filename:absname(F, filename:dirname(File)),
        case filelib:is_regular(Near) of true -> Near; false -> F end
    end
end,
Here = fun(F) -> F end,
All = fun(Files, Find) ->
    lists:foldl(fun(F, {Got, Bad}) ->
        {More, Worse} = Entries(F, Find(F)),
        {More ++ Got, Worse ++ Bad}
    end, {[], []}, Files)
end,
%% Whether nothing but the VM itself knows what the config providers of mix made
%% at boot: they did not restart the VM, or the file was removed afterwards.
Alone = fun(Bad) ->
    Driver =:= "mix" andalso case application:get_env(elixir, config_provider_init) of
        {ok, #{reboot_system_after_config := false}} -> true;
        _ -> Bad =/= []
    end
end,
%% The configuration of the running version: {[{App, Env}], [Problem]}. Kept is
%% a copy that the install in this VM made, if the file itself does not last.
Planned = fun(Version) ->
    Kept = Below([".hdeploy", "releases", Version, lists:concat(["config.",
        os:getpid(), ".", erlang:system_info(creation)])]),
    Booted = element(2, init:script_id()) =:= Version,
    case filelib:is_regular(Kept) of
        true -> All([Kept], fun(_) -> Here end);
        false when Booted; Operators =/= [] ->
            {_, Bad} = Read = All(ReadBy(Version), Beside),
            case Alone(Bad) of
                true -> {[], [booted]};
                false -> Read
            end;
        false when Driver =:= "distillery"; Driver =:= "mix" -> {[], [unknown]};
        false -> All([Packaged(Version)], fun(_) -> Here end)
    end
end,
Holding = fun(Key, Env) -> [V || {K, V} <- Env, K =:= Key] end,
Of = fun(App, Found) -> [E || {A, E} <- Found, A =:= App, is_list(E)] end,
%% Layers: settings of one application, the strongest first. Others: settings
%% that it might have fallen back to, besides the weaker layers.
State = fun(App, Key, Layers, Others) ->
    [First | Rest] = [Vs || L <- Layers, Vs <- [Holding(Key, L)], Vs =/= []],
    case application:get_env(App, Key) of
        undefined -> "missing";
        {ok, V} ->
            case {lists:member(V, First),
                  lists:member(V, lists:append(Rest)) orelse
                      lists:member(V, Holding(Key, lists:append(Others)))} of
                {true, _} -> "planned";
                {_, true} -> "fallen";
                _ -> "set"
            end
    end
end,
Settings = fun(Version) ->
    {Found, Bad} = Planned(Version),
    {Others, _} = All([Packaged(Version) | ConfigFiles], Beside),
    Packed = [P || Bad =:= [], P <- Defaults(Version)],
    Unplanned = fun(Keys, App, Word) ->
        [{App, K, Word} || {K, _} <- application:get_all_env(App),
            not lists:member(K, Keys)]
    end,
    One = fun(App) ->
        case Of(App, Packed) of
            [] when Bad =:= [booted] -> Unplanned([], App, "planned");
            [] when Packed =:= [] -> Unplanned([], App, "unknown");
            [] -> Unplanned([], App, "own");
            Env ->
                Layers = [Flags(App) | Of(App, Found)] ++ Env,
                Keys = lists:usort([K || L <- Layers, {K, _} <- L]),
                [{App, K, State(App, K, Layers, Of(App, Others))} || K <- Keys]
                    ++ Unplanned(Keys, App, "own")
        end
    end,
    {lists:append([One(A) || {A, _, _} <- application:loaded_applications()]),
     [B || Driver =:= "relx", {_, _} = B <- Bad,
        element(2, init:script_id()) =/= Version]}
end,
