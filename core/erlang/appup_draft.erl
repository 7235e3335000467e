%% Drafts the appup of one application from the beams of two versions.
-module(appup_draft).
-export([draft/3]).
-needs([appup_beam, appup_module, appup_change, appup_tree, appup_app]).

%% Old and New: the folders lib/APP-VSN of the application. Ebins: {Old, New},
%% the ebin folders of both releases, for child specifications that other
%% applications make. Returns #{up, down, must, note}: two lists of
%% instructions for appup(4), and two lists of sentences: must (a person has to
%% write something, or the upgrade loses something) and note. Throws {refused,
%% Sentence} if a file cannot be read.
draft(Old, New, Ebins) ->
    D = diff(filename:join(Old, "ebin"), filename:join(New, "ebin"), Ebins),
    #{changed := Changed, added := Added, deleted := Deleted} = D,
    Loads = [{M, appup_change:decide(old(M, D), new(M, D), touched(D))}
        || M <- Changed],
    {First, Last, TreeSays} = trees(D),
    Says = lists:append([S || {_, {_, _, S}} <- Loads]) ++ TreeSays ++
        gone(D, First) ++ records(D) ++ appup_app:changes(Old, New, D),
    Order = sorted(Changed, D),
    Ups = [up(M, element(1, form(M, Loads)), D) || M <- Order],
    Downs = [up(M, element(2, form(M, Loads)), D) || M <- lists:reverse(Order)],
    AddedOrder = sorted(Added, D),
    #{up => lists:append([U || {U, _} <- First]) ++
            [add(M, D) || M <- AddedOrder] ++ Ups ++
            lists:append([U || {U, _} <- Last]) ++
            [delete(M, D) || M <- Deleted],
        down => [add(M, D) || M <- lists:reverse(Deleted)] ++
            lists:append([W || {_, W} <- lists:reverse(Last)]) ++ Downs ++
            [delete(M, D) || M <- lists:reverse(AddedOrder)] ++
            lists:append([W || {_, W} <- lists:reverse(First)]),
        must => [lists:flatten(T) || {must, T} <- Says],
        note => [lists:flatten(T) || {note, T} <- Says]}.

form(M, Loads) ->
    {_, {Up, Down, _}} = lists:keyfind(M, 1, Loads),
    {Up, Down}.

%% The modules that differ, with functions that read facts once.
diff(OldEbin, NewEbin, {OldEbins, NewEbins}) ->
    Old = appup_beam:ebin(OldEbin),
    New = appup_beam:ebin(NewEbin),
    Both = [M || M <- maps:keys(New), maps:is_key(M, Old)],
    Added = lists:sort(maps:keys(New) -- Both),
    Deleted = lists:sort(maps:keys(Old) -- Both),
    Protocols = [P || Path <- [maps:get(M, New) || M <- Added] ++
            [maps:get(M, Old) || M <- Deleted],
        P <- appup_module:protocol(read(Path))],
    #{old => Old, new => New, finds => {finder(OldEbins), finder(NewEbins)},
        ebins => {OldEbin, NewEbin}, added => Added, deleted => Deleted,
        changed => [M || M <- lists:sort(Both), differs(M, Old, New) orelse
            lists:member(M, Protocols)]}.

differs(M, Old, New) ->
    #{M := A} = Old,
    #{M := B} = New,
    appup_beam:digest(A) =/= appup_beam:digest(B).

touched(#{changed := C, added := A, deleted := D}) -> C ++ A ++ D.

old(M, #{old := Old}) -> read(maps:get(M, Old)).
new(M, #{new := New}) -> read(maps:get(M, New)).

read(Path) ->
    case get(Path) of
        undefined ->
            Facts = appup_module:read(Path),
            put(Path, Facts),
            Facts;
        Facts -> Facts
    end.

finder(Ebins) ->
    fun(Module) ->
        Name = atom_to_list(Module) ++ ".beam",
        case [P || E <- Ebins, P <- [filename:join(E, Name)],
                filelib:is_regular(P)] of
            [Path | _] ->
                try read(Path)
                catch throw:{refused, _} -> unknown
                end;
            [] -> unknown
        end
    end.

%% Dependencies: what a module calls is loaded before it on the way up, and
%% after it on the way down.
needs(M, #{old := Old, new := New, changed := C, added := A} = D) ->
    case maps:is_key(M, New) of
        true -> [N || N <- called(new(M, D)), N =/= M,
            lists:member(N, C ++ A)];
        false -> % its callers are loaded first: nothing then calls it
            [N || N <- C, maps:is_key(N, Old), lists:member(M, called(old(N, D)))]
    end.

called(#{imports := I}) -> lists:usort([M || {M, _, _} <- I]).

%% In an order in which needs come first; in a circle, by name.
sorted(Modules, D) -> lists:reverse(visit(Modules, Modules, D, [])).

visit([M | Rest], All, D, Done) ->
    case lists:member(M, Done) orelse not lists:member(M, All) of
        true -> visit(Rest, All, D, Done);
        false -> visit(Rest, All, D,
            [M | visit(needs(M, D), All -- [M], D, Done)])
    end;
visit([], _, _, Done) -> Done.

up(M, load, D) -> with({load_module, M}, needs(M, D));
up(M, supervisor, _) -> {update, M, supervisor};
up(M, {update, Change}, D) -> with({update, M, Change}, needs(M, D));
up(M, {static, Change}, D) -> {update, M, static, default, Change,
    brutal_purge, brutal_purge, needs(M, D)}.

add(M, D) -> with({add_module, M}, needs(M, D)).
delete(M, #{new := New} = D) ->
    case maps:is_key(M, New) of
        true -> {delete_module, M}; % its callers need it: they come first
        false -> with({delete_module, M}, needs(M, D))
    end.

with(Instruction, []) -> Instruction;
with(Instruction, Needs) -> erlang:append_element(Instruction, Needs).

trees(#{changed := Changed, finds := Finds} = D) ->
    Parts = [appup_tree:module(old(M, D), new(M, D),
            {touched(D), supervisor_names(M, D)}, Finds)
            || M <- Changed, appup_module:kind(new(M, D)) =:= supervisor,
                appup_module:kind(old(M, D)) =:= supervisor] ++
        [appup_tree:lists(old(M, D), new(M, D), touched(D), Finds)
            || M <- Changed],
    {First, Last, Says} = lists:unzip3(Parts),
    {lists:append(First), lists:append(Last), lists:append(Says)}.

supervisor_names(M, #{new := New} = D) ->
    case appup_module:names(new(M, D), M) of
        [] -> lists:usort(lists:append([appup_module:names(new(N, D), M)
            || N <- maps:keys(New), starts_supervisors(new(N, D))]));
        Names -> Names
    end.

starts_supervisors(Facts) ->
    lists:any(fun(S) -> appup_module:imports(Facts, {S, start_link}) end,
        [supervisor, 'Elixir.Supervisor', 'Elixir.DynamicSupervisor']).

%% A process whose module is deleted crashes at its next message.
gone(#{deleted := Deleted, changed := Changed, finds := {Find, _}} = D, First) ->
    Children = lists:append([C || M <- Changed,
        {_, C} <- [appup_module:children(old(M, D), Find)]]),
    Ended = appup_tree:ended(First, Children),
    [{must, [appup_change:name(M), " is gone, and the draft does not end its "
        "processes: write instructions that end them before "
        "{delete_module, Module}"]}
        || M <- Deleted, not lists:member(M, Ended),
            lists:member(appup_module:kind(old(M, D)),
                [server, statem, event, supervisor, special])].

%% Records that changed. Terms that the old version made, in states, tables and
%% messages, do not match the new record.
records(#{changed := Changed} = D) ->
    Found = lists:append([[{R, M} || R <- record_changes(old(M, D), new(M, D))]
        || M <- Changed]),
    [record(R, [M || {S, M} <- Found, S =:= R], D)
        || R <- lists:usort([R || {R, _} <- Found])] ++
    [{note, "the modules have no debug information: a record whose fields only "
        "changed their order or meaning is not seen"}
        || lists:any(fun(M) -> is_hidden(new(M, D)) end, Changed)].

is_hidden(Facts) ->
    case appup_module:records(Facts) of
        {tests, Tags} -> map_size(Tags) > 0;
        _ -> false
    end.

record_changes(Old, New) ->
    case {appup_module:records(Old), appup_module:records(New)} of
        {{How, O}, {How, N}} -> [{How, R, F, maps:get(R, N)} ||
            {R, F} <- maps:to_list(O), maps:is_key(R, N),
            F =/= maps:get(R, N)];
        _ -> []
    end.

record({How, R, From, To}, Modules, D) ->
    Converted = lists:any(fun(M) -> converts(M, D) end, Modules),
    Kind = case How of
        debug when not Converted -> must;
        _ -> note
    end,
    {Kind, io_lib:format("~ts ~0p changes from ~ts to ~ts in ~ts: terms of the old "
        "version do not match; code_change must convert those in the states of "
        "processes, and you must convert all others", [case How of
            debug -> "the record";
            tests -> "the tuple or record"
        end, R, fields(From), fields(To), lists:join(", ",
            [appup_change:name(M) || M <- Modules])])}.

fields(Size) when is_integer(Size) -> io_lib:format("~w elements", [Size]);
fields(Fields) -> io_lib:format("~0p", [Fields]).

converts(M, D) ->
    Kind = appup_module:kind(new(M, D)),
    lists:member(Kind, [server, statem, event]) andalso
        appup_change:written(Kind, old(M, D), new(M, D)).
