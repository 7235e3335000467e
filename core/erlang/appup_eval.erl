%% Reads values out of compiled functions without running them: follows every
%% path through the instructions with the values that are known, so that
%% init/1 of a supervisor gives its child specifications even if the release
%% has no debug information. It works alike for Erlang and Elixir.
%%
%% A value is an Erlang term in which the atom ?UNKNOWN takes the place of
%% every part that only a running node knows. An instruction that is not listed
%% here makes the registers that it names unknown and continues at every label
%% that it names.
-module(appup_eval).
-export([results/3, calls/2, same/3, reaches/2, callees/2, modules/2, unknown/0,
    more/0, known/1, join/2]).

-define(UNKNOWN, '$unknown').
-define(STEPS, 20000).
-define(DEPTH, 24).
%% Stands for the calls of a path that was not followed to its end.
-define(MORE, {{?UNKNOWN, ?UNKNOWN}, [?UNKNOWN]}).

unknown() -> ?UNKNOWN.
more() -> ?MORE.

%% Whether no part of a value is unknown.
known(?UNKNOWN) -> false;
known('$state') -> false; % the arguments of code_change
known('$data') -> false;
known([H | T]) -> known(H) andalso known(T);
known(T) when is_tuple(T) -> known(tuple_to_list(T));
known(M) when is_map(M) -> known(maps:to_list(M));
known(_) -> true.

%% The values that Function may return, without those of paths that fail.
results(Code, Function, Args) ->
    put(steps, ?STEPS),
    {Results, _} = function(Code, Function, Args, ?DEPTH),
    lists:usort(Results).

%% The external calls {{M, F}, Args} of one function, or of all functions that
%% reach a call {M, F, A} that Wanted accepts; more/0 among them: not all.
calls(Code, {_, Arity} = Function) ->
    put(steps, ?STEPS),
    {_, Made} = function(Code, Function, lists:duplicate(Arity, ?UNKNOWN),
        ?DEPTH),
    lists:usort([?MORE || get(steps) =< 0] ++ Made);
calls(Code, Wanted) ->
    Direct = [F || {F, {_, Is}} <- maps:to_list(Code),
        [] =/= [x || {extfunc, M, N, A} <- externals(Is), Wanted({M, N, A})]],
    lists:usort(lists:append([calls(Code, F) ||
        Direct =/= [], F <- maps:keys(Code),
        lists:any(fun(D) -> lists:member(D, Direct) end, reaches(Code, F))])).

function(_, _, _, 0) -> {[?UNKNOWN], [?MORE]};
function(Code, {_, Arity} = Function, Args, Depth) ->
    case Code of
        #{Function := {Entry, Is}} ->
            R = maps:from_list(lists:zip(
                [{x, N} || N <- lists:seq(0, Arity - 1)], Args)),
            path(at(Entry, Is), R, [], {Code, Is, Depth}, {[], []});
        #{} -> {[?UNKNOWN], []}
    end.

at(L, Is) ->
    case lists:dropwhile(fun(I) -> I =/= {label, L} end, Is) of
        [_ | Rest] -> Rest;
        [] -> [?UNKNOWN]
    end.

%% Follows one path. R: the registers; Seen: the labels of the path.
path(Is, R, Seen, Env, Acc) ->
    case put(steps, get(steps) - 1) of
        Left when Left =< 0 -> returns(?UNKNOWN, Acc);
        _ -> step(Is, R, Seen, Env, Acc)
    end.

step([{label, L} | Is], R, Seen, Env, Acc) ->
    case lists:member(L, Seen) of
        true -> returns(?UNKNOWN, Acc);
        false -> path(Is, R, [L | Seen], Env, Acc)
    end;
step([return | _], R, _, _, Acc) -> returns(value({x, 0}, R), Acc);
step([{move, S, D} | Is], R, Seen, Env, Acc) ->
    path(Is, set(D, value(S, R), R), Seen, Env, Acc);
step([{swap, A, B} | Is], R, Seen, Env, Acc) ->
    path(Is, set(A, value(B, R), set(B, value(A, R), R)), Seen, Env, Acc);
step([{put_list, H, T, D} | Is], R, Seen, Env, Acc) ->
    path(Is, set(D, [value(H, R) | value(T, R)], R), Seen, Env, Acc);
step([{put_tuple2, D, {list, L}} | Is], R, Seen, Env, Acc) ->
    path(Is, set(D, list_to_tuple(values(L, R)), R), Seen, Env, Acc);
step([{Put, _, S, D, _, {list, L}} | Is], R, Seen, Env, Acc)
        when Put =:= put_map_assoc; Put =:= put_map_exact ->
    path(Is, set(D, put_map(value(S, R), values(L, R)), R), Seen, Env, Acc);
step([{get_tuple_element, S, N, D} | Is], R, Seen, Env, Acc) ->
    V = case value(S, R) of
        T when is_tuple(T), tuple_size(T) > N -> element(N + 1, T);
        _ -> ?UNKNOWN
    end,
    path(Is, set(D, V, R), Seen, Env, Acc);
step([{get_list, S, H, T} | Is], R, Seen, Env, Acc) ->
    {V, W} = case value(S, R) of
        [A | B] -> {A, B};
        _ -> {?UNKNOWN, ?UNKNOWN}
    end,
    path(Is, set(H, V, set(T, W, R)), Seen, Env, Acc);
step([{trim, N, _} | Is], R, Seen, Env, Acc) ->
    Shift = fun({y, K}, V, M) when K >= N -> M#{{y, K - N} => V};
               ({y, _}, _, M) -> M;
               (K, V, M) -> M#{K => V}
            end,
    path(Is, maps:fold(Shift, #{}, R), Seen, Env, Acc);
step([{jump, {f, L}} | _], R, Seen, Env, Acc) ->
    goto(L, R, Seen, Env, Acc);
step([{select_val, S, {f, L}, {list, Cases}} | _], R, Seen, Env, Acc) ->
    case value(S, R) of
        ?UNKNOWN -> branches([L | labels(Cases)], R, Seen, Env, Acc);
        V -> goto(chosen(V, Cases, L, R), R, Seen, Env, Acc)
    end;
step([{test, Op, {f, L}, Args} | Is], R, Seen, Env, Acc) when L > 0 ->
    case test(Op, [operand(A, R) || A <- Args]) of
        true -> path(Is, R, Seen, Env, Acc);
        false -> goto(L, R, Seen, Env, Acc);
        unknown -> goto(L, R, Seen, Env, path(Is, R, Seen, Env, Acc))
    end;
step([I | Is], R, Seen, Env, Acc) ->
    case call(I, R, Env) of
        {result, V, Made} -> returns(V, called(Made, Acc));
        {continue, V, Made} ->
            Kept = maps:filter(fun({x, _}, _) -> false; (_, _) -> true end, R),
            path(Is, Kept#{{x, 0} => V}, Seen, Env, called(Made, Acc));
        fails -> Acc;
        none ->
            Hidden = lists:foldl(fun(D, M) -> set(D, ?UNKNOWN, M) end, R,
                written(I)),
            Acc1 = branches(labels([I]), Hidden, Seen, Env, Acc),
            path(Is, Hidden, Seen, Env, Acc1)
    end;
step([], _, _, _, Acc) -> Acc.

branches(Labels, R, Seen, Env, Acc) ->
    lists:foldl(fun(L, A) -> goto(L, R, Seen, Env, A) end, Acc,
        lists:usort(Labels)).

goto(L, R, Seen, {_, Is, _} = Env, Acc) ->
    path([{label, L} | at(L, Is)], R, Seen, Env, Acc).

returns(V, {Results, Calls}) -> {[V | Results], Calls}.
called(Made, {Results, Calls}) -> {Results, Made ++ Calls}.

%% Calls, and instructions that end a path.
call({call, _, MFA}, R, Env) -> local(continue, MFA, R, Env);
call({call_only, _, MFA}, R, Env) -> local(result, MFA, R, Env);
call({call_last, _, MFA, _}, R, Env) -> local(result, MFA, R, Env);
call({call_ext, _, {extfunc, M, F, A}}, R, _) -> external(continue, M, F, A, R);
call({call_ext_only, _, {extfunc, M, F, A}}, R, _) ->
    external(result, M, F, A, R);
call({call_ext_last, _, {extfunc, M, F, A}, _}, R, _) ->
    external(result, M, F, A, R);
call({apply_last, _, _}, _, _) -> {result, ?UNKNOWN, []};
call({func_info, _, _, _}, _, _) -> fails;
call(if_end, _, _) -> fails;
call(loop_rec_end, _, _) -> fails;
call(?UNKNOWN, _, _) -> {result, ?UNKNOWN, []};
call(I, _, _) when is_tuple(I) ->
    case element(1, I) of
        End when End =:= badmatch; End =:= case_end; End =:= try_case_end;
                End =:= badrecord; End =:= loop_rec_end -> fails;
        Call when Call =:= call_fun; Call =:= call_fun2; Call =:= apply;
                Call =:= make_fun2; Call =:= 'catch_end'; Call =:= try_case ->
            {continue, ?UNKNOWN, []};
        _ -> none
    end;
call(_, _, _) -> none.

local(How, {_, F, A}, R, {Code, _, Depth}) ->
    {Results, Made} = function(Code, {F, A}, args(A, R), Depth - 1),
    case lists:usort(Results) of
        [] -> fails;
        [First | Rest] -> {How, lists:foldl(fun join/2, First, Rest), Made}
    end.

%% What two values have in common.
join(V, V) -> V;
join([H | T], [I | U]) -> [join(H, I) | join(T, U)];
join(A, B) when is_tuple(A), tuple_size(A) =:= tuple_size(B) ->
    list_to_tuple(join(tuple_to_list(A), tuple_to_list(B)));
join(A, B) when is_map(A), is_map(B) ->
    case maps:keys(A) =:= maps:keys(B) of
        true -> maps:map(fun(K, V) -> join(V, maps:get(K, B)) end, A);
        false -> ?UNKNOWN
    end;
join(_, _) -> ?UNKNOWN.

external(_, erlang, F, _, _) when F =:= error; F =:= exit; F =:= throw;
        F =:= raise -> fails;
external(How, M, F, A, R) ->
    Args = args(A, R),
    {How, model(M, F, Args), [{{M, F}, Args}]}.

args(A, R) -> [value({x, N}, R) || N <- lists:seq(0, A - 1)].

operand(N, _) when is_integer(N) -> N; % an arity
operand(A, R) -> value(A, R).

%% Tests of values that are known as far as the test looks.
test(_, [V | _]) when V =:= ?UNKNOWN; V =:= '$state'; V =:= '$data' -> unknown;
test(is_nil, [V]) -> V =:= [];
test(is_nonempty_list, [V]) -> is_list(V) andalso V =/= [];
test(is_list, [V]) -> is_list(V);
test(is_tuple, [V]) -> is_tuple(V);
test(is_map, [V]) -> is_map(V);
test(is_atom, [V]) -> is_atom(V);
test(is_integer, [V]) -> is_integer(V);
test(is_binary, [V]) -> is_binary(V);
test(test_arity, [V, N]) -> is_tuple(V) andalso tuple_size(V) =:= N;
test(is_tagged_tuple, [V, N, Tag]) ->
    case is_tuple(V) andalso tuple_size(V) =:= N of
        true -> test(is_eq_exact, [element(1, V), Tag]);
        false -> false
    end;
test(is_eq_exact, [A, B]) ->
    case known(A) andalso known(B) of
        true -> A =:= B;
        false -> unknown
    end;
test(_, _) -> unknown.

%% Functions that child specifications are made with.
model(erlang, '++', [A, B]) ->
    case is_proper(A) of
        true -> A ++ B;
        false -> ?UNKNOWN
    end;
model('Elixir.Supervisor', init, [Children, Options]) ->
    {elixir_supervisor, Children, Options};
model('Elixir.DynamicSupervisor', init, [Options]) ->
    {elixir_supervisor, [], Options};
model('Elixir.Supervisor', child_spec, [#{} = Spec, Over]) ->
    try maps:merge(Spec, maps:from_list(Over))
    catch error:_ -> ?UNKNOWN
    end;
model('Elixir.Supervisor', child_spec, [Child, Over]) ->
    {elixir_child, Child, Over};
model(_, _, _) -> ?UNKNOWN.

is_proper([_ | T]) -> is_proper(T);
is_proper(T) -> T =:= [].

value({tr, Register, _}, R) -> value(Register, R);
value({K, _} = Register, R) when K =:= x; K =:= y; K =:= fr ->
    maps:get(Register, R, ?UNKNOWN);
value({K, V}, _) when K =:= atom; K =:= integer; K =:= literal; K =:= float ->
    V;
value(nil, _) -> [];
value(_, _) -> ?UNKNOWN.

values(L, R) -> [value(V, R) || V <- L].

set({tr, Register, _}, V, R) -> R#{Register => V};
set(Register, V, R) -> R#{Register => V}.

put_map(#{}, [?UNKNOWN, _ | _]) -> ?UNKNOWN;
put_map(#{} = M, [K, V | Rest]) -> put_map(M#{K => V}, Rest);
put_map(M, _) when is_map(M) -> M;
put_map(_, _) -> ?UNKNOWN.

chosen(V, [Case, {f, L} | Rest], Default, R) ->
    case value(Case, R) of
        V -> L;
        _ -> chosen(V, Rest, Default, R)
    end;
chosen(_, [], Default, _) -> Default.

labels(L) when is_list(L) -> lists:flatmap(fun labels/1, L);
labels({f, 0}) -> [];
labels({f, L}) when is_integer(L) -> [L];
labels({literal, _}) -> [];
labels(T) when is_tuple(T) -> labels(tuple_to_list(T));
labels(_) -> [].

written(L) when is_list(L) -> lists:flatmap(fun written/1, L);
written({K, N} = Register) when is_integer(N), K =:= x; is_integer(N), K =:= y ->
    [Register];
written({literal, _}) -> [];
written({test, _, _, _}) -> []; % a test without a destination
written({bif, _, _, _, D}) -> [D];
written({gc_bif, _, _, _, _, D}) -> [D];
written({get_hd, _, D}) -> [D];
written({get_tl, _, D}) -> [D];
written({get_map_elements, _, _, {list, Pairs}}) -> every_second(Pairs);
written(T) when is_tuple(T) -> written(tuple_to_list(T));
written(_) -> [].

every_second([_, D | Rest]) -> [D | every_second(Rest)];
every_second([]) -> [].

%% Whether a function, with all functions of its module that it reaches, is the
%% same in both modules.
same(Old, New, Function) ->
    closure(Old, Function) =:= closure(New, Function).

closure(Code, Function) ->
    [{F, normal(Code, F)} || F <- reaches(Code, Function)].

%% The functions of its module that a function may call, itself included.
reaches(Code, Function) ->
    lists:sort(maps:keys(reaches(Code, [Function], #{}))).

reaches(_, [], Seen) -> Seen;
reaches(Code, [F | Rest], Seen) ->
    case maps:is_key(F, Seen) orelse not maps:is_key(F, Code) of
        true -> reaches(Code, Rest, Seen);
        false -> reaches(Code, callees(Code, F) ++ Rest, Seen#{F => true})
    end.

callees(Code, Function) ->
    case Code of
        #{Function := {_, Is}} -> lists:flatmap(fun callee/1, Is);
        #{} -> []
    end.

%% The other modules that a function calls, also through its own.
modules(Code, Function) ->
    lists:usort([M || F <- reaches(Code, Function),
        {extfunc, M, _, _} <- externals(element(2, maps:get(F, Code)))]).

externals(Is) ->
    [element(3, I) || I <- Is, is_tuple(I), tuple_size(I) > 2,
        is_tuple(element(3, I))].

callee({Call, _, {_, F, A}}) when Call =:= call; Call =:= call_only ->
    [{F, A}];
callee({call_last, _, {_, F, A}, _}) -> [{F, A}];
callee({Make, {_, F, A}, _, _, _}) when Make =:= make_fun2 -> [{F, A}];
callee({make_fun3, {_, F, A}, _, _, _, _}) -> [{F, A}];
callee(_) -> [].

%% Without what differs in each compilation: lines, the numbers of labels, and
%% the index and digest of funs.
normal(Code, Function) ->
    {Entry, Is} = maps:get(Function, Code),
    Labels = maps:from_list(lists:zip([L || {label, L} <- Is],
        lists:seq(1, length([L || {label, L} <- Is])))),
    erlang:md5(term_to_binary([renamed(I, Labels#{entry => Entry}) ||
        I <- Is, not is_line(I)])).

is_line({line, _}) -> true;
is_line(_) -> false.

renamed({make_fun2, MFA, _, _, Free}, _) -> {make_fun2, MFA, Free};
renamed({make_fun3, MFA, _, _, D, Free}, _) -> {make_fun3, MFA, D, Free};
renamed({label, L}, Labels) -> {label, maps:get(L, Labels, L)};
renamed({f, L}, Labels) -> {f, maps:get(L, Labels, L)};
renamed({literal, _} = T, _) -> T;
renamed(L, Labels) when is_list(L) -> [renamed(I, Labels) || I <- L];
renamed(T, Labels) when is_tuple(T) ->
    list_to_tuple(renamed(tuple_to_list(T), Labels));
renamed(T, _) -> T.
