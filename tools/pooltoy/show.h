/* SPDX-License-Identifier: MIT */
/* show.h: what a server tells, as text. All values have been cleaned. */
#ifndef TOOL_SHOW_H
#define TOOL_SHOW_H

#include <jansson.h>
#include <stdio.h>

/* What `ls` has found. */
void show_servers(FILE *file, const json_t *servers);
/* The result of `tree`, below the supervisor. */
void show_tree(FILE *file, const json_t *tree);
/* The result of `status`: a line for each pool. */
void show_pools(FILE *file, const json_t *pools);
/* All figures of one pool, a line for each. */
void show_pool(FILE *file, const json_t *pool);
/* An event, as a line that begins with the time. */
void show_event(FILE *file, const json_t *event);

#endif
