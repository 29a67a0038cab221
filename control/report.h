/* SPDX-License-Identifier: MIT */
/* report.h: what the library tells of pools, as JSON. */
#ifndef POOLTOY_CONTROL_REPORT_H
#define POOLTOY_CONTROL_REPORT_H

#include <jansson.h>
#include <pooltoy/event.h>
#include <pooltoy/metrics.h>
#include <pooltoy/status.h>
#include <pooltoy/supervisor.h>

/* Each returns a new reference, or NULL if there is no memory. */

/* Text that may be no UTF-8: what is none becomes '?'. */
json_t *report_text(const char *text);
json_t *report_status(const char *pool, const struct pooltoy_pool_status *status);
/* The supervisor, with its pools, their managers and workers. */
json_t *report_tree(struct pooltoy_supervisor *supervisor);
/* The status of each pool. */
json_t *report_pools(struct pooltoy_supervisor *supervisor);
/* What is measured of a pool, and of each. */
json_t *report_histograms(struct pooltoy_pool *pool);
json_t *report_all_histograms(struct pooltoy_supervisor *supervisor);
json_t *report_event(const struct pooltoy_event *event);

/* "pool_started", ...; "unknown" for one of a later library. */
const char *report_event_name(enum pooltoy_event_type type);

#endif
