/* SPDX-License-Identifier: MIT */
/* stage.h: where sequences are played: fibers with a clock of their own, or threads. */
#ifndef REFERENCE_STAGE_H
#define REFERENCE_STAGE_H

#include <pooltoy.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whether time stands still but for stage_pass, and stage_settle is certain. */
extern const bool stage_is_timed;
/* Whether workers are in child processes. */
extern const bool stage_is_isolated;
/* Makes that of a pool's specification. */
void stage_specify(struct pooltoy_pool_spec *spec);

/* Plays, with nothing left over from plays before. False, and what stage_fail said, if it failed. */
bool stage_play(void (*play)(void), char *story, size_t size);
_Noreturn void stage_fail(const char *story);

/* For what a play leaves behind, zeroed. */
void *stage_memory(size_t size);
void stage_memory_free(void *memory, size_t size);

/* Until nothing can go on before time passes; with threads, nothing. */
void stage_settle(void);
/* Whether this holds once all is settled. With threads: soon. */
bool stage_holds(bool (*condition)(const void *argument), const void *argument);
void stage_pass(uint64_t ns);

#endif
