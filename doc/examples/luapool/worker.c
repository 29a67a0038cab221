/* SPDX-License-Identifier: MIT */
/* worker.c: runs scripts of strangers, each in a Lua state of its own. */
#include "worker.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

struct session {
	pthread_t thread;
	lua_State *lua; /* unused yet; NULL: there was no memory for it */
};

struct script {
	const char *text;
	size_t length;
};

/* The state in which a script runs, for the signal handler. */
static lua_State *volatile running;

/* It stays: a script that catches the error gets the next one at its next instruction. */
static void raise_error(lua_State *lua, lua_Debug *where)
{
	(void)where;
	luaL_error(lua, "interrupted");
}

/*
 * On the script's own thread, as in Lua's own interpreter: lua_sethook may come at any moment, but
 * not from another thread, since it walks a list of calls that the script's thread changes.
 */
static void stop_script(int number)
{
	(void)number;
	if (running)
		lua_sethook(running, raise_error, LUA_MASKCALL | LUA_MASKRET | LUA_MASKCOUNT, 1);
}

static int open_libraries(lua_State *lua)
{
	luaL_openlibs(lua);
	return 0;
}

/* In a protected call, as all that may be out of memory: elsewhere Lua would abort. */
static lua_State *open_state(void)
{
	lua_State *lua = luaL_newstate();

	if (!lua)
		return NULL;
	lua_pushcfunction(lua, open_libraries);
	if (lua_pcall(lua, 0, 0, 0) == LUA_OK)
		return lua;
	lua_close(lua);
	return NULL;
}

static void terminate(struct pooltoy_worker *self, void *state, int reason)
{
	struct session *session = state;

	(void)self;
	(void)reason;
	if (session->lua)
		lua_close(session->lua);
	free(session);
}

static int init(struct pooltoy_worker *self, void *argument, void **state)
{
	/* Without SA_RESTART, so that a script that reads from a device or pipe is stopped, too. */
	struct sigaction action = { .sa_handler = stop_script };
	struct session *session = malloc(sizeof *session);

	(void)argument;
	if (!session)
		return pooltoy_worker_fail(self, "no memory");
	session->thread = pthread_self();
	session->lua = open_state();
	*state = session;
	if (session->lua && !sigaction(SIGUSR1, &action, NULL))
		return 0;
	terminate(self, session, 0);
	return pooltoy_worker_fail(self, "no Lua state");
}

static void interrupt(struct pooltoy_worker *self, void *state)
{
	struct session *session = state;

	(void)self;
	pthread_kill(session->thread, SIGUSR1);
}

/* No bytecode ("t"): made with malice, it crashes the interpreter. */
static int run_script(lua_State *lua)
{
	const struct script *script = lua_touserdata(lua, 1);

	if (luaL_loadbufferx(lua, script->text, script->length, "=script", "t") != LUA_OK)
		return lua_error(lua);
	lua_call(lua, 0, 1);
	luaL_tolstring(lua, -1, NULL); /* may call a metamethod: part of the script */
	return 1;
}

/* Whether the interrupt may have come before there was a script to stop. */
static bool is_unwanted(struct pooltoy_worker *self)
{
	return pooltoy_worker_time_left(self) == 0 || pooltoy_worker_stopping(self);
}

static int run(struct pooltoy_worker *self, lua_State *lua, const struct script *script)
{
	int status;

	lua_pushcfunction(lua, run_script);
	lua_pushlightuserdata(lua, (void *)script);
	running = lua;
	if (is_unwanted(self))
		stop_script(SIGUSR1);
	status = lua_pcall(lua, 1, 1, 0);
	running = NULL;
	return status;
}

/* Its result, or its error. One that is no string is not asked for a text: that could fail. */
static void answer(struct pooltoy_worker *self, lua_State *lua, int status)
{
	static const char wordless[] = "an error that is not a string";
	const char *text = wordless;
	size_t length = strlen(wordless);

	if (lua_type(lua, -1) == LUA_TSTRING)
		text = lua_tolstring(lua, -1, &length);
	if (status != LUA_OK)
		pooltoy_reply_error(self, POOLTOY_EUSER);
	pooltoy_reply(self, text, length);
}

/*
 * The next script, which may be another user's, finds a fresh state. It is made here, since `reset`
 * does not run after a checkin in good order, and before the caller has its answer, since
 * finalizers run as a state is closed: what a script leaves behind costs its own caller's time.
 */
static int handle_call(struct pooltoy_worker *self, void *state, const void *request, size_t length)
{
	struct session *session = state;
	const struct script script = { request, length };

	answer(self, session->lua, run(self, session->lua, &script));
	lua_close(session->lua);
	session->lua = open_state();
	return session->lua ? 0 : pooltoy_worker_fail(self, "no memory for a fresh Lua state");
}

const struct pooltoy_worker_ops lua_ops =
	POOLTOY_WORKER_OPS(.init = init, .handle_call = handle_call, .interrupt = interrupt,
			   .terminate = terminate);
