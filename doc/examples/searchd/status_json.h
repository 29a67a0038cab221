/* SPDX-License-Identifier: MIT */
/* status_json.h: the supervisor's tree, and the server's own figures about its pools, as JSON. */
#ifndef SEARCHD_STATUS_JSON_H
#define SEARCHD_STATUS_JSON_H

#include <jansson.h>

#include "server.h"

/*
 * {"supervisor": {"thread": ..., "pools": [{"name": ..., "manager": {...}, "workers": [...],
 * "requests": {...}, "history": {...}}, ...]}}. A new reference, or NULL.
 */
json_t *status_json(struct server *server);

#endif
