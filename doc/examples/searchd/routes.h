/* SPDX-License-Identifier: MIT */
/* routes.h: what the server answers to which request. */
#ifndef SEARCHD_ROUTES_H
#define SEARCHD_ROUTES_H

#include "http.h"

/* An http_respond_fn; the argument is the struct server. */
struct http_answer routes_respond(const struct http_request *request, void *argument);

#endif
