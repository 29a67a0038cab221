/* SPDX-License-Identifier: MIT */
/* isolation.c: checks what a pool of child processes asks for, and finds its worker's shared object. */
#include "isolation.h"
#include "error.h"
#include "isolation_protocol.h"
#include "spec_copy.h"
#include "sync_child.h"

#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	FILTER_MAX = 4096, /* the kernel's BPF_MAXINSNS */
	REPLY_MAX_DEFAULT = 64 << 20,
	ARGUMENT_MAX = 64 << 20
};

static int no_memory(const char *pool)
{
	return error_set(POOLTOY_ENOMEM, "pool \"%s\": no memory for its specification", pool);
}

static void *copy(const void *given, size_t length)
{
	void *own = sync_alloc(length + 1); /* none is not to be no memory */

	if (!own)
		return NULL;
	if (length > 0)
		memcpy(own, given, length);
	return own;
}

static char *copy_text(const char *given)
{
	return copy(given, strlen(given) + 1);
}

/* The worker's place. */

/*
 * Something in the worker's shared object: a function if it has one, since the linker may have put the
 * ops elsewhere, into the program.
 */
static const void *any_part(const struct pooltoy_worker_ops *given,
			    const struct pooltoy_worker_ops *ops)
{
	/* POSIX has functions fit into pointers to objects (dlsym). */
	union {
		int (*init)(struct pooltoy_worker *self, void *argument, void **state);
		int (*handle)(struct pooltoy_worker *self, void *state, const void *request,
			      size_t length);
		const void *address;
	} function = { .init = ops->init };

	if (!ops->init)
		function.handle = ops->handle_call ? ops->handle_call : ops->handle_cast;
	return function.address ? function.address : given;
}

static bool is_program(const struct link_map *object)
{
	return !object->l_name || !object->l_name[0];
}

static int find_module(const struct pooltoy_pool_spec *spec, const struct pooltoy_worker_ops *ops,
		       char path[PATH_MAX])
{
	const void *part = any_part(spec->worker, ops);
	struct link_map *object = NULL;
	Dl_info found;

	if (spec->module) {
		if (strchr(spec->module, '/') && access(spec->module, R_OK))
			return error_set(POOLTOY_EINVAL,
					 "pool \"%s\": its module %s cannot be read", spec->name,
					 spec->module);
		snprintf(path, PATH_MAX, "%s", spec->module);
		return POOLTOY_OK;
	}
	if (!dladdr1(part, &found, (void **)&object, RTLD_DL_LINKMAP) || !object)
		return error_set(POOLTOY_EINVAL,
				 "pool \"%s\": the shared object of its worker is not to be found: "
				 "name it as the module",
				 spec->name);
	if (is_program(object))
		return error_set(
			POOLTOY_EINVAL,
			"pool \"%s\": its worker is part of the program, but a child process "
			"loads it from a shared object of its own",
			spec->name);
	if (!realpath(found.dli_fname, path))
		return error_set(POOLTOY_EINVAL,
				 "pool \"%s\": its worker's shared object %s is gone", spec->name,
				 found.dli_fname);
	return POOLTOY_OK;
}

static int find_symbol(const struct pooltoy_pool_spec *spec, const char **symbol)
{
	Dl_info found;

	*symbol = spec->symbol;
	if (spec->symbol)
		return POOLTOY_OK;
	if (!dladdr(spec->worker, &found) || found.dli_saddr != spec->worker)
		return error_set(
			POOLTOY_EINVAL,
			"pool \"%s\": its worker's ops have no name that their shared object "
			"exports: without `static` they would, or name the symbol",
			spec->name);
	*symbol = found.dli_sname;
	return POOLTOY_OK;
}

/* Limits. */

static const char *wrong_limit(const struct pooltoy_limits *limits)
{
	if (limits->cpu_seconds < 0)
		return "limits.cpu_seconds";
	if (limits->open_files < 0)
		return "limits.open_files";
	if (limits->callback < 0)
		return "limits.callback";
	if (limits->filter_count > FILTER_MAX || (!limits->filter && limits->filter_count > 0))
		return "limits.filter_count";
	return NULL;
}

static int copy_limits(const struct pooltoy_pool_spec *spec, struct isolation *isolation)
{
	struct pooltoy_limits *own = &isolation->limits;
	const char *wrong;
	char what[128];
	int code = POOLTOY_OK;

	*own = (struct pooltoy_limits){ .struct_size = sizeof *own };
	snprintf(what, sizeof what, "pool \"%.64s\": limits", spec->name);
	if (spec->limits)
		code = spec_copy(own, sizeof *own, spec->limits, what);
	wrong = code ? NULL : wrong_limit(own);
	if (wrong)
		code = error_set(POOLTOY_EINVAL, "pool \"%s\": %s is out of range", spec->name,
				 wrong);
	else if (!code && own->cgroup && access(own->cgroup, W_OK))
		code = error_set(POOLTOY_EINVAL, "pool \"%s\": limits.cgroup: %s: %s", spec->name,
				 own->cgroup, sync_error_text(errno));
	if (code) {
		*own = (struct pooltoy_limits){ .struct_size = 0 }; /* nothing of it is ours */
		return code;
	}
	if (own->reply == 0)
		own->reply = REPLY_MAX_DEFAULT;
	own->cgroup = own->cgroup ? copy_text(own->cgroup) : NULL;
	own->user = own->user ? copy_text(own->user) : NULL;
	own->filter = own->filter
			      ? copy(own->filter, own->filter_count * ISOLATION_FILTER_INSTRUCTION)
			      : NULL;
	if ((spec->limits && spec->limits->cgroup && !own->cgroup) ||
	    (spec->limits && spec->limits->user && !own->user) ||
	    (own->filter_count > 0 && !own->filter))
		return no_memory(spec->name);
	return POOLTOY_OK;
}

static int fill(struct isolation *made, const struct pooltoy_pool_spec *spec,
		const struct pooltoy_worker_ops *ops)
{
	char path[PATH_MAX];
	const char *symbol;
	int code = find_module(spec, ops, path);

	if (!code)
		code = find_symbol(spec, &symbol);
	if (!code)
		code = copy_limits(spec, made);
	if (code)
		return code;
	made->ops = *ops;
	made->module = copy_text(path);
	made->symbol = copy_text(symbol);
	made->argument_length = spec->argument ? spec->argument_length : 0;
	made->argument = copy(spec->argument, made->argument_length);
	return made->module && made->symbol && made->argument ? POOLTOY_OK : no_memory(spec->name);
}

int isolation_make(const struct pooltoy_pool_spec *spec, const struct pooltoy_worker_ops *ops,
		   struct isolation **isolation)
{
	struct isolation *made;
	int failed = sync_child_check_program(), code;

	if (failed)
		return error_set(
			POOLTOY_EINVAL,
			"pool \"%s\": %s, which runs its workers: %s; POOLTOY_CHILD in the "
			"environment names another",
			spec->name, sync_child_program(), sync_error_text(failed));
	if (spec->argument_length > ARGUMENT_MAX)
		return error_set(POOLTOY_EINVAL, "pool \"%s\": argument_length is out of range",
				 spec->name);
	made = sync_alloc(sizeof *made);
	if (!made)
		return no_memory(spec->name);
	code = fill(made, spec, ops);
	if (code)
		isolation_free(made);
	else
		*isolation = made;
	return code;
}

void isolation_free(struct isolation *isolation)
{
	if (!isolation)
		return;
	sync_free((void *)isolation->limits.cgroup);
	sync_free((void *)isolation->limits.user);
	sync_free((void *)isolation->limits.filter);
	sync_free(isolation->module);
	sync_free(isolation->symbol);
	sync_free(isolation->argument);
	sync_free(isolation);
}

/* The first message. */

struct part {
	const void *data;
	size_t length;
};

static struct part text(const char *given)
{
	return given ? (struct part){ given, strlen(given) + 1 } : (struct part){ "", 1 };
}

bool isolation_message(const struct isolation *isolation, const char *pool, unsigned index,
		       unsigned max_spins, struct bytes *message)
{
	const struct pooltoy_limits *limits = &isolation->limits;
	const struct part parts[ISOLATION_PARTS] = {
		[ISOLATION_POOL] = text(pool),
		[ISOLATION_MODULE] = text(isolation->module),
		[ISOLATION_SYMBOL] = text(isolation->symbol),
		[ISOLATION_USER] = text(limits->user),
		[ISOLATION_FILTER] = { limits->filter,
				       limits->filter_count * ISOLATION_FILTER_INSTRUCTION },
		[ISOLATION_ARGUMENT] = { isolation->argument, isolation->argument_length }
	};
	struct isolation_birth birth = { .address_space = limits->cgroup ? 0 : limits->memory,
					 .cpu_seconds = (uint64_t)limits->cpu_seconds,
					 .open_files = (uint64_t)limits->open_files,
					 .max_spins = max_spins,
					 .index = index };
	size_t length = sizeof birth;
	unsigned i;

	for (i = 0; i < ISOLATION_PARTS; i++) {
		birth.parts[i] = parts[i].length;
		length += parts[i].length;
	}
	if (!bytes_reserve(message, length))
		return false;
	bytes_append(message, &birth, sizeof birth);
	for (i = 0; i < ISOLATION_PARTS; i++)
		bytes_append(message, parts[i].data, parts[i].length);
	return true;
}
