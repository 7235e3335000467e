%% Evaluates the config providers of a release of mix where its boot would, and
%% writes the configuration of that boot; compare Elixir's config/provider.ex.
%% mix_config.sh gives the arguments in the environment.
Env = fun(Name) -> os:getenv(Name, "") end,
Try = Env("HDEPLOY_TRY"),
Root = Env("RELEASE_ROOT"),
Here = filename:join([Root, "releases", Env("RELEASE_VSN")]),
Say = fun(Key, Text) ->
    Line = unicode:characters_to_binary([Key, " ", Text, "\n"]),
    ok = file:write_file(Try ++ "/said", Line),
    halt(9)
end,

%% The environment as a boot has it: without our replacements, and with the
%% variables of the running VM that mix_config.sh names.
Running = case file:open(["/proc/", Env("HDEPLOY_VM"), "/environ"], [read, raw, binary]) of
    {ok, Fd} ->
        Text = case file:read(Fd, 1048576) of {ok, Bin} -> Bin; _ -> <<>> end,
        [{binary_to_list(N), V} || Pair <- binary:split(Text, <<0>>, [global]),
            [N, Value] <- [binary:split(Pair, <<"=">>)],
            V <- [unicode:characters_to_list(Value)], is_list(V)];
    _ -> []
end,
Cookie = case file:read_file(Root ++ "/releases/COOKIE") of
    {ok, Line} -> string:trim(binary_to_list(Line));
    _ -> ""
end,
[os:putenv("RELEASE_" ++ Name, case Env("HDEPLOY_" ++ Name) of "" -> Default; V -> V end)
    || {Name, Default} <- [{"TMP", Root ++ "/tmp"}, {"VM_ARGS", Here ++ "/vm.args"},
            {"BOOT_SCRIPT", "start"}, {"COOKIE", Cookie}],
       Value <- [Env("RELEASE_" ++ Name)],
       Value =:= "hdeploy"
           orelse string:find(Value, filename:basename(Try)) =/= nomatch],
case Env("HDEPLOY_AFLAGS") of
    "" -> os:unsetenv("ERL_AFLAGS");
    Own -> os:putenv("ERL_AFLAGS", Own)
end,
[os:putenv(Name, Value) || {Name, Value} <- Running,
    lists:member(Name, ["RELEASE_COMMAND" | string:lexemes(Env("HDEPLOY_TAKE"), " ")])],
[os:unsetenv(hd(string:split(P, "="))) || "HDEPLOY_" ++ _ = P <- os:getenv()],

%% The files of -config, as application_controller reads them: only sys.config
%% can name others.
Read = fun(File) -> {ok, [L]} = file:consult(File), L end,
Named = fun(File) -> filename:rootname(File, ".config") ++ ".config" end,
Beside = fun(File, Other) ->
    Near = filename:absname(Other, filename:dirname(File)),
    case filelib:is_regular(Near) of true -> Near; false -> Other end
end,
%% Merges a list of settings, the weakest first.
Put = fun({Key, _} = Setting, L) -> lists:keystore(Key, 1, L, Setting) end,
Merge = fun(Weak, Strong) ->
    lists:foldl(fun({App, More}, L) ->
        lists:keystore(App, 1, L, {App,
            lists:foldl(Put, proplists:get_value(App, L, []), More)})
    end, Weak, Strong)
end,
File = fun(Name) ->
    lists:foldl(fun({_, _} = E, L) -> Merge(L, [E]);
        (Other, L) -> Merge(L, Read(Beside(Name, Named(Other))))
    end, [], Read(Named(Name)))
end,
Files = [F || {ok, L} <- [init:get_argument(config)], [F] <- L],
{ok, Boot} = file:read_file(Here ++ "/start.boot"),
{script, _, Commands} = binary_to_term(Boot),
Apps = [kernel | [A || {apply, {application, load, [{application, A, _}]}} <- Commands]],

%% A message of a person ("DATABASE_URL is missing") is shown; one that Elixir
%% composes can contain a value, and so can one with the value of a variable.
Secrets = [V || P <- os:getenv(), [N, V] <- [string:split(P, "=")], length(V) > 3,
    not lists:prefix("RELEASE_", N), not lists:member(N, ["PATH", "HOME", "PWD", "OLDPWD",
        "USER", "LOGNAME", "LANG", "SHELL", "ROOTDIR", "BINDIR", "PROGNAME", "EMU"])],
Shown = fun(Name, Text) ->
    lists:member(Name, ['Elixir.RuntimeError', 'Elixir.System.EnvError'])
        andalso not lists:any(fun(S) -> string:find(Text, S) =/= nomatch end, Secrets)
end,
%% The place in a script: that of a syntax error, or of the call that failed.
Place = fun(E, Stack) ->
    Lines = [{F, L} || #{file := F, line := L} <- [E], is_integer(L)]
        ++ [{F, L} || {_, _, _, At} <- Stack, {file, F} <- At, {line, L} <- At],
    case [{F, L} || {F, L} <- Lines, filename:extension(F) =:= ".exs"
            orelse filename:extension(F) =:= <<".exs">>] of
        [{F, L} | _] -> [" at line ", integer_to_list(L)];
        [] -> ""
    end
end,
Why = fun(Provider, error, Reason, Stack) ->
        E = 'Elixir.Exception':normalize(error, Reason, Stack),
        Name = maps:get('__struct__', E),
        Message = 'Elixir.Exception':message(E),
        [Provider, " raised ", string:replace(atom_to_list(Name), "Elixir.", ""),
            Place(E, Stack),
            case Shown(Name, Message) of true -> [": ", Message]; false -> "" end];
    (Provider, Class, _, Stack) ->
        [Provider, " ended with ", atom_to_list(Class), Place(#{}, Stack)]
end,
Word = fun({'Elixir.Config.Reader', {{system, _, Path}, _}}) -> filename:basename(Path);
    ({'Elixir.Config.Reader', {Path, _}}) -> filename:basename(Path);
    ({Provider, _}) -> string:replace(atom_to_list(Provider), "Elixir.", "")
end,
Run = fun({Provider, State} = One, L) ->
    try Provider:load(L, State) of
        [_ | _] = More -> More;
        [] -> [];
        _ -> Say("why", [Word(One), " did not return a list"])
    catch
        Class:Reason:Stack -> Say("why", Why(Word(One), Class, Reason, Stack))
    end
end,
Sys = Env("RELEASE_SYS_CONFIG"),
Packaged = Read(Named(Sys)),
Init = [I || lists:member({apply, {'Elixir.Config.Provider', boot, []}}, Commands),
    {elixir, L} <- Packaged, {config_provider_init, I} <- L],
{Made, Way} = case Init of
    [#{providers := Ps, extra_config := Extra, reboot_system_after_config := Reboots}] ->
        {ok, _} = application:ensure_all_started(elixir),
        Deep = fun 'Elixir.Config.Reader':merge/2,
        Got = lists:foldl(Run, Deep(Packaged, Extra), Ps),
        case Reboots of
            true -> {Deep(Got, [{elixir, [{config_provider_booted, {booted, nil}}]}]), reboots};
            false -> {Got, stays}
        end;
    [] -> {File(Sys), none};
    _ -> Say("why", "this version of Elixir is not known: elixir/config_provider_init"
        " has another form")
end,
[Say("why", ["it sets ", atom_to_list(A), " in config/runtime.exs, which needs"
    " reboot_system_after_config: true"]) || Way =:= stays, A <- [kernel, stdlib],
    proplists:get_value(A, Made) =/= proplists:get_value(A, Packaged)],

%% -App Key Value of the command line is stronger than the files, but weaker
%% than providers that do not restart the VM. Our own flag does not count.
Term = fun(Text) ->
    {ok, Tokens, _} = erl_scan:string(Text ++ "."),
    {ok, T} = erl_parse:parse_term(Tokens),
    T
end,
Flags = fun(App) ->
    Pairs = fun P([K, V | More]) -> [{Term(K), Term(V)} | P(More)]; P(_) -> [] end,
    L = try lists:append([Pairs(One) || {ok, All} <- [init:get_argument(App)], One <- All])
    catch _:_ -> Say("why", ["a value of -", atom_to_list(App), " in vm.args is not valid"
        " Erlang"])
    end,
    case App of kernel -> [F || F <- L, F =/= {start_distribution, false}]; _ -> L end
end,
Conf = lists:foldl(fun(F, L) ->
    Merge(L, case Named(F) =:= Named(Sys) of true -> Made; false -> File(F) end)
end, [], Files),
Flagged = Merge(Conf, [{A, Fs} || A <- Apps, [_ | _] = Fs <- [Flags(A)]]),
All = case Way of stays -> Merge(Flagged, Made); _ -> Flagged end,

%% A boot ends if a setting that was compiled in differs.
[application:set_env(A, K, V) || {A, L} <- All, A =/= kernel, {K, V} <- L],
Compiled = fun({A, [K | _], _} = One) ->
    case catch 'Elixir.Config.Provider':validate_compile_env([One]) of
        ok -> ok;
        {'EXIT', {undef, _}} -> ok;
        _ -> Say("why", [atom_to_list(A), "/", io_lib:format("~tw", [K]),
            " differs from its value at compile time (compile_env)"])
    end
end,
[Compiled(One) || [#{validate_compile_env := [_ | _] = L}] <- [Init], One <- L],

%% What cannot be read back would be lost, or be read as something else.
Lasts = fun(V) ->
    case catch Term(lists:flatten(io_lib:format("~tw", [V]))) of
        V -> true;
        _ -> false
    end
end,
case [[atom_to_list(A), "/", io_lib:format("~tw", [K])] || {A, L} <- All, {K, V} <- L,
        not Lasts(V)] of
    [] -> ok;
    Lost -> Say(case Way of stays -> "unwritable"; _ -> "why" end,
        [lists:join(", ", Lost), ": a function, a pid, a port or a reference cannot be"
            " written to a file"])
end,
ok = file:write_file(Try ++ "/made.new", <<>>),
ok = file:change_mode(Try ++ "/made.new", 8#600),
ok = file:write_file(Try ++ "/made.new",
    unicode:characters_to_binary(io_lib:format("%% coding: utf-8~n~tw.~n", [All]))),
ok = file:rename(Try ++ "/made.new", Try ++ "/made"),
halt(0).
