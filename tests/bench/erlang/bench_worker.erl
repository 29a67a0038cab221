%% SPDX-License-Identifier: MIT
%% A gen_server that answers what it is asked: poolboy's worker, and what gen_server:call is measured with.
-module(bench_worker).
-behaviour(gen_server).
-export([start_link/1, init/1, handle_call/3, handle_cast/2]).

%% name: registered under it; poolboy gives none.
start_link(Options) ->
    case proplists:get_value(name, Options) of
        undefined -> gen_server:start_link(?MODULE, [], []);
        Name -> gen_server:start_link({local, Name}, ?MODULE, [], [])
    end.

init([]) -> {ok, none}.

handle_call(Request, _From, State) -> {reply, Request, State}.

handle_cast(_Message, State) -> {noreply, State}.
