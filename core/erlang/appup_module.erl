%% What one module is, from its beam: its kind, the shape of its state, its
%% children, its name. Results may be unknown: releases have no debug information,
%% and much is only known to a running node.
-module(appup_module).
-export([read/1, kind/1, exports/2, imports/2, state/1, code_change/2, converts/4,
    children/2, names/2, started/1, records/1, loops/1, callback_mode/1, specs/3,
    same/3, callback/1, protocol/1, effects/2,
    child_spec/1]).
-needs([appup_beam, appup_eval]).

read(Path) ->
    #{path => Path,
      module => list_to_atom(filename:basename(Path, ".beam")),
      attributes => appup_beam:attributes(Path),
      vsn => appup_beam:version(Path),
      exports => appup_beam:chunk(Path, exports),
      imports => appup_beam:chunk(Path, imports),
      code => appup_beam:code(Path)}.

exports(#{exports := E}, Function) -> lists:member(Function, E).
imports(#{imports := I}, {M, F}) -> lists:any(
    fun({M1, F1, _}) -> {M1, F1} =:= {M, F} end, I).

%% Its behaviour decides; without one that is known, its exports do.
kind(#{attributes := A} = M) ->
    Behaviours = lists:append([B || {K, B} <- A,
        K =:= behaviour orelse K =:= behavior]),
    case [K || B <- Behaviours, K <- [kind_of(B)], K =/= other] of
        [K | _] -> K;
        [] -> by_exports(M)
    end.

kind_of(gen_server) -> server;
kind_of('Elixir.GenServer') -> server;
kind_of(gen_statem) -> statem;
kind_of(gen_event) -> event;
kind_of(supervisor) -> supervisor;
kind_of('Elixir.Supervisor') -> supervisor;
kind_of('Elixir.DynamicSupervisor') -> supervisor;
kind_of(application) -> application;
kind_of('Elixir.Application') -> application;
kind_of(_) -> other.

by_exports(M) ->
    Is = fun(F) -> exports(M, F) end,
    Server = Is({init, 1}) andalso
        (Is({handle_call, 3}) orelse Is({code_change, 3})),
    case [K || {K, true} <- [
            {statem, Is({callback_mode, 0})}, {server, Server},
            {protocol, Is({'__protocol__', 1})}, {impl, Is({'__impl__', 1})},
            {special, Is({system_code_change, 4})}]] of
        [K | _] -> K;
        [] -> plain
    end.

%% The callback that converts the state of a kind.
callback(statem) -> {code_change, 4};
callback(_) -> {code_change, 3}.

%% The shapes of the states that init/1 may return.
state(#{code := Code} = M) ->
    Kind = kind(M),
    Shapes = lists:usort(lists:append([shape_of(Kind, R) ||
        R <- appup_eval:results(Code, {init, 1}, [appup_eval:unknown()])])),
    case lists:member(any, Shapes) orelse Shapes =:= [] of
        true -> unknown;
        false -> Shapes
    end.

shape_of(statem, T) when is_tuple(T), tuple_size(T) >= 3,
        element(1, T) =:= ok -> [shape(element(3, T))];
shape_of(_, T) when is_tuple(T), tuple_size(T) >= 2, element(1, T) =:= ok ->
    [shape(element(2, T))];
shape_of(_, {Ends, _}) when Ends =:= stop; Ends =:= error -> [];
shape_of(_, {error, _, _}) -> [];
shape_of(_, ignore) -> [];
shape_of(_, _) -> [any].

%% any: known to a running node only, or a value that code may change. {atom,
%% Tag}: the name of a record or struct.
shape(M) when is_map(M), map_size(M) > 0 ->
    {map, [{K, case K of
        '__struct__' -> {atom, V};
        _ -> inner(V)
    end} || {K, V} <- lists:sort(maps:to_list(M))]};
shape(T) when is_tuple(T), tuple_size(T) > 0 ->
    [H | R] = tuple_to_list(T),
    Tag = case is_atom(H) andalso appup_eval:known(H) of
        true -> {atom, H};
        false -> inner(H)
    end,
    {tuple, [Tag | [inner(V) || V <- R]]};
shape(Scalar) ->
    case Scalar =:= appup_eval:unknown() of
        true -> any;
        false -> scalar(Scalar)
    end.

scalar(V) when is_list(V) -> list;
scalar(V) when is_map(V) -> map;
scalar(V) when is_binary(V) -> binary;
scalar(V) when is_number(V) -> number;
scalar(V) when is_atom(V) -> atom;
scalar(_) -> other.

%% Of a field: its default value may have any type.
inner(V) when is_map(V), map_size(V) > 0 -> shape(V);
inner(V) when is_tuple(V), tuple_size(V) > 0 -> shape(V);
inner(_) -> any.

%% none: not exported; plain: returns the state as it is, whatever the version;
%% own: converts it.
code_change(M, Kind) ->
    U = appup_eval:unknown(),
    case exports(M, callback(Kind)) of
        false -> none;
        true -> case converts(M, Kind, U, U) of
            kept -> plain;
            _ -> own
        end
    end.

%% What code_change does with a state: fails, kept (returns it as it is), or
%% converts.
converts(#{code := Code}, Kind, Vsn, Extra) ->
    {_, Arity} = Callback = callback(Kind),
    Args = [Vsn, '$state'] ++ ['$data' || Arity =:= 4] ++ [Extra],
    case appup_eval:results(Code, Callback, Args) of
        [] -> fails;
        [{ok, '$state'}] when Arity =:= 3 -> kept;
        [{ok, '$state', '$data'}] when Arity =:= 4 -> kept;
        _ -> converts
    end.

%% Whether a function and all that it calls in its module are the same in both,
%% and it calls no module of Changed.
same(#{code := Old}, #{code := New}, {Function, Changed}) ->
    appup_eval:same(Old, New, Function) andalso
        not lists:any(fun(M) -> lists:member(M, Changed) end,
            appup_eval:modules(New, Function)).

callback_mode(#{code := Code}) ->
    appup_eval:results(Code, {callback_mode, 0}, []).

%% A supervisor's {Strategy, [{Id, {M, F, Args}}]}. Find gives the facts of any
%% module of the release.
children(#{code := Code}, Find) ->
    Results = appup_eval:results(Code, {init, 1}, [appup_eval:unknown()]),
    case lists:usort([specs(R, Find) || R <- Results, R =/= ignore]) of
        [Specs] -> Specs;
        Several -> merged(Several)
    end.

%% Paths that differ only in values give the same children.
merged(Several) ->
    Bare = fun({Strategy, Specs}) ->
            {Strategy, [{Id, {M, F}} || {Id, {M, F, _}, _} <- Specs]};
        (unknown) -> unknown
    end,
    case lists:usort(lists:map(Bare, Several)) of
        [{_, _}] -> hd(Several);
        _ -> unknown
    end.

specs({ok, {Flags, Specs}}, Find) -> specs(strategy(Flags), Specs, Find);
specs({elixir_supervisor, Specs, Options}, Find) ->
    specs(strategy(Options), Specs, Find);
specs(_, _) -> unknown.

strategy(#{strategy := S}) -> S;
strategy(M) when is_map(M) -> one_for_one;
strategy({S, _, _}) -> S;
strategy([{strategy, S} | _]) -> S;
strategy([_ | Rest]) -> strategy(Rest);
strategy(_) -> one_for_one.

specs(Strategy, Specs, Find) ->
    try {Strategy, [spec(S, Find) || S <- proper(Specs)]}
    catch throw:unknown -> unknown
    end.

proper(Specs) ->
    try length(Specs) of _ -> Specs
    catch error:badarg -> throw(unknown)
    end.

%% {Id, Start, Child}: Child as its author wrote it.
spec(#{id := Id, start := {M, F, A}} = Spec, _) ->
    certain({Id, {M, F, A}, Spec});
spec({Id, {M, F, A}, _, _, _, _} = Spec, _) -> certain({Id, {M, F, A}, Spec});
spec({elixir_child, Child, Over}, Find) ->
    {Id, Start, _} = spec(Child, Find),
    Known = appup_eval:known(Over),
    case Known andalso lists:keyfind(id, 1, Over) of
        {id, Other} -> {Other, Start, appup_eval:unknown()};
        false when Known -> {Id, Start, appup_eval:unknown()};
        _ -> throw(unknown)
    end;
spec({M, Argument}, Find) when is_atom(M) ->
    elixir(M, Argument, {M, Argument}, Find);
spec(M, Find) when is_atom(M) -> elixir(M, [], M, Find);
spec(_, _) -> throw(unknown).

%% If child_spec/1 cannot be read, the child itself is its id: it counts
%% as the same only if both versions have it.
elixir(M, Argument, Child, Find) ->
    appup_eval:known(M) orelse throw(unknown),
    Opaque = {{opaque, Child}, {M, child_spec, []}, Child},
    case Find(M) of
        unknown -> Opaque;
        #{code := Code} ->
            case appup_eval:results(Code, {child_spec, 1}, [Argument]) of
                [#{id := Id, start := {SM, SF, A}}] ->
                    case appup_eval:known({Id, SM, SF}) of
                        true -> {Id, {SM, SF, A}, Child};
                        false -> Opaque
                    end;
                _ -> Opaque
            end
    end.

%% What child_spec/1 returns for any argument; none: there is no such function.
child_spec(#{code := Code} = M) ->
    case exports(M, {child_spec, 1}) of
        false -> none;
        true -> {appup_eval:results(Code, {child_spec, 1}, ['$argument']),
            appup_eval:calls(Code, {child_spec, 1})}
    end.

certain({Id, {M, F, _}, _} = Spec) when is_atom(M), is_atom(F) ->
    case appup_eval:known(Id) of
        true -> Spec;
        false -> throw(unknown)
    end;
certain(_) -> throw(unknown).

%% The names under which supervisors with this callback module are registered
%% by the functions of M.
names(#{code := Code}, Callback) ->
    lists:usort(lists:append([name(Call, Callback) ||
        Call <- appup_eval:calls(Code, fun starts/1)])).

starts({M, start_link, _}) ->
    lists:member(M, [supervisor, 'Elixir.Supervisor',
        'Elixir.DynamicSupervisor']);
starts(_) -> false.

name({{supervisor, start_link}, [{local, N}, C, _]}, C) -> atom(N);
name({{supervisor, start_link}, [{global, N}, C, _]}, C) -> [{global, N}];
name({{Module, start_link}, [C, _, Options]}, C)
        when Module =:= 'Elixir.Supervisor';
             Module =:= 'Elixir.DynamicSupervisor' -> option_name(Options);
name(_, _) -> [].

option_name([{name, N} | _]) -> atom(N);
option_name([_ | Rest]) -> option_name(Rest);
option_name(_) -> [].

atom(N) when is_atom(N) ->
    case appup_eval:known(N) of
        true -> [N];
        false -> []
    end;
atom(_) -> [].

%% Elixir's supervisors that have no module: [{[Name], Children}] of
%% Supervisor.start_link(children, options); [] instead of an unknown name. A
%% function that gets the list from its caller is also read without it.
started(#{code := Code}) ->
    Made = appup_eval:calls(Code, fun starts/1),
    Calls = lists:usort([{option_name(Options), Children} ||
        {{'Elixir.Supervisor', start_link}, [Children, Options]} <- Made] ++
        [{[], appup_eval:unknown()} || lists:member(appup_eval:more(), Made)]),
    [{Name, alike([C || {N, C} <- Calls, N =:= Name])} ||
        Name <- lists:usort([N || {N, _} <- Calls])].

%% One list for the lists of several paths, which differ in arguments only.
alike(Lists) ->
    case [L || L <- Lists, is_list(L)] of
        [] -> appup_eval:unknown();
        [First | Rest] -> lists:foldl(fun appup_eval:join/2, First, Rest)
    end.

%% What a function does besides starting supervisors: calls of other modules.
%% Not equal to anything if some are not known.
effects(#{code := Code}, Function) ->
    Calls = appup_eval:calls(Code, Function),
    case lists:member(appup_eval:more(), Calls) of
        true -> make_ref();
        false -> [C || {{M, _}, _} = C <- Calls,
            M =/= supervisor, M =/= 'Elixir.Supervisor']
    end.

%% The protocol that M implements: [Protocol], or [].
protocol(#{code := Code} = M) ->
    [P || exports(M, {'__impl__', 1}),
        P <- appup_eval:results(Code, {'__impl__', 1}, [protocol]),
        is_atom(P)].

%% {debug, #{Record => Fields}}, or without debug information {tests, #{Tag =>
%% Size}}: the tagged tuples that its functions test for.
records(#{path := Path, code := Code}) ->
    case appup_beam:chunk(Path, abstract_code) of
        {_, Forms} when is_list(Forms) -> {debug, maps:from_list(
            [{Name, [field(F) || F <- Fields]} ||
                {attribute, _, record, {Name, Fields}} <- Forms])};
        _ -> {tests, tags(Code)}
    end.

field({typed_record_field, F, _}) -> field(F);
field(F) -> element(3, element(3, F)).

tags(Code) ->
    Tests = lists:usort([{Tag, Size} || {_, Is} <- maps:values(Code),
        {test, is_tagged_tuple, _, [_, Size, {atom, Tag}]} <- Is]),
    Sizes = lists:foldl(fun({T, S}, Map) ->
        maps:update_with(T, fun(L) -> [S | L] end, [S], Map) end, #{}, Tests),
    maps:map(fun(_, [S]) -> S end,
        maps:filter(fun(_, L) -> length(L) =:= 1 end, Sizes)).

%% Functions that wait for messages and call themselves: a process in one of
%% them runs old code until it makes a call to its module by name.
loops(#{code := Code}) ->
    [F || {F, {_, Is}} <- maps:to_list(Code), lists:any(fun is_wait/1, Is),
        lists:member(F, lists:append([appup_eval:reaches(Code, C) ||
            C <- appup_eval:callees(Code, F)]))].

is_wait({wait, _}) -> true;
is_wait({wait_timeout, _, _}) -> true;
is_wait(_) -> false.
