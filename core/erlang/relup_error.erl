%% A sentence for each error of systools: which application, which versions, what
%% to write where. The errors are those of systools_make, systools_relup and
%% systools_rc of OTP 25 to 27.
-module(relup_error).
-export([sentences/4, warnings/3, missing/5, family/1, place/3, unreadable/4,
    no_appup/4, must/6, no_entry/4, foreign/4, impossible/3]).

%% Module: of {error, Module, Error}; crash: systools ended with this reason.
%% Old and New: the two releases (relup.erl).
sentences(systools_make, Errors, Old, New) when is_list(Errors) ->
    lists:append([sentences(systools_make, E, Old, New) || E <- Errors]);
sentences(systools_make, {error, Error}, Old, New) ->
    sentences(systools_make, Error, Old, New);
sentences(systools_make, {apps, Errors}, Old, New) ->
    sentences(systools_make, Errors, Old, New);
sentences(systools_make, {modules, Errors}, Old, New) ->
    sentences(systools_make, Errors, Old, New);
sentences(systools_relup, {no_relup, File, App, From}, _, _) ->
    [no_entry(File, element(2, App), From, element(3, App))];
sentences(Module, Error, Old, New) ->
    {Format, Args} = say(Module, Error, Old, New),
    Text = io_lib:format(Format, Args),
    [io_lib:format("~ts -> ~ts: ~ts", [version(Old), version(New), Text])].

version(#{version := V}) -> V.

%% systools_relup: finding the appups.
say(systools_relup, {file_problem, {File, What}}, _, New) ->
    case filename:extension(File) of
        ".appup" -> {"~ts", [appup_problem(File, What, New)]};
        _ -> {"~ts cannot be used: ~0tP", [filename:basename(File), What, 12]}
    end;
say(systools_relup, {missing_sasl, Release}, _, _) ->
    {"~ts ~ts does not contain sasl, whose release_handler upgrades a node: "
        "add sasl to the applications of the release (rebar.config: relx; "
        "mix.exs: `applications: [sasl: :permanent]` in the release)",
        [element(2, Release), element(3, Release)]};

%% systools_make: reading the .rel and .app files.
say(systools_make, badly_formatted_release, _, _) ->
    {"the .rel file is not {release, {NAME, VERSION}, {erts, ERTS}, APPS}", []};
say(systools_make, {illegal_name, Name}, _, _) ->
    {"the .rel file has the name ~0tP, which is not a string", [Name, 8]};
say(systools_make, {illegal_form, {erts, Vsn}}, _, _) ->
    {"the .rel file has the erts ~0tP, which is not a string", [Vsn, 8]};
say(systools_make, {illegal_form, Vsn}, _, _) ->
    {"the .rel file has the version ~0tP, which is not a string", [Vsn, 8]};
say(systools_make, {missing_parameter, What}, _, _) ->
    {"the .rel file lacks its ~0tP", [What, 8]};
say(systools_make, {illegal_applications, Apps}, _, _) ->
    {"the .rel file has applications that are not {NAME, VERSION, TYPE}: ~0tP",
        [Apps, 12]};
say(systools_make, {missing_mandatory_app, App}, _, _) ->
    {"the release does not contain ~tw: build the release again", [App]};
say(systools_make, {mandatory_app, App, Type}, _, _) ->
    {"the release has ~ts as ~tw: make it permanent in the release's list of "
        "applications", [mandatory(App), Type]};
say(systools_make, {undefined_applications, Apps}, _, _) ->
    {"an application needs ~ts, and the release does not contain it: add it to "
        "the release's list of applications, or remove it from `applications` "
        "in the .app file that names it", [names(Apps)]};
say(systools_make, {circular_dependencies, Apps}, _, _) ->
    {"these applications depend on each other in a circle: ~ts: remove one "
        "from `applications` in the .app file of another", [names(Apps)]};
say(systools_make, {duplicate_register, Dups}, _, _) ->
    {"two applications register the same process name: ~ts: correct "
        "`registered` in one of their .app files", [pairs(Dups)]};
say(systools_make, {duplicate_include, Dups}, _, _) ->
    {"two applications include the same application: ~ts: correct "
        "`included_applications` in one of their .app files", [pairs(Dups)]};
say(systools_make, {duplicate_modules, Dups}, _, _) ->
    {"two applications have a module of the same name: ~ts: rename one",
        [pairs(Dups)]};
say(systools_make, {included_and_used, Apps}, _, _) ->
    {"~0tP are both included and used: remove them from `applications` or from "
        "`included_applications` in the .app file", [Apps, 12]};
say(systools_make, {bad_application_name, {App, Found}}, _, _) ->
    {"~tw.app describes ~0tP: build the release again", [App, Found, 8]};
say(systools_make, {error_reading, {App, What}}, Old, New) ->
    {"~tw.app~ts", [App, app_problem(App, What, Old, New)]};
say(systools_make, {not_found, File}, _, _) ->
    {"~ts is missing: build the release again", [filename:basename(File)]};
say(systools_make, {parse, File, _}, _, _) ->
    {"~ts is not valid Erlang: build the release again",
        [filename:basename(File)]};
say(systools_make, {read, File}, _, _) ->
    {"~ts cannot be read", [filename:basename(File)]};
say(systools_make, {open, File, Why}, _, _) ->
    {"~ts cannot be opened: ~0tP", [filename:basename(File), Why, 8]};

%% systools_rc: the instructions of the appups.
say(systools_rc, {no_such_module, M}, Old, New) ->
    {"an appup loads ~tw, but no application of the release has this module: "
        "correct its name, or add it to `modules` of the .app file~ts",
        [M, hint(M, Old, New)]};
say(systools_rc, {undef_module, M}, Old, New) ->
    {"an appup says that a module depends on ~tw, but has no instruction for "
        "~tw: add one, or remove it from the list of dependencies~ts",
        [M, M, hint(M, Old, New)]};
say(systools_rc, {muldef_module, M}, Old, New) ->
    {"the appups have two instructions for ~tw: keep one~ts",
        [M, hint(M, Old, New)]};
say(systools_rc, {no_such_application, App}, _, _) ->
    {"an appup starts or restarts ~tw, which is not in both releases: correct "
        "its name", [App]};
say(systools_rc, {removed_application_present, App}, _, _) ->
    {"an appup removes ~tw, but the release still contains it: remove the "
        "instruction, or the application from the release", [App]};
say(systools_rc, {conflicting_versions, App, V1, V2}, _, _) ->
    {"appups load code of ~tw ~ts and of ~tw ~ts: name one version in their "
        "load_object_code", [App, V1, App, V2]};
say(systools_rc, {bad_op_before_point_of_no_return, I}, _, _) ->
    {"an appup has ~0tP before point_of_no_return, where only load_object_code "
        "and apply are allowed: move it after point_of_no_return", [I, 12]};
say(systools_rc, too_many_point_of_no_return, _, _) ->
    {"an appup has point_of_no_return twice: keep one", []};
say(systools_rc, {no_object_code, M}, Old, New) ->
    {"an appup loads ~tw without a load_object_code for it: add one, or write "
        "{load_module, ~tw}~ts", [M, M, hint(M, Old, New)]};
say(systools_rc, {suspended_not_resumed, Ms}, _, _) ->
    {"an appup suspends ~ts and does not resume it: add a resume", [names(Ms)]};
say(systools_rc, {resumed_not_suspended, Ms}, _, _) ->
    {"an appup resumes ~ts and does not suspend it: add a suspend", [names(Ms)]};
say(systools_rc, {code_change_not_suspended, Ms}, _, _) ->
    {"an appup has a code_change of ~ts without a suspend: add one, or write "
        "{update, MODULE, {advanced, EXTRA}}", [names(Ms)]};
say(systools_rc, {start_not_stop, Ms}, _, _) ->
    {"an appup starts ~ts without stopping it first: add a stop", [names(Ms)]};
say(systools_rc, {stop_not_start, Ms}, _, _) ->
    {"an appup stops ~ts and does not start it again: add a start",
        [names(Ms)]};
say(systools_rc, {not_yet_implemented, What}, _, _) ->
    {"an appup has ~tw, which Erlang/OTP does not implement: remove it",
        [What]};
say(systools_rc, {bad_instruction, I}, _, _) ->
    {"an appup has ~0tP, which is not an instruction of appup(4)", [I, 12]};
say(systools_rc, {Bad, Value}, _, _) ->
    case lists:keyfind(Bad, 1, parts()) of
        {_, Part, Rule} ->
            {"an instruction of an appup has ~0tP as ~ts: ~ts",
                [Value, 12, Part, Rule]};
        false -> {"the appups are refused: ~0tP", [{Bad, Value}, 16]}
    end;

say(crash, Reason, _, _) ->
    {"systools crashed, most likely on a malformed instruction in an appup: "
        "~0tP", [Reason, 16]};
say(Module, Error, _, _) ->
    {"~tw refuses: ~0tP", [Module, Error, 16]}.

%% {Error, part of an instruction, what it must be}.
parts() ->
    [{bad_module, "a module", "write an atom"},
     {bad_change, "the kind of change", "write soft or {advanced, EXTRA}"},
     {bad_mod_type, "the type of a module", "write static or dynamic"},
     {bad_purge_method, "a purge method",
        "write brutal_purge or soft_purge"},
     {bad_list, "a list of modules", "write [MODULE, ...]"},
     {bad_args_list, "the arguments of a function", "write [ARGUMENT, ...]"},
     {bad_node, "a node", "write an atom"},
     {bad_application, "an application", "write an atom"},
     {bad_start_type, "a start type",
        "write permanent, transient, temporary, load or none"},
     {bad_func, "a function", "write an atom"},
     {bad_lib, "an application", "write an atom"},
     {bad_lib_vsn, "a version", "write a string"},
     {bad_timeout, "a timeout",
        "write default, infinity or a number of milliseconds"},
     {bad_mode, "a direction", "write up or down"},
     {bad_code_change, "a code_change", "write {MODULE, EXTRA}"}].

%% systools_make names sasl where it means stdlib.
mandatory(sasl) -> "stdlib or sasl";
mandatory(App) -> atom_to_list(App).

names(Apps) ->
    lists:join(", ", [io_lib:format("~0tP", [A, 8]) || A <- lists:usort(Apps)]).

%% [{{Name, App1, ...}, {Name, App2, ...}}]; before OTP 25, those of modules
%% have the version of the module in between.
pairs(Dups) ->
    lists:join(", ", [pair(D) || D <- Dups]).

pair({{N, A, _, _}, {N, B, _, _}}) ->
    io_lib:format("~tw (~tw and ~tw)", [N, A, B]);
pair({{N, A, _}, {N, B, _}}) ->
    io_lib:format("~tw (~tw and ~tw)", [N, A, B]);
pair({{N, _, A, _, _}, {N, _, B, _, _}}) ->
    io_lib:format("~tw (~tw and ~tw)", [N, A, B]);
pair(Other) ->
    io_lib:format("~0tP", [Other, 8]).

app_problem(_, {not_found, _}, _, _) ->
    " is missing in the release: build it again";
app_problem(App, {no_valid_version, {{_, Want}, {_, File, Has}}}, _, _) ->
    Folder = filename:basename(filename:dirname(filename:dirname(File))),
    case atom_to_list(App) ++ "-" ++ Want of
        Folder -> io_lib:format(" has version ~ts, but the .rel file names ~ts: "
            "build the release again", [Has, Want]);
        _ -> % found in the folder of another version
            app_problem(App, {not_found, File}, none, none)
    end;
app_problem(_, {application_vsn, {_, Want}}, _, _) ->
    io_lib:format(" of version ~ts is missing: build the release again",
        [Want]);
app_problem(_, {{bad_param, P}, _}, _, _) ->
    io_lib:format(" has a bad ~tw: correct it in the .app.src or mix.exs of "
        "the application", [P]);
app_problem(_, {{missing_param, P}, _}, _, _) ->
    io_lib:format(" lacks ~tw: add it to the .app.src or mix.exs of the "
        "application", [P]);
app_problem(_, {badly_formatted_application, _}, _, _) ->
    " is not {application, NAME, [...]}: build the release again";
app_problem(_, {override_include, Apps}, _, _) ->
    io_lib:format(" does not have ~0tP in included_applications, but the .rel "
        "file includes it", [Apps, 8]);
app_problem(_, {parse_error, {_, Line, _}}, _, _) ->
    io_lib:format(" is not valid Erlang at line ~0tP: build the release again",
        [Line, 4]);
app_problem(_, What, _, _) ->
    io_lib:format(" cannot be used: ~0tP", [What, 12]).

appup_problem(File, What, New) ->
    App = list_to_atom(filename:basename(File, ".appup")),
    To = proplists:get_value(App, maps:get(apps, New), "?"),
    case What of
        {error, {open, _, _}} -> io_lib:format("~tw ~ts has no appup", [App, To]);
        {error, {open, _}} -> io_lib:format("~tw ~ts has no appup", [App, To]);
        _ -> unreadable(File, place(File, App, To), "VERSION", To)
    end.

%% With the line of the first mistake.
unreadable(File, Name, From, To) ->
    case file:consult(File) of
        {error, {Line, Module, Why}} when is_atom(Module) ->
            io_lib:format("~ts is not valid Erlang at line ~0tP: ~ts",
                [Name, Line, 4, Module:format_error(Why)]);
        {error, Why} -> io_lib:format("~ts cannot be read: ~0tP", [Name, Why, 8]);
        {ok, _} -> io_lib:format("~ts is not an appup: write "
            "{\"~ts\", [{\"~ts\", UP}], [{\"~ts\", DOWN}]}.",
            [Name, To, From, From])
    end.

%% The name of an appup for a person.
place(File, App, Version) ->
    case lists:reverse(filename:split(File)) of
        [Name, "ebin" | _] -> io_lib:format("lib/~tw-~ts/ebin/~ts of the release",
            [App, Version, Name]);
        [Name | _] -> "appup/" ++ Name
    end.

%% Which application has the module, and with it the appup.
hint(Module, Old, New) ->
    Apps = lists:usort([{A, V} || #{apps := As} = R <- [New, Old],
        {A, V} <- As, lists:member(Module, modules(R, A, V))]),
    case Apps of
        [{App, _} | _] -> io_lib:format(" (~tw is in ~tw)", [Module, App]);
        [] -> ""
    end.

modules(#{root := Root}, App, Version) ->
    Name = atom_to_list(App),
    File = filename:join([Root, "lib", Name ++ "-" ++ Version, "ebin",
        Name ++ ".app"]),
    case file:consult(File) of
        {ok, [{application, _, Keys}]} -> proplists:get_value(modules, Keys, []);
        _ -> []
    end.

%% Warnings of make_relup that make a relup useless: throws {problems, ...}.
warnings(Warnings, Old, New) ->
    case [S || W <- Warnings, S <- warning(W)] of
        [] -> ok;
        Bad -> throw({problems, [io_lib:format("~ts -> ~ts: ~ts",
            [version(Old), version(New), S]) || S <- lists:usort(Bad)]})
    end.

warning({bad_vsn, {Has, Want}}) ->
    [io_lib:format("an appup is for version ~0tP, but the release has ~ts: "
        "write \"~ts\" as its first element", [Has, 8, Want, Want])];
warning({erts_vsn_changed, {{_, A}, {_, B}}}) ->
    [io_lib:format("the Erlang runtime changes (erts ~ts, ~ts), which needs a "
        "stop and start (--cold)", [A, B])];
warning(pre_R15_emulator_upgrade) ->
    ["the old release is older than Erlang/OTP R15, which needs a stop and "
        "start (--cold)"];
warning(_) -> [].

missing(App, From, To, Module, How) ->
    {Is, Instruction, Else} = case How of
        changed -> {"changed", "load_module", "old code keeps running"};
        added -> {"is new", "add_module", "the node runs without it"};
        deleted -> {"was removed", "delete_module", "it stays loaded"}
    end,
    io_lib:format("~tw ~ts -> ~ts: ~tw ~ts, and the appup has no instruction "
        "for it: add {~ts, ~tw}, or ~ts",
        [App, From, To, Module, Is, Instruction, Module, Else]).

%% Who makes an application: a project cannot add appups to those of Elixir and
%% OTP.
family(App) ->
    Elixir = [elixir, eex, ex_unit, iex, logger, mix],
    Otp = [asn1, common_test, compiler, crypto, debugger, dialyzer, diameter,
        edoc, eldap, erl_docgen, erl_interface, et, eunit, ftp, inets, jinterface,
        kernel, megaco, mnesia, observer, odbc, os_mon, parsetools, public_key,
        reltool, runtime_tools, sasl, snmp, ssh, ssl, stdlib, syntax_tools, tftp,
        tools, wx, xmerl],
    case {lists:member(App, Elixir), lists:member(App, Otp)} of
        {true, _} -> elixir;
        {_, true} -> otp;
        _ -> project
    end.

%% Advice: the commands that draft an appup.
no_appup(App, From, To, Advice) ->
    io_lib:format("~tw ~ts -> ~ts has no appup: write appup/~tw.appup (~ts)",
        [App, From, To, App, Advice]).

must(App, From, To, First, More, Advice) ->
    io_lib:format("~tw ~ts -> ~ts: a person must complete the draft of its "
        "appup: ~ts~ts: write appup/~tw.appup (~ts)", [App, From, To, First,
        case More of 0 -> ""; _ -> io_lib:format(" (and ~w more)", [More]) end,
        App, Advice]).

no_entry(File, App, From, To) ->
    io_lib:format("~tw ~ts -> ~ts: ~ts has no entry for ~ts: add {\"~ts\", "
        "[...]} to both of its lists", [App, From, To, place(File, App, To),
        From, From]).

foreign(elixir, App, From, To) ->
    io_lib:format("~tw ~ts -> ~ts belongs to Elixir, which has no appups",
        [App, From, To]);
foreign(otp, App, From, To) ->
    io_lib:format("~tw ~ts -> ~ts belongs to Erlang/OTP, whose appup has no entry "
        "for ~ts", [App, From, To, From]).

impossible(Old, New, Why) ->
    From = version(Old),
    io_lib:format("no relup leads hot from ~ts to ~ts: ~ts; hosts on ~ts need a "
        "stop and start (--cold)", [From, version(New), lists:join("; ", Why),
        From]).
