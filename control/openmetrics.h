/* SPDX-License-Identifier: MIT */
/* openmetrics.h: figures and durations of pools as text for who scrapes them. */
#ifndef POOLTOY_CONTROL_OPENMETRICS_H
#define POOLTOY_CONTROL_OPENMETRICS_H

#include <jansson.h>

/*
 * OpenMetrics 1.0 text, of what the methods `status` and `histograms` tell: two arrays, of which each has an object for
 * each pool. It is the caller's to free; NULL: no memory.
 */
char *openmetrics_text(const json_t *status, const json_t *histograms);

#endif
