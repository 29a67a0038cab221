/* SPDX-License-Identifier: MIT */
/* sanitizers.c: in a build with sanitizers, a child that crashes is to die of its signal all the same. */

/* Each sanitizer's run-time asks for its options; the environment's come after these. */
const char *__asan_default_options(void);
const char *__tsan_default_options(void);
const char *__ubsan_default_options(void);

static const char crashes_stay[] = "handle_segv=0:handle_sigbus=0:handle_abort=0:handle_sigfpe=0:"
				   "handle_sigill=0:atexit_sleep_ms=0";

const char *__asan_default_options(void)
{
	return crashes_stay;
}

const char *__tsan_default_options(void)
{
	return crashes_stay;
}

const char *__ubsan_default_options(void)
{
	return crashes_stay;
}
