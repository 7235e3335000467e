%% Supervisors whose children changed: {First, Last, Says}. First and Last are
%% lists of {Up, Down}, both lists of instructions. On the way up First comes
%% before all modules are loaded, and Last after; on the way down the reverse.
-module(appup_tree).
-export([module/4, lists/4, ended/2]).
-needs([appup_module, appup_eval, appup_change]).

%% A changed callback module. Names: under which its supervisor is registered.
%% Find: {OldFind, NewFind} for appup_module:children/2.
module(Old, New, {Changed, Names}, {FindOld, FindNew}) ->
    Same = appup_module:same(Old, New, {{init, 1}, Changed}),
    case {appup_module:children(Old, FindOld),
            appup_module:children(New, FindNew)} of
        _ when Same -> {[], [], []};
        {unknown, _} -> unreadable(New, "init/1");
        {_, unknown} -> unreadable(New, "init/1");
        {{simple_one_for_one, O}, {simple_one_for_one, N}} ->
            {[], [], template(New, O, N)};
        {{S, _}, {T, _}} when S =/= T, S =:= simple_one_for_one;
                S =/= T, T =:= simple_one_for_one ->
            {[], [], [must(New, "its strategy changes from ~w to ~w: restart "
                "it, or the application", [S, T])]};
        {{_, O}, {_, N}} ->
            joined([child(I, O, N, New, Names) || I <- ids(O, N)])
    end.

ids(O, N) ->
    Old = [I || {I, _, _} <- O],
    Old ++ ([I || {I, _, _} <- N] -- Old).

template(New, [{_, {M, F, _}, _}], [{_, {M, F, _}, _}]) ->
    [note(New, "children that already run keep their arguments", [])];
template(New, _, _) ->
    [must(New, "starts other children from now on: write instructions that end "
        "the running ones, if they must not continue", [])].

child(Id, O, N, Sup, Names) ->
    case {lists:keyfind(Id, 1, O), lists:keyfind(Id, 1, N)} of
        {Same, Same} -> {[], [], []};
        _ when element(1, Id) =:= opaque -> opaque(Id, Sup);
        {false, {_, {M, _, _}, _}} -> added(Id, M, Sup, Names);
        {{_, {M, _, _}, _}, false} -> removed(Id, M, Sup, Names);
        {{_, {M, F, A}, _}, {_, {M, F, B}, _}} -> {[], [],
            arguments(Id, A, B, Sup)};
        {{_, {_, _, _}, _}, _} -> replaced(Id, Sup, Names)
    end.

%% The update of the supervisor adds the specification; it starts nothing.
added(Id, _, Sup, [Name]) ->
    {[], [{[call(restart_child, Name, Id)], ends(Name, Id)}],
        [note(Sup, "starts the new child ~0p", [Id])]};
added(Id, _, Sup, _) -> unnamed(Id, "start", Sup).

removed(Id, _, Sup, [Name]) ->
    {[{ends(Name, Id), [call(restart_child, Name, Id)]}], [],
        [note(Sup, "ends the child ~0p, whose state is lost", [Id])]};
removed(Id, _, Sup, _) -> unnamed(Id, "end", Sup).

replaced(Id, Sup, [Name]) ->
    {[{[call(terminate_child, Name, Id)], [call(restart_child, Name, Id)]}],
        [{[call(restart_child, Name, Id)], [call(terminate_child, Name, Id)]}],
        [note(Sup, "the child ~0p starts from another function: it is "
            "restarted, and its state is lost", [Id])]};
replaced(Id, Sup, _) -> unnamed(Id, "restart", Sup).

arguments(Id, A, B, Sup) ->
    case A =:= B of
        true -> [];
        false -> [must(Sup, "the child ~0p gets other arguments, which it only "
            "reads at its start: write {apply, {supervisor, terminate_child, "
            "[Name, Id]}} and restart_child after the update, or keep it "
            "running with the old ones", [Id])]
    end.

unnamed(Id, What, Sup) ->
    {[], [], [must(Sup, "the appup must ~ts the child ~0p, but the supervisor's "
        "registered name cannot be read: write {apply, {supervisor, ...}}",
        [What, Id])]}.

unreadable(Module, Function) ->
    {[], [], [must(Module, "~ts changed, and the children cannot be read from "
        "it: write {apply, {supervisor, restart_child, [Name, Id]}} for each "
        "new one, terminate_child and delete_child for each that is gone",
        [Function])]}.

ends(Name, Id) ->
    [call(terminate_child, Name, Id), call(delete_child, Name, Id)].

call(F, Name, Id) -> {apply, {supervisor, F, [Name, Id]}}.

%% Elixir's supervisors without a module, in any changed module: their children
%% are the list that Supervisor.start_link/2 got when they started.
lists(Old, New, Changed, Finds) ->
    case {appup_module:started(Old), appup_module:started(New)} of
        {Same, Same} -> unread(Same, Old, New, Changed);
        {O, N} ->
            case {[Name || {[Name], _} <- O], [Name || {[Name], _} <- N]} of
                {[Name], [Name]} -> list(Name, hd(O), hd(N), New, Finds);
                _ -> unreadable(New, "Supervisor.start_link/2")
            end
    end.

%% The list is the same, but parts of it that were not read may differ.
unread([], _, _, _) -> {[], [], []};
unread(Calls, Old, New, Changed) ->
    Callers = [F || F <- maps:keys(maps:get(code, New)),
        lists:member('Elixir.Supervisor',
            appup_eval:modules(maps:get(code, New), F))],
    Same = lists:all(fun(F) -> appup_module:same(Old, New, {F, Changed}) end,
        Callers),
    case Same orelse appup_eval:known(Calls) of
        true -> {[], [], []};
        false -> unreadable(New, "Supervisor.start_link/2")
    end.

list(Name, {_, Old}, {_, New}, Module, {FindOld, FindNew}) ->
    case {appup_module:specs(one_for_one, Old, FindOld),
            appup_module:specs(one_for_one, New, FindNew)} of
        {{_, O}, {_, N}} -> joined([listed(I, O, N, Module, Name) ||
            I <- ids(O, N)]);
        _ -> unreadable(Module, "Supervisor.start_link/2")
    end.

listed(Id, O, N, Module, Name) ->
    case {lists:keyfind(Id, 1, O), lists:keyfind(Id, 1, N)} of
        {Same, Same} -> {[], [], []};
        _ when element(1, Id) =:= opaque -> opaque(Id, Module);
        {false, {_, _, Child}} -> known(Child, Module, Id,
            {[], [{[starts(Name, Child)], ends(Name, Id)}],
                [note(Module, "starts the new child ~ts", [named(Id)])]});
        {{_, _, Child}, false} -> known(Child, Module, Id,
            {[{ends(Name, Id), [starts(Name, Child)]}], [],
                [note(Module, "ends the child ~ts, whose state is lost",
                    [named(Id)])]});
        {{_, {M, F, _}, _}, {_, {M, F, _}, _}} -> {[], [], [must(Module, "the "
            "child ~ts gets other arguments, which it only reads at its start: "
            "write instructions that end and start it, or keep it running with "
            "the old ones", [named(Id)])]};
        {{_, _, O1}, {_, _, N1}} -> known([O1 | N1], Module, Id,
            {[{ends(Name, Id), [starts(Name, O1)]}],
                [{[starts(Name, N1)], ends(Name, Id)}],
                [note(Module, "the child ~ts starts from another function: it "
                    "is restarted, and its state is lost", [named(Id)])]})
    end.

known(Child, Module, Id, Steps) ->
    case appup_eval:known(Child) of
        true -> Steps;
        false -> opaque(Id, Module)
    end.

opaque(Id, Module) ->
    {[], [], [must(Module, "the child ~ts is new or gone, and its specification "
        "cannot be read: write {apply, {'Elixir.Supervisor', start_child, [Name, "
        "Spec]}} or {apply, {supervisor, terminate_child, [Name, Id]}} for it",
        [named(Id)])]}.

starts(Name, Child) ->
    {apply, {'Elixir.Supervisor', start_child, [Name, Child]}}.

named({opaque, {M, _}}) -> named(M);
named({opaque, M}) -> named(M);
named(Id) when is_atom(Id) -> appup_change:name(Id);
named(Id) -> io_lib:format("~0p", [Id]).

joined(Parts) ->
    {Firsts, Lasts, Says} = lists:unzip3(Parts),
    {lists:append(Firsts), lists:append(Lasts), lists:append(Says)}.


%% The modules whose children such instructions end on the way up, of these
%% children of old supervisors.
ended(Steps, Children) ->
    Ids = [Id || {Up, _} <- Steps,
        {apply, {supervisor, terminate_child, [_, Id]}} <- Up],
    [M || {Id, {M, _, _}, _} <- Children, lists:member(Id, Ids)].

must(#{module := M}, Format, Args) ->
    {must, [appup_change:name(M), ": ", io_lib:format(Format, Args)]}.
note(#{module := M}, Format, Args) ->
    {note, [appup_change:name(M), ": ", io_lib:format(Format, Args)]}.
