%% SPDX-License-Identifier: MIT
%% The subjects that run on the BEAM, poolboy and gen_server: processes take the part of threads. README.md has
%% the protocol, main.c the same in C.
-module(bench).
-export([main/1, clock/0, run_together/2, calibrate/2, repeat/2, at/2]).

main([Subject]) ->
    Module = case Subject of
        poolboy -> subject_poolboy;
        gen_server -> subject_gen_server
    end,
    loop(Module, none),
    halt(0).

loop(Module, Current) ->
    case io:get_line("") of
        eof -> ok;
        "round\n" ->
            {Round, _} = Current,
            io:put_chars([lists:join(" ", [figure(Figure) || Figure <- Round()]), "\n"]),
            loop(Module, Current);
        "close\n" ->
            {_, Close} = Current,
            Close(),
            io:put_chars("closed\n"),
            loop(Module, none);
        Line ->
            ["open", Scenario | Words] = string:lexemes(Line, " \n"),
            Order = maps:from_list([parse(Word) || Word <- Words]),
            case Module:open(list_to_atom(Scenario), Order) of
                unsupported -> io:put_chars("unsupported\n"), loop(Module, none);
                Opened -> io:put_chars("ready\n"), loop(Module, Opened)
            end
    end.

parse(Word) ->
    [Key, Value] = string:split(Word, "="),
    {list_to_atom(Key), list_to_integer(Value)}.

figure({Metric, Value}) ->
    io_lib:format("~s=~.3f", [Metric, float(Value)]).

clock() -> erlang:monotonic_time(nanosecond).

%% Runs Body(I) in so many processes, which begin together: what each returned, and the time from the
%% beginning to the last one's end.
run_together(Count, Body) ->
    Self = self(),
    Processes = [spawn_link(fun() ->
        receive begin_now -> ok end,
        Found = Body(I),
        Self ! {self(), Found, clock()}
    end) || I <- lists:seq(0, Count - 1)],
    Began = clock(),
    [Process ! begin_now || Process <- Processes],
    Ends = [receive {Process, Found, End} -> {Found, End} end || Process <- Processes],
    {[Found || {Found, _} <- Ends], lists:max([End || {_, End} <- Ends]) - Began}.

%% How often Once(N) must repeat to last for about so long.
calibrate(Once, Ms) -> calibrate(Once, Ms * 1000000, 1).

calibrate(Once, Wanted, N) ->
    case Once(N) of
        Taken when Taken < Wanted div 4 -> calibrate(Once, Wanted, N * 2);
        Taken -> max(1, N * Wanted div Taken)
    end.

%% What Once() gives, again and again for so long.
repeat(Once, Ms) -> repeat(Once, clock() + Ms * 1000000, []).

repeat(Once, End, Found) ->
    All = [Once() | Found],
    case clock() < End of
        true -> repeat(Once, End, All);
        false -> All
    end.

%% Of samples: the one that Permille of 1,000 do not exceed.
at(Samples, Permille) ->
    lists:nth(max(1, (length(Samples) * Permille + 999) div 1000), lists:sort(Samples)).
