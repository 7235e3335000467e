%% Filters a list in the emulator itself: it can have a million items.
Those = fun(List, Head, Guards, Result) ->
    ets:match_spec_run(List,
        ets:match_spec_compile([{Head, Guards, [Result]}]))
end,
