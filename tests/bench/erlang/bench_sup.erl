%% SPDX-License-Identifier: MIT
%% A supervisor of so many children, with a strategy, that never gives up.
-module(bench_sup).
-behaviour(supervisor).
-export([start/2, stop/1, init/1]).

%% Not linked to the caller.
start(Strategy, Children) ->
    {ok, Sup} = supervisor:start_link(?MODULE, {Strategy, Children}),
    unlink(Sup),
    Sup.

stop(Sup) ->
    Monitor = monitor(process, Sup),
    exit(Sup, shutdown),
    receive {'DOWN', Monitor, process, Sup, _} -> ok end.

init({Strategy, Children}) ->
    {ok, {#{strategy => Strategy, intensity => 1000000, period => 1}, Children}}.
