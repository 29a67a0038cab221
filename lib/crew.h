/* SPDX-License-Identifier: MIT */
/* crew.h: the books of a pool's workers, which its manager keeps: where each is, and what becomes of it. */
#ifndef POOLTOY_LIB_CREW_H
#define POOLTOY_LIB_CREW_H

#include "worker.h"

/* All of this is the manager's. */

/* A worker whose slot is vacant; NULL: no memory, or all slots are taken by workers that do not leave. */
struct pooltoy_worker *crew_take_vacant(struct pooltoy_pool *pool);
void crew_give_back(struct pooltoy_worker *worker);

/* The one way in which a worker moves in the books. The crew's counts (pool.h) say how many are where. */
void crew_move(struct pooltoy_worker *worker, enum crew_place to);

/* Follows the worker's word: it has come up, is to leave, or has left; a call of its has been abandoned. */
void crew_look_at(struct pooltoy_worker *worker, uint64_t now);

/* Its timer has expired: whatever it was given time for it has not done. */
void crew_time_is_over(struct pooltoy_worker *worker, uint64_t now);

/* When a worker that leaves for that reason is to be interrupted. */
uint64_t crew_time_to_leave(struct pooltoy_pool *pool, enum slot_stop_cause cause, uint64_t now);

/* A start has failed, or what is as good as that: the next ones wait. */
void crew_start_failed(struct pooltoy_pool *pool, uint64_t now);

/* More are in quarantine than may be. */
bool crew_is_too_stuck(struct pooltoy_pool *pool);

/* The new instance serves, if it has not been told and may. */
void crew_tell_of_restart(struct pooltoy_pool *pool, uint64_t now);

#endif
