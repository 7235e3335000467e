%% How one changed module is loaded: {Up, Down, Says}. Up and Down are load,
%% {update, Change} or {static, Change}. Says are {must, Text}, if a person must
%% write instructions or code for the change, and {note, Text}.
-module(appup_change).
-export([decide/3, name/1, written/3]).
-needs([appup_module]).

%% Old and New: the facts of the module. Changed: modules that also changed.
decide(Old, New, Changed) ->
    case {appup_module:kind(Old), appup_module:kind(New)} of
        {Kind, Kind} ->
            {Up, Down, Says} = decide(Kind, Old, New, Changed),
            {Up, Down, Says ++ child_spec(Old, New)};
        {From, To} -> {load, load, [must(New, "changes from ~ts to ~ts: write "
            "instructions that end its processes and start them again",
            [kind(From), kind(To)])]}
    end.

decide(statem, Old, New, Changed) ->
    Modes = {appup_module:callback_mode(Old), appup_module:callback_mode(New)},
    case Modes of
        {Mode, Mode} -> process(statem, Old, New, Changed);
        {From, To} -> new_mode(From, To, Old, New, Changed)
    end;
decide(Kind, Old, New, Changed) when Kind =:= server; Kind =:= event ->
    process(Kind, Old, New, Changed);
decide(supervisor, _, _, _) -> {supervisor, supervisor, []};
decide(special, Old, New, _) ->
    Says = case appup_module:same(Old, New, {{system_code_change, 4}, []}) of
        true -> [];
        false -> [note(New, "is a special process: system_code_change/4 "
            "converts its state", [])]
    end,
    {{update, {advanced, []}}, {update, {advanced, []}}, Says};
decide(application, Old, New, Changed) ->
    {load, load, start(Old, New, Changed)};
decide(_, Old, New, _) -> {load, load, loops(Old, New)}.

process(Kind, Old, New, Changed) ->
    State = state(Old, New, Changed),
    Convert = appup_module:code_change(New, Kind),
    Written = written(Kind, Old, New),
    Change = change(Convert, Written, State),
    {{update, Change}, {update, Change},
        said(Kind, {Old, New}, State, Written) ++ init(Kind, Old, New, State)}.

%% Whether NEW brings a code_change of its own for this change.
written(Kind, Old, New) ->
    appup_module:code_change(New, Kind) =:= own andalso
        not appup_module:same(Old, New, {appup_module:callback(Kind), []}).

%% Without an exported code_change the advanced change fails. One that was
%% written for an earlier change must not run again.
change(none, _, _) -> soft;
change(own, false, same) -> soft;
change(_, _, _) -> {advanced, []}.

state(Old, New, Changed) ->
    Same = appup_module:same(Old, New, {{init, 1}, Changed}),
    case {appup_module:state(Old), appup_module:state(New)} of
        {S, S} when S =/= unknown -> same;
        _ when Same -> same;
        {S, T} when S =/= unknown, T =/= unknown -> {S, T};
        _ -> unknown
    end.

said(_, _, same, false) -> [];
said(Kind, {#{vsn := Vsn}, New}, State, true) ->
    lists:append([way(Kind, New, V, Way, State) ||
        {V, Way} <- [{Vsn, "up"}, {{down, Vsn}, "down"}]]) ++
    [note(New, "~ts; ~ts converts the state", [changes(S), callback(Kind)])
        || S <- [State], S =/= same];
said(Kind, {_, New}, State, false) ->
    [must(New, "~ts: write a ~ts that converts the state, up and down (on the "
        "way down it gets {down, Vsn}), and use "
        "{update, Module, {advanced, []}}", [changes(State), callback(Kind)])].

%% The code_change of the newer version serves both ways. Its last argument is
%% that of the draft.
way(Kind, New, Vsn, Way, State) ->
    case appup_module:converts(New, Kind, Vsn, []) of
        fails -> [must(New, "on the way ~ts its ~ts fails for ~0P with "
            "[] as its last argument", [Way, callback(Kind), Vsn, 8])];
        kept when is_tuple(State) -> [must(New, "~ts, but on the way ~ts its ~ts "
            "returns the state as it is if its last argument is []: write the "
            "argument that it needs as {advanced, Extra}",
            [changes(State), Way, callback(Kind)])];
        _ -> []
    end.

init(Kind, Old, New, State) when Kind =/= event, State =/= unknown ->
    case appup_module:same(Old, New, {{init, 1}, []}) of
        true -> [];
        false -> [note(New, "init/1 changed; processes that already run do not "
            "run it again", [])]
    end;
init(_, _, _, _) -> [].

changes(unknown) -> "its init/1 changed and does not show the state's shape";
changes({Old, New}) ->
    ["its state changes from ", shapes(Old), " to ", shapes(New)].

shapes(Shapes) -> lists:join(" or ", [shape(S) || S <- Shapes]).

%% As a pattern: #{money => _}, {state, _, _}.
shape({map, Fields}) ->
    Struct = lists:keyfind('__struct__', 1, Fields),
    Parts = [case Struct of
        false -> [io_lib:format("~0p => ", [K]), shape(V)];
        _ -> io_lib:format("~0p", [K])
    end || {K, V} <- Fields, K =/= '__struct__'],
    case Struct of
        {_, {atom, Name}} -> ["%", name(Name), "{", list(Parts), "}"];
        _ -> ["#{", list(Parts), "}"]
    end;
shape({tuple, Parts}) -> ["{", list([shape(P) || P <- Parts]), "}"];
shape({atom, Tag}) -> io_lib:format("~0p", [Tag]);
shape(any) -> "_";
shape(Type) -> io_lib:format("a value of the type ~w", [Type]).

list(Parts) -> lists:join(", ", Parts).

%% gen_statem asks for the callback mode at its start and after code_change/4,
%% which on the way down runs before the old module is loaded, unless the
%% instruction says static.
new_mode(From, To, Old, New, Changed) ->
    {_, _, Says} = process(statem, Old, New, Changed),
    Has = fun(M) -> appup_module:exports(M, {code_change, 4}) end,
    Modes = io_lib:format("its callback mode changes from ~ts to ~ts",
        [mode(From), mode(To)]),
    {{update, {advanced, []}}, {static, {advanced, []}}, Says ++
        [must(New, "~ts, and a process reads it again only after code_change/4: "
            "write code_change/4", [Modes]) || not Has(New)] ++
        [must(New, "~ts, and on the way down a process reads it again only "
            "after code_change/4 of the old version, which has none: use "
            "{restart_application, App} for the way down", [Modes])
            || not Has(Old)] ++
        [note(New, "~ts: the states of a process must be valid in both, or "
            "code_change/4 of the version that is loaded must convert them",
            [Modes]) || Has(Old), Has(New)]}.

mode([Mode]) -> io_lib:format("~0p", [Mode]);
mode(_) -> "an unknown one".

%% A supervisor reads child_spec/1 at its start, and again only when its own
%% module changes.
child_spec(Old, New) ->
    case {appup_module:child_spec(Old), appup_module:child_spec(New)} of
        {Same, Same} -> [];
        {From, To} when From =:= none; To =:= none -> [];
        _ -> [must(New, "child_spec/1 changed, and a supervisor keeps the "
            "specification that it has: if it names another start function or "
            "restart type, write {update, Supervisor, supervisor}", [])]
    end.

start(Old, New, Changed) ->
    case appup_module:same(Old, New, {{start, 2}, Changed}) orelse
            appup_module:effects(Old, {start, 2}) =:=
                appup_module:effects(New, {start, 2}) of
        true -> [];
        false -> [must(New, "start/2 changed, and a hot upgrade does not run it "
            "again: write {apply, {M, F, Args}} for each new step in it", [])]
    end.

loops(Old, New) ->
    [must(New, "~w/~w receives messages in a loop of its own, which keeps its "
        "old code: end its processes, or restart the application", [F, A])
        || {F, A} <- lists:usort(
            appup_module:loops(Old) ++ appup_module:loops(New))].

must(M, Format, Args) -> {must, said(M, Format, Args)}.
note(M, Format, Args) -> {note, said(M, Format, Args)}.

said(#{module := M}, Format, Args) ->
    [name(M), ": ", io_lib:format(Format, Args)].

%% As its author wrote it.
name(Module) ->
    case atom_to_list(Module) of
        "Elixir." ++ Name -> Name;
        Name -> Name
    end.

kind(plain) -> "a plain module";
kind(server) -> "a gen_server";
kind(statem) -> "a gen_statem";
kind(event) -> "a gen_event";
kind(Kind) -> ["a module of the kind ", atom_to_list(Kind)].

callback(Kind) ->
    {F, A} = appup_module:callback(Kind),
    io_lib:format("~w/~w", [F, A]).
