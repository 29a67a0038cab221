%% SPDX-License-Identifier: MIT
%% poolboy: the pool that PoolToy is a copy of: a gen_server that monitors who holds what and replaces workers
%% that die. Its checkouts are calls to one process.
-module(subject_poolboy).
-export([open/2]).

open(checkout, #{threads := Threads, workers := Workers, ms := Ms}) ->
    Pool = start_pool(Workers),
    Once = fun(N) ->
        {_, Taken} = bench:run_together(Threads, fun(_) -> turns(Pool, N) end),
        Taken
    end,
    N = bench:calibrate(Once, Ms),
    {fun() ->
        Ns = Once(N) / N,
        [{"ns", Ns}, {"throughput", Threads * 1.0e9 / Ns}]
    end, fun() -> poolboy:stop(Pool) end};
open(contended, #{threads := Threads, workers := Workers, ms := Ms} = Order) when
        not is_map_key(rate, Order) ->
    Pool = start_pool(Workers),
    Hold = maps:get(hold_ns, Order, 0),
    Run = fun(Body) ->
        bench:run_together(Threads, fun(_) -> Body(Pool, Hold, bench:clock() + Ms * 1000000, 0) end)
    end,
    Run(fun hurry/4),
    {fun() ->
        {Turns, Taken} = Run(fun hurry/4),
        {Longest, _} = Run(fun hurry_watched/4),
        Ns = Taken / lists:sum(Turns),
        [{"ns", Ns}, {"throughput", 1.0e9 / Ns}, {"wait_max_ns", lists:max(Longest)}]
    end, fun() -> poolboy:stop(Pool) end};
open(replace, #{ms := Ms}) ->
    Pool = start_pool(1),
    Once = fun() -> replace_once(Pool) end,
    bench:repeat(Once, Ms),
    {fun() ->
        Times = bench:repeat(Once, Ms),
        [{"ns", bench:at(Times, 500)}, {"ns_p99", bench:at(Times, 990)}]
    end, fun() -> poolboy:stop(Pool) end};
open(restart, #{workers := Workers, ms := Ms}) ->
    Arguments = [{name, {local, pool}} | arguments(Workers)],
    Sup = bench_sup:start(one_for_one,
        [#{id => pool, start => {poolboy, start_link, [Arguments, []]}}]),
    Once = fun restart_once/0,
    Once(),
    {fun() -> [{"ns", bench:at(bench:repeat(Once, Ms), 500)}] end,
     fun() -> bench_sup:stop(Sup) end};
open(idle, #{pools := Pools, workers := Workers}) ->
    All = [start_pool(Workers) || _ <- lists:seq(1, Pools)],
    {fun() -> [] end, fun() -> [poolboy:stop(Pool) || Pool <- All] end};
open(_, _) ->
    unsupported.

arguments(Workers) ->
    [{worker_module, bench_worker}, {size, Workers}, {max_overflow, 0}].

start_pool(Workers) ->
    {ok, Pool} = poolboy:start_link(arguments(Workers), []),
    Pool.

turns(_, 0) -> ok;
turns(Pool, N) ->
    turn(Pool, 0),
    turns(Pool, N - 1).

turn(Pool, Hold) ->
    Worker = poolboy:checkout(Pool, true, infinity),
    work_for(Hold),
    poolboy:checkin(Pool, Worker).

work_for(0) -> ok;
work_for(Ns) -> work_until(bench:clock() + Ns).

work_until(End) ->
    case bench:clock() < End of
        true -> work_until(End);
        false -> ok
    end.

hurry(Pool, Hold, End, Turns) ->
    turn(Pool, Hold),
    case bench:clock() < End of
        true -> hurry(Pool, Hold, End, Turns + 1);
        false -> Turns + 1
    end.

hurry_watched(Pool, Hold, End, Longest) ->
    Began = bench:clock(),
    case Began < End of
        true ->
            Worker = poolboy:checkout(Pool, true, infinity),
            Waited = bench:clock() - Began,
            work_for(Hold),
            poolboy:checkin(Pool, Worker),
            hurry_watched(Pool, Hold, End, max(Longest, Waited));
        false -> Longest
    end.

%% The next checkout waits for the next worker: the only one is held when it dies.
replace_once(Pool) ->
    Old = poolboy:checkout(Pool, true, infinity),
    Began = bench:clock(),
    exit(Old, kill),
    New = poolboy:checkout(Pool, true, infinity),
    Taken = bench:clock() - Began,
    true = New =/= Old,
    poolboy:checkin(Pool, New),
    Taken.

restart_once() ->
    Old = whereis(pool),
    Began = bench:clock(),
    exit(Old, kill),
    await(Old),
    bench:clock() - Began.

%% Until another poolboy has the name and serves.
await(Old) ->
    case whereis(pool) of
        New when is_pid(New), New =/= Old ->
            poolboy:checkin(New, poolboy:checkout(New, true, infinity));
        _ -> erlang:yield(), await(Old)
    end.
