/* SPDX-License-Identifier: MIT */
/* extension_load.c: the control library, loaded where the environment asks for a control socket. */
#include "extension.h"
#include "supervisor.h"

#include <dlfcn.h>
#include <limits.h>
#include <pooltoy/status.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char CONTROL_LIBRARY[] = "libpooltoy-control.so.0";

/* Beside this library, if that is one: a prefix of its own is in nobody's search path. */
static void *open_beside(void)
{
	char path[PATH_MAX];
	const char *name;
	Dl_info self;

	if (!dladdr(CONTROL_LIBRARY, &self) || !self.dli_fname)
		return NULL;
	name = strrchr(self.dli_fname, '/');
	if (!name || strncmp(name, "/libpooltoy.so", strlen("/libpooltoy.so")) != 0)
		return NULL;
	if ((size_t)snprintf(path, sizeof path, "%.*s/%s", (int)(name - self.dli_fname),
			     self.dli_fname, CONTROL_LIBRARY) >= sizeof path)
		return NULL;
	return dlopen(path, RTLD_NOW | RTLD_LOCAL);
}

static const char *load(struct pooltoy_supervisor *supervisor, const char *where)
{
	int (*own)(struct pooltoy_pool *, struct pooltoy_pool_status *) = pooltoy_pool_status;
	void *library = open_beside(), *found, *identity;
	control_attach_fn *attach;

	if (!library)
		library = dlopen(CONTROL_LIBRARY, RTLD_NOW | RTLD_LOCAL);
	if (!library)
		return dlerror(); /* NOLINT(concurrency-mt-unsafe): of this thread's call */
	found = dlsym(library, "pooltoy_control_attach");
	if (!found)
		return dlerror(); /* NOLINT(concurrency-mt-unsafe): of this thread's call */
	memcpy(&attach, &found, sizeof attach);
	memcpy(&identity, &own, sizeof identity);
	return attach(supervisor, where, identity) ? pooltoy_last_error() : NULL;
}

void extension_load(struct pooltoy_supervisor *supervisor)
{
	const char *where = secure_getenv("POOLTOY_CONTROL"), *wrong;

	if (!where || !where[0] || strcmp(where, "0") == 0)
		return;
	wrong = load(supervisor, where);
	if (wrong)
		fprintf(stderr, "pooltoy: POOLTOY_CONTROL: %s\n", wrong);
}
