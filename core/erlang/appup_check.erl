%% Which changed modules does an appup or a relup not load? An appup can be empty
%% or name only some of them. systools makes a relup from it without an error,
%% release_handler installs it, and the node then reports the new version but
%% runs old code.
-module(appup_check).
-export([missing/3]).
-needs([appup_beam]).

%% OldEbin and NewEbin: folders of one application in two versions.
%% Instructions: of an appup or of a relup, for the way from Old to New; for the
%% way down, Old is the version that the node leaves.
%%
%% Returns [{Module, changed | added | deleted}]: changed modules that nothing
%% loads, new ones that nothing loads (a node in embedded mode has none of
%% them), and deleted ones that nothing removes. Throws {refused, Sentence} if a
%% module cannot be read.
missing(OldEbin, NewEbin, Instructions) ->
    case lists:any(fun everything/1, Instructions) of
        true -> [];
        false -> missing(appup_beam:ebin(OldEbin), appup_beam:ebin(NewEbin),
            effects(Instructions), app(OldEbin, NewEbin))
    end.

missing(Old, New, Effects, App) ->
    Restarted = lists:member({restarts, App}, Effects),
    Is = fun(What, M) -> Restarted orelse lists:member({What, M}, Effects) end,
    lists:sort(
        [{M, changed} || {M, P} <- maps:to_list(New), maps:is_key(M, Old),
            not Is(loads, M),
            appup_beam:digest(P) =/= appup_beam:digest(maps:get(M, Old))] ++
        [{M, added} || M <- maps:keys(New), not maps:is_key(M, Old),
            not Is(loads, M)] ++
        [{M, deleted} || M <- maps:keys(Old), not maps:is_key(M, New),
            not Is(removes, M)]).

%% A new emulator loads everything.
everything(restart_new_emulator) -> true;
everything(restart_emulator) -> true;
everything(_) -> false.

%% Of appup(4) and relup(4). systools writes an add_application and a
%% restart_application of an appup as loads into the relup.
effects(Instructions) ->
    lists:flatmap(fun effect/1, Instructions).

effect({load, {M, _, _}}) -> [{loads, M}];
effect({remove, {M, _, _}}) -> [{removes, M}];
effect({restart_application, App}) -> [{restarts, App}];
effect(I) when is_tuple(I), tuple_size(I) > 1 ->
    case element(1, I) of
        Name when Name =:= load_module; Name =:= update;
                Name =:= add_module -> [{loads, element(2, I)}];
        delete_module -> [{removes, element(2, I)}];
        _ -> []
    end;
effect(_) -> [].

%% The application of these folders: NAME in NAME.app.
app(OldEbin, NewEbin) ->
    Names = [filename:basename(F, ".app") || E <- [NewEbin, OldEbin],
        F <- filelib:wildcard("*.app", E)],
    case Names of
        [Name | _] -> list_to_atom(Name);
        [] -> undefined
    end.
