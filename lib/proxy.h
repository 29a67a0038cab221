/* SPDX-License-Identifier: MIT */
/* proxy.h: a worker whose callbacks run in a child process: what its thread here does in their place. */
#ifndef POOLTOY_LIB_PROXY_H
#define POOLTOY_LIB_PROXY_H

#include "worker.h"

/* Callbacks for a pool of such workers, whose own are these. */
struct pooltoy_worker_ops proxy_ops(const struct pooltoy_worker_ops *own);

/* What a worker needs before its first start: 0 or POOLTOY_ENOMEM; and its end, also of one without. */
int proxy_prepare(struct pooltoy_worker *worker);
void proxy_dispose(struct pooltoy_worker *worker);

/* The worker's thread does not sleep any more. */
void proxy_leave_bed(struct pooltoy_worker *worker);

/* A call, by who is at the helm: sends the request. */
void proxy_send_call(struct pooltoy_worker *worker);

/*
 * By a caller: waits for the whole answer. False: the deadline (ns) has passed, or there is something
 * about the child that its worker's thread is to look at. A cancellation point.
 */
bool proxy_await_directly(struct pooltoy_worker *worker, struct parker *caller, uint64_t deadline);

/* The answer, if it is there; else, by the worker's thread, waits for it. What the handler returned. */
int proxy_take_answer(struct pooltoy_worker *worker);
int proxy_await_answer(struct pooltoy_worker *worker);

/* The worker's thread, at rest. */
bool proxy_has_been_heard(const struct pooltoy_worker *worker);
/* Takes note of what was heard: whether the child has ended. */
bool proxy_listen(struct pooltoy_worker *worker);
/* Has the child know that its worker is to stop, once it is; whoever is at the helm. */
void proxy_tell_of_stop(struct pooltoy_worker *worker);
/* At the helm: it has ended between requests. */
void proxy_break(struct pooltoy_worker *worker);
/* What to listen to in a sleep without a request: the child's words and end; or nothing. */
void proxy_open_ears(struct pooltoy_worker *worker);
void proxy_shut_ears(struct pooltoy_worker *worker);

/* Any thread: kills the child, if there is one. */
void proxy_kill(struct pooltoy_worker *worker);

#endif
