%% Calls Commit, which makes version To permanent, then makes To what the node
%% would start again with. bin/<app> of `mix release` takes RELEASE_VSN,
%% RELEASE_SYS_CONFIG, RELEASE_VM_ARGS and RELEASE_REMOTE_VM_ARGS from its
%% environment if they are set there, and exports them. So they are in the
%% environment of the node, which its config providers read when it restarts in
%% process, and of programs that it starts; and in that of heart, which runs
%% HEART_COMMAND with the environment of its own start. Sys: the operator's own
%% RELEASE_SYS_CONFIG, else "". Its value: Commit's, or {heart, Error}.
Get = fun(Name) ->
    case os:getenv(Name) of
        false -> "";
        Value -> Value
    end
end,
Was = Get("RELEASE_VSN"),
Folder = fun(V) -> filename:join([Get("RELEASE_ROOT"), "releases", V]) end,
Of = fun(Name) ->
    case string:prefix(Get(Name), Folder(Was) ++ "/") of
        nomatch -> [];
        Rest -> [{Name, filename:join(Folder(To), Rest)}]
    end
end,
%% As bin/<app> does: its providers need a file that they can write to. It will hold
%% secrets, and RELEASE_TMP can be open to other users, who can put links there.
Runtime = fun(From) ->
    {ok, Text} = file:read_file(From ++ ".config"),
    case binary:match(Text, <<"RUNTIME_CONFIG=true">>) of
        nomatch -> From;
        _ ->
            File = filename:join(Get("RELEASE_TMP"), lists:concat(
                [Get("RELEASE_NAME"), "-", To, "-",
                 os:system_time(), "-", os:getpid(), ".runtime"])),
            ok = filelib:ensure_dir(File),
            ok = file:write_file(File ++ ".config", <<>>, [exclusive]),
            ok = file:change_mode(File ++ ".config", 8#600),
            ok = file:write_file(File ++ ".config", Text),
            File
    end
end,
Made = lists:prefix(Get("RELEASE_NAME") ++ "-" ++ Was ++ "-",
    filename:basename(Get("RELEASE_SYS_CONFIG"))),
Variables = case {Was, Of("RELEASE_SYS_CONFIG")} of
    {"", _} -> [];
    {To, _} -> [];
    {_, []} when not Made -> [{"RELEASE_VSN", To}];
    _ when Sys =/= "" -> [{"RELEASE_VSN", To}, {"RELEASE_SYS_CONFIG", Runtime(Sys)}];
    _ -> [{"RELEASE_VSN", To},
          {"RELEASE_SYS_CONFIG", Runtime(filename:join(Folder(To), "sys"))}]
end ++ [V || Was =/= "", Was =/= To, V <- Of("RELEASE_VM_ARGS")
    ++ Of("RELEASE_REMOTE_VM_ARGS")],
Quoted = fun(Text) -> ["'", string:replace(Text, "'", "'\\''", all), "'"] end,
Heart = fun() ->
    {ok, Set} = heart:get_cmd(),
    Command = case Set of "" -> Get("HEART_COMMAND"); _ -> Set end,
    case Command =:= "" orelse string:prefix(Command, "unset RELEASE_VSN") of
        nomatch -> heart:set_cmd(lists:flatten(["unset ",
            lists:join(" ", [N || {N, _} <- Variables]), "; ",
            [["RELEASE_SYS_CONFIG=", Quoted(Sys), "; export RELEASE_SYS_CONFIG; "]
                || Sys =/= ""], Command]));
        _ -> ok
    end
end,
case Commit() of
    ok when Variables =:= [] -> ok;
    ok ->
        [os:putenv(Name, Value) || {Name, Value} <- Variables],
        init:make_permanent(filename:join(Folder(To),
            case Get("RELEASE_BOOT_SCRIPT") of "" -> "start"; Boot -> Boot end),
            Get("RELEASE_SYS_CONFIG")),
        case whereis(heart) =/= undefined andalso Heart() of
            {error, Why} -> {heart, Why};
            _ -> ok
        end;
    Failed -> Failed
end
