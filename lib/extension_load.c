/* SPDX-License-Identifier: MIT */
/* extension_load.c: the control library, loaded where the environment asks for a control socket. */
#include "extension.h"
#include "supervisor.h"

#include <dlfcn.h>
#include <limits.h>
#include <pooltoy/status.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char CONTROL_LIBRARY[] = "libpooltoy-control.so.0";

/* One beside this library, if that is one: a prefix of its own is in nobody's search path. */
static bool is_beside(char *path, size_t size)
{
	const char *name;
	Dl_info self;

	if (!dladdr(CONTROL_LIBRARY, &self) || !self.dli_fname)
		return false;
	name = strrchr(self.dli_fname, '/');
	if (!name || strncmp(name, "/libpooltoy.so", strlen("/libpooltoy.so")) != 0)
		return false;
	return (size_t)snprintf(path, size, "%.*s/%s", (int)(name - self.dli_fname), self.dli_fname,
				CONTROL_LIBRARY) < size &&
	       access(path, F_OK) == 0;
}

static const char *load(struct pooltoy_supervisor *supervisor, const char *where)
{
	int (*own)(struct pooltoy_pool *, struct pooltoy_pool_status *) = pooltoy_pool_status;
	char path[PATH_MAX];
	void *library, *found, *identity;
	control_attach_fn *attach;

	library = dlopen(is_beside(path, sizeof path) ? path : CONTROL_LIBRARY,
			 RTLD_NOW | RTLD_LOCAL);
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
