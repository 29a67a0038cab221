%% SPDX-License-Identifier: MIT
%% gen_server: OTP itself: gen_server:call, and supervisors that restart what was killed.
-module(subject_gen_server).
-export([open/2]).

open(call_hot, #{threads := Threads, ms := Ms}) ->
    Servers = [start_server() || _ <- lists:seq(1, Threads)],
    Once = fun(N) ->
        {_, Taken} = bench:run_together(Threads, fun(I) -> calls(lists:nth(I + 1, Servers), N) end),
        Taken
    end,
    N = bench:calibrate(Once, Ms),
    {fun() ->
        Before = cpu(),
        Taken = Once(N),
        [{"ns", Taken / N}, {"cpu_ns", (cpu() - Before) / N / Threads}]
    end, fun() -> [gen_server:stop(Server) || Server <- Servers] end};
open(call_parked, #{gap_us := Gap, ms := Ms}) ->
    Server = start_server(),
    {fun() ->
        Before = cpu(),
        Times = [call_after(Server, Gap div 1000) || _ <- lists:seq(1, Ms * 1000 div Gap)],
        [{"ns", bench:at(Times, 500)}, {"ns_p99", bench:at(Times, 990)},
         {"cpu_ns", (cpu() - Before) / length(Times)}]
    end, fun() -> gen_server:stop(Server) end};
open(replace, #{ms := Ms}) ->
    Sup = bench_sup:start(one_for_one, [child(first)]),
    Once = fun() -> Began = bench:clock(), kill_and_await(first), bench:clock() - Began end,
    bench:repeat(Once, Ms),
    {fun() ->
        Times = bench:repeat(Once, Ms),
        [{"ns", bench:at(Times, 500)}, {"ns_p99", bench:at(Times, 990)}]
    end, fun() -> bench_sup:stop(Sup) end};
open(restart, #{workers := Workers, ms := Ms}) ->
    %% The manager comes first, as in PoolToy; the last worker is the last to be up.
    Sup = bench_sup:start(one_for_all, [child(manager), child(first)]
        ++ [child({anonymous, I}) || I <- lists:seq(1, Workers - 2)] ++ [child(last)]),
    Once = fun restart_once/0,
    Once(),
    {fun() ->
        {First, Last} = lists:unzip(bench:repeat(Once, Ms)),
        [{"ns", bench:at(First, 500)}, {"all_up_ns", bench:at(Last, 500)}]
    end, fun() -> bench_sup:stop(Sup) end};
open(start, #{workers := Workers}) ->
    {fun() ->
        Began = bench:clock(),
        Sup = bench_sup:start(one_for_one, [child({anonymous, I}) || I <- lists:seq(1, Workers)]),
        Up = bench:clock(),
        bench_sup:stop(Sup),
        [{"ns", (Up - Began) / Workers}, {"stop_ns", (bench:clock() - Up) / Workers}]
    end, fun() -> ok end};
open(_, _) ->
    unsupported.

start_server() ->
    {ok, Server} = bench_worker:start_link([]),
    Server.

%% Of this process, all its threads, to the millisecond.
cpu() ->
    {Ms, _} = erlang:statistics(runtime),
    Ms * 1000000.

calls(_, 0) -> ok;
calls(Server, N) ->
    N = gen_server:call(Server, N, infinity),
    calls(Server, N - 1).

%% The BEAM's timers tick in milliseconds.
call_after(Server, GapMs) ->
    timer:sleep(GapMs),
    Began = bench:clock(),
    ping = gen_server:call(Server, ping, infinity),
    bench:clock() - Began.

child({anonymous, I}) ->
    #{id => I, start => {bench_worker, start_link, [[]]}};
child(Name) ->
    #{id => Name, start => {bench_worker, start_link, [[{name, Name}]]}}.

kill_and_await(Name) ->
    Old = whereis(Name),
    exit(Old, kill),
    await(Name, Old).

%% Until another process has that name and answers.
await(Name, Old) ->
    case whereis(Name) of
        New when is_pid(New), New =/= Old -> ping = gen_server:call(New, ping, infinity);
        _ -> erlang:yield(), await(Name, Old)
    end.

restart_once() ->
    First = whereis(first),
    Last = whereis(last),
    Began = bench:clock(),
    exit(whereis(manager), kill),
    await(first, First),
    FirstUp = bench:clock(),
    await(last, Last),
    {FirstUp - Began, bench:clock() - Began}.
