/* SPDX-License-Identifier: MIT */
/* pooltoy_process.h: the worker that the subject pooltoy_process has in child processes. */
#ifndef POOLTOY_TESTS_BENCH_SUBJECTS_POOLTOY_PROCESS_H
#define POOLTOY_TESTS_BENCH_SUBJECTS_POOLTOY_PROCESS_H

#include <pooltoy.h>

/* Of a shared object of its own: echoes; on the second CPU. */
extern const struct pooltoy_worker_ops process_worker, process_worker_apart;

#endif
