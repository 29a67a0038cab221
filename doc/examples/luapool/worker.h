/* SPDX-License-Identifier: MIT */
/* worker.h: a worker that runs Lua scripts; in a shared object, for a pool of child processes. */
#ifndef LUAPOOL_WORKER_H
#define LUAPOOL_WORKER_H

#include <pooltoy.h>

/*
 * A call's request is a script, the reply what it returns, as tostring has it. A script that fails
 * is answered by POOLTOY_EUSER and Lua's message.
 */
extern const struct pooltoy_worker_ops lua_ops;

#endif
