/* SPDX-License-Identifier: MIT */
/*
 * plugin_host.c: a host that knows the library by dlopen alone. Pools have run, and a thread that
 * was their client outlives dlclose: as it ends, the library's thread-specific destructor must
 * still be there to be run.
 */
#include <dlfcn.h>
#include <pooltoy.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>

static void *library;
static struct pooltoy_pool *pool;
static sem_t served, closed;

static void *function(const char *name)
{
	void *found = dlsym(library, name);

	if (!found) {
		fprintf(stderr, "%s\n", dlerror());
		exit(1);
	}
	return found;
}

/* The function of that name, with the type that its header gives it. */
#define CALL(name, ...) ((__typeof__(&name))function(#name))(__VA_ARGS__)

static void must(int code, const char *what)
{
	if (code == 0)
		return;
	fprintf(stderr, "%s: %d: %s\n", what, code, CALL(pooltoy_last_error));
	exit(1);
}

static void *client(void *unused)
{
	struct pooltoy_lease lease = POOLTOY_LEASE_INIT;

	must(CALL(pooltoy_checkout, pool, 10000, &lease), "checkout");
	must(CALL(pooltoy_checkin, &lease), "checkin");
	sem_post(&served);
	sem_wait(&closed);
	return unused;
}

int main(int argc, char **argv)
{
	static const struct pooltoy_worker_ops worker = POOLTOY_WORKER_OPS_INIT;
	struct pooltoy_supervisor *supervisor;
	pthread_t thread;

	library = dlopen(argc > 1 ? argv[1] : "libpooltoy.so.0", RTLD_NOW | RTLD_LOCAL);
	if (!library) {
		fprintf(stderr, "%s\n", dlerror());
		return 1;
	}
	sem_init(&served, 0, 0);
	sem_init(&closed, 0, 0);
	must(CALL(pooltoy_supervisor_start, &supervisor), "supervisor_start");
	must(CALL(pooltoy_start_pool, supervisor,
		  POOLTOY_POOL_SPEC(.name = "poolio", .worker = &worker, .size = 2), &pool),
	     "start_pool");
	pthread_create(&thread, NULL, client, NULL);
	sem_wait(&served);
	CALL(pooltoy_pool_release, pool);
	must(CALL(pooltoy_supervisor_stop, supervisor, 10000), "supervisor_stop");
	if (dlclose(library)) {
		fprintf(stderr, "%s\n", dlerror());
		return 1;
	}
	sem_post(&closed);
	return pthread_join(thread, NULL);
}
