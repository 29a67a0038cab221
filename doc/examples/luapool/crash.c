/* SPDX-License-Identifier: MIT */
/* crash.c: a C module for Lua, with a bug. */
#include <stddef.h>

#include <lua.h>

int luaopen_crash(lua_State *lua);

/* A sanitizer would find it, and say so instead of crashing. */
__attribute__((no_sanitize("undefined"))) int luaopen_crash(lua_State *lua)
{
	volatile int *volatile nowhere = (volatile int *)64; /* no page is there */

	(void)lua;
	*nowhere = 1;
	return 0;
}
