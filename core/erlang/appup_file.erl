%% Files of appup(4): {Version, [{From, Instructions}], [{To, Instructions}]},
%% where From and To are versions or, as binaries, regular expressions.
-module(appup_file).
-export([way/3, text/5, extended/4]).
-needs([appup_beam]).

-define(MARKER, "%% draft").

%% The instructions between two versions in a file: {ok, Up, Down}; none: one of
%% its lists has no entry for Old; draft: it still has the marker line; {for,
%% Version}: it is the appup of another version; missing: there is no file.
way(Path, Old, New) ->
    case filelib:is_regular(Path) of
        false -> missing;
        true -> way(appup_beam:terms(Path), Path, Old, New)
    end.

way([{Version, Up, Down}], Path, Old, New) when is_list(Up), is_list(Down) ->
    Found = {entry(Old, Up), entry(Old, Down)},
    Draft = is_draft(Path),
    case Found of
        _ when Version =/= New -> {for, Version};
        {{ok, _}, {ok, _}} when Draft -> draft;
        {{ok, U}, {ok, D}} -> {ok, U, D};
        _ -> none
    end;
way(_, Path, _, _) ->
    throw({refused, io_lib:format("~ts is not an appup", [Path])}).

entry(Version, [{Version, Instructions} | _]) -> {ok, Instructions};
entry(Version, [{Pattern, Instructions} | Rest]) when is_binary(Pattern) ->
    Length = length(Version),
    try re:run(Version, Pattern) of
        {match, [{0, Length} | _]} -> {ok, Instructions};
        _ -> entry(Version, Rest)
    catch
        error:badarg -> entry(Version, Rest)
    end;
entry(Version, [_ | Rest]) -> entry(Version, Rest);
entry(_, []) -> none.

is_draft(Path) ->
    {ok, Text} = file:read_file(Path),
    Lines = binary:split(Text, <<"\n">>, [global]),
    lists:any(fun(L) -> string:trim(L) =:= <<?MARKER>> end, Lines).

%% The text of a new file: Says are comments.
text(Old, New, Says, Up, Down) ->
    [?MARKER, "\n", comments(Says), "{", string(New), ",\n [",
     entry_text(Old, Up), "],\n [", entry_text(Old, Down), "]}.\n"].

comments(Says) -> [wrapped(string:lexemes(lists:flatten(S), " "), []) ||
    S <- Says].

%% Lines of at most 80 columns.
wrapped([], []) -> [];
wrapped([], Line) -> ["%% ", lists:join(" ", lists:reverse(Line)), "\n"];
wrapped([Word | Rest], Line) ->
    Length = lists:sum([string:length(W) + 1 || W <- [Word | Line]]) + 2,
    case Line of
        [_ | _] when Length > 80 ->
            [wrapped([], Line), wrapped(Rest, [Word, "  "])];
        _ -> wrapped(Rest, [Word | Line])
    end.

entry_text(Version, Instructions) ->
    Lines = [io_lib:format("~0p", [I]) || I <- Instructions],
    ["{", string(Version), ",\n   [", lists:join(",\n    ", Lines), "]}"].

string(Text) -> io_lib:format("~0p", [Text]).

%% The text of a file with an entry for Old added in front of both of its lists.
%% The rest of the text, with its comments, stays as it is.
extended(Path, Old, Says, {Up, Down}) ->
    {ok, Bytes} = file:read_file(Path),
    Text = unicode:characters_to_list(Bytes),
    {ok, Tokens, _} = erl_scan:string(Text, {1, 1}, [text, return]),
    [First, Second] = starts(Tokens, 0, 0, []),
    {A, Rest} = lists:split(First, Text),
    {B, C} = lists:split(Second - First, Rest),
    [?MARKER, "\n", comments(Says), without_marker(A),
     entry_text(Old, Up), separator(B), B, entry_text(Old, Down),
     separator(C), C].

without_marker(Text) ->
    case string:split(Text, ?MARKER ++ "\n") of
        [Before, After] -> [Before, After];
        [Text] -> Text
    end.

%% An empty list needs no comma.
separator(Rest) ->
    {ok, Tokens, _} = erl_scan:string(Rest, {1, 1}, []),
    case Tokens of
        [{']', _} | _] -> "";
        _ -> ",\n  "
    end.

%% The offsets behind the "[" of both lists.
starts([Token | Rest], Depth, Offset, Found) ->
    Next = Offset + length(erl_scan:text(Token)),
    case element(1, Token) of
        '[' when Depth =:= 1 ->
            starts(Rest, Depth + 1, Next, [Next | Found]);
        Open when Open =:= '['; Open =:= '{' ->
            starts(Rest, Depth + 1, Next, Found);
        Close when Close =:= ']'; Close =:= '}' ->
            starts(Rest, Depth - 1, Next, Found);
        _ -> starts(Rest, Depth, Next, Found)
    end;
starts([], _, _, Found) -> lists:reverse(Found).
