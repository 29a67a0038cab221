/* SPDX-License-Identifier: MIT */
/* isolated.c: memory that tests and workers share, and the pools whose workers are elsewhere. */
#include "isolated/isolated.h"
#include "scenario/support.h"

#undef pooltoy_start_pool

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#if ADDRESS_SANITIZED
#include <sanitizer/asan_interface.h>
#else
#define ASAN_UNPOISON_MEMORY_REGION(address, size) ((void)(address), (void)(size))
#endif

/* The arena: a stack for the tests, and one for each thread that they begin. The page below a stack
 * belongs to nobody. */
enum {
	PAGE = 65536, /* or a multiple of it */
	TEST_STACK = 8 << 20,
	THREAD_STACK = 2 << 20,
	THREADS = 64,
	ARENA_SIZE = TEST_STACK + THREADS * THREAD_STACK
};

/* Where no process has anything yet, and sanitizers have no shadow. */
static char *const arena = (char *)0x7e9000000000;

/* The last of its section, as this file is the last of the shared object; so nothing else is on its
 * pages. */
extern char __start_isolated_shared[], __stop_isolated_shared[];
static SHARED __attribute__((used)) _Alignas(PAGE) char end_of_shared[PAGE];

static int memory = -1; /* the descriptor of both */

static void die(const char *what)
{
	fprintf(stderr, "isolated: %s: %s\n", what, strerror(errno));
	exit(99);
}

static size_t shared_size(void)
{
	return (size_t)((uintptr_t)__stop_isolated_shared - (uintptr_t)__start_isolated_shared);
}

static void map(void *address, size_t size, off_t offset, int flags, int descriptor)
{
	if (mmap(address, size, PROT_READ | PROT_WRITE, MAP_SHARED | flags, descriptor, offset) !=
	    address)
		die("the memory to share cannot be mapped");
}

static void map_all(int descriptor)
{
	map(arena, ARENA_SIZE, 0, MAP_FIXED_NOREPLACE, descriptor);
	map(__start_isolated_shared, shared_size(), ARENA_SIZE, MAP_FIXED, descriptor);
}

static void make_memory(void)
{
	memory = memfd_create("isolated", MFD_CLOEXEC);
	if (memory < 0 || ftruncate(memory, (off_t)(ARENA_SIZE + shared_size())) ||
	    pwrite(memory, __start_isolated_shared, shared_size(), ARENA_SIZE) !=
		    (ssize_t)shared_size())
		die("there is no memory to share");
	map_all(memory);
}

/* Threads. */

static struct {
	pthread_mutex_t lock;
	bool taken[THREADS];
	pthread_t thread[THREADS];
} threads = { .lock = PTHREAD_MUTEX_INITIALIZER };

struct life {
	char *stack;
	void *(*body)(void *argument);
	void *argument;
};

/* Whoever ends in the middle of something leaves frames behind, which AddressSanitizer would keep. */
static void forget_frames(void *stack)
{
	ASAN_UNPOISON_MEMORY_REGION(stack,
				    (size_t)((char *)__builtin_frame_address(0) - (char *)stack));
}

static void *live(void *argument)
{
	struct life life = *(struct life *)argument;
	void *result;

	free(argument);
	pthread_cleanup_push(forget_frames, life.stack);
	result = life.body(life.argument);
	pthread_cleanup_pop(0);
	return result;
}

static int begin_on(char *stack, size_t size, pthread_t *thread, void *(*body)(void *argument),
		    void *argument)
{
	struct life *life = malloc(sizeof *life);
	pthread_attr_t attributes;
	int failed = life ? pthread_attr_init(&attributes) : ENOMEM;

	if (failed) {
		free(life);
		return failed;
	}
	*life = (struct life){ stack + PAGE, body, argument };
	mprotect(stack, PAGE, PROT_NONE);
	failed = pthread_attr_setstack(&attributes, life->stack, size - PAGE);
	if (!failed)
		failed = pthread_create(thread, &attributes, live, life);
	pthread_attr_destroy(&attributes);
	if (failed)
		free(life);
	return failed;
}

int isolated_begin(pthread_t *thread, void *(*body)(void *argument), void *argument)
{
	int failed = EAGAIN, i = 0;

	pthread_mutex_lock(&threads.lock);
	while (i < THREADS && threads.taken[i])
		i++;
	if (i < THREADS)
		failed = begin_on(arena + TEST_STACK + i * THREAD_STACK, THREAD_STACK,
				  &threads.thread[i], body, argument);
	if (!failed) {
		threads.taken[i] = true;
		*thread = threads.thread[i];
	}
	pthread_mutex_unlock(&threads.lock);
	return failed;
}

void isolated_finish(pthread_t thread)
{
	pthread_mutex_lock(&threads.lock);
	for (int i = 0; i < THREADS; i++)
		if (threads.taken[i] && pthread_equal(threads.thread[i], thread))
			threads.taken[i] = false;
	pthread_mutex_unlock(&threads.lock);
}

/* Workers. */

/* What a child is given for an argument: where to find what the test has given the pool. */
struct part {
	long server; /* a process, and its descriptor of the memory */
	int memory;
	const struct pooltoy_worker_ops *player; /* there */
	struct pooltoy_worker_ops ops;           /* as they are there */
	void *argument;
	const char *shared; /* there */
	void (*release)(void *argument);
};

/* What is SHARED has an address of its own in each process. */
static void *moved(const struct part *part)
{
	uintptr_t offset = (uintptr_t)part->argument - (uintptr_t)part->shared;

	return offset < shared_size() ? __start_isolated_shared + offset : part->argument;
}

/* In the child: the part that its worker plays. */
static struct part played;

extern const struct pooltoy_worker_ops player;

static int play_init(struct pooltoy_worker *self, void *argument, void **state)
{
	char path[64];
	int descriptor;
	struct pooltoy_worker_ops *ops = &played.ops;

	memcpy(&played, argument, sizeof played);
	snprintf(path, sizeof path, "/proc/%ld/fd/%d", played.server, played.memory);
	descriptor = open(path, O_RDWR | O_CLOEXEC);
	if (descriptor < 0)
		die(path);
	map_all(descriptor);
	close(descriptor);
/* The same function, in the shared object as it is loaded here. */
#define MOVE(callback) \
	if (ops->callback) \
	ops->callback = (__typeof__(ops->callback))((uintptr_t)ops->callback - \
						    (uintptr_t)played.player + (uintptr_t)&player)
	MOVE(init);
	MOVE(handle_call);
	MOVE(handle_cast);
	MOVE(reset);
	MOVE(interrupt);
	MOVE(terminate);
	MOVE(ping);
#undef MOVE
	return ops->init ? ops->init(self, moved(&played), state) : 0;
}

static int play_call(struct pooltoy_worker *self, void *state, const void *request, size_t length)
{
	return played.ops.handle_call(self, state, request, length);
}

static int play_cast(struct pooltoy_worker *self, void *state, const void *message, size_t length)
{
	return played.ops.handle_cast(self, state, message, length);
}

static int play_reset(struct pooltoy_worker *self, void *state)
{
	return played.ops.reset(self, state);
}

static int play_ping(struct pooltoy_worker *self, void *state)
{
	return played.ops.ping(self, state);
}

static void play_interrupt(struct pooltoy_worker *self, void *state)
{
	played.ops.interrupt(self, state);
}

static void play_terminate(struct pooltoy_worker *self, void *state, int reason)
{
	if (played.ops.terminate)
		played.ops.terminate(self, state, reason);
}

/* Which of these callbacks there are, the library asks of the ops that the test has given. */
const struct pooltoy_worker_ops player =
	POOLTOY_WORKER_OPS(.init = play_init, .handle_call = play_call, .handle_cast = play_cast,
			   .reset = play_reset, .interrupt = play_interrupt,
			   .terminate = play_terminate, .ping = play_ping);

static void release(void *argument)
{
	struct part *part = argument;

	part->release(part->argument);
	free(part);
}

static const char *module_path(void)
{
	Dl_info found;

	return dladdr(&player, &found) ? found.dli_fname : NULL;
}

int isolated_start_pool(struct pooltoy_supervisor *supervisor, const struct pooltoy_pool_spec *spec,
			struct pooltoy_pool **pool)
{
	struct pooltoy_pool_spec changed;
	struct part *part;
	int code;

	if (!spec || spec->struct_size != sizeof *spec || !spec->worker ||
	    spec->worker->struct_size != sizeof *spec->worker)
		return pooltoy_start_pool(supervisor, spec, pool);
	part = malloc(sizeof *part);
	if (!part)
		return POOLTOY_ENOMEM;
	*part = (struct part){ .server = getpid(),
			       .memory = memory,
			       .player = &player,
			       .ops = *spec->worker,
			       .argument = spec->argument,
			       .shared = __start_isolated_shared,
			       .release = spec->release };
	changed = *spec;
	changed.isolation = POOLTOY_PROCESS;
	changed.module = module_path();
	changed.symbol = "player";
	changed.argument = part;
	changed.argument_length = sizeof *part;
	changed.release = spec->release ? release : NULL;
	if (ADDRESS_SANITIZED && changed.shutdown == 0)
		changed.shutdown = SOON; /* a child that ends looks for leaks first */
	code = pooltoy_start_pool(supervisor, &changed, pool);
	if (code || !spec->release)
		free(part); /* the library has a copy of its own */
	return code;
}

/* The program. */

struct program {
	int argc;
	char **argv;
	int status;
};

static void *run(void *argument)
{
	struct program *program = argument;

	program->status =
		suite_run_named(program_invocation_short_name, program->argc, program->argv);
	return NULL;
}

int isolated_main(int argc, char **argv)
{
	struct program program = { argc, argv, 99 };
	pthread_t thread;

	make_memory();
	if (begin_on(arena, TEST_STACK, &thread, run, &program) || pthread_join(thread, NULL))
		die("no thread for the tests");
	return program.status;
}
