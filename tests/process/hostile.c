/* SPDX-License-Identifier: MIT */
/* hostile.c: the shared object of that worker. It knows the library's inside. */
#include "process/hostile.h"

#include "channel.h"
#include "sync_child.h"

#include <pooltoy.h>

#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static struct channel_shared *shared;
static _Thread_local unsigned random_state;

static unsigned draw(void)
{
	random_state = random_state * 1664525u + 1013904223u;
	return random_state >> 8;
}

/* What it shares with its server is in its map. */
static int init(struct pooltoy_worker *self, void *argument, void **state)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	char line[512];

	(void)argument;
	while (maps && fgets(line, sizeof line, maps))
		if (strstr(line, "memfd:pooltoy"))
			shared = (struct channel_shared *)strtoul(line, NULL, 16);
	if (maps)
		fclose(maps);
	*state = shared;
	return shared ? 0 : pooltoy_worker_fail(self, "nothing is shared");
}

static void ring(uint64_t rings)
{
	(void)!write(CHILD_BELL, &rings, sizeof rings);
}

static void scribble(unsigned count)
{
	unsigned char *bytes = (unsigned char *)shared;
	size_t range = draw() % 2 ? 2 * SYNC_CACHE_LINE : sizeof *shared;

	while (count-- > 0)
		bytes[draw() % range] = (unsigned char)draw();
	ring(1);
}

static void *scribble_on(void *unused)
{
	(void)unused;
	for (;;)
		scribble(1000);
	return NULL;
}

static void pass_turn(uint32_t kind, uint32_t length, uint64_t whole, uint32_t why)
{
	sync_store(&shared->kind, kind, relaxed);
	sync_store(&shared->length, length, relaxed);
	sync_store(&shared->whole, whole, relaxed);
	sync_store(&shared->why, why, relaxed);
	sync_store(&shared->code, 0, relaxed);
	sync_fetch_add(&shared->turn, 1, seq_cst);
	ring(1);
}

static void never_end(void)
{
	for (;;)
		pause();
}

static void answer_in_parts(uint32_t length, uint64_t whole)
{
	for (;;) {
		uint32_t turn = sync_load(&shared->turn, seq_cst);

		if (turn % 2)
			pass_turn(CHANNEL_ANSWER, length, whole, 0);
	}
}

static void ring_on(void)
{
	for (;;)
		ring(1 + draw() % 3);
}

static void change_flags(void)
{
	fcntl(CHILD_BELL, F_SETFL, draw() % 2 ? O_NONBLOCK : 0);
	if (draw() % 2)
		ring(UINT64_MAX - 1); /* full: the next ring waits, or fails */
	if (draw() % 2)
		close(CHILD_BELL);
}

static void change_memory(void)
{
	int memory = open("/proc/self/map_files/0-0", O_RDWR); /* there is no such */

	if (memory >= 0)
		(void)!ftruncate(memory, 0);
	munmap(shared->room, sizeof shared->room - 4096);
}

/* The memory's file, by its map; -1 if that is not for this user. */
static int open_memory(void)
{
	char path[64];

	snprintf(path, sizeof path, "/proc/self/map_files/%lx-%lx",
		 (unsigned long)(uintptr_t)shared, (unsigned long)(uintptr_t)shared + CHANNEL_SIZE);
	return open(path, O_RDWR);
}

/* Into which the server would fall, for as long as the child punches, or finds no memory. */
static void punch_holes(void)
{
	void *second = mremap(shared, 0, CHANNEL_SIZE, MREMAP_MAYMOVE);
	int memory = open_memory();

	if (madvise(shared, CHANNEL_SIZE, MADV_REMOVE) == 0 ||
	    (second != MAP_FAILED && madvise(second, CHANNEL_SIZE, MADV_REMOVE) == 0) ||
	    fallocate(memory, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, CHANNEL_SIZE) == 0)
		_exit(EXIT_FAILURE);
	close(memory);
	munmap(second, CHANNEL_SIZE);
}

/* A page that whoever touches it waits for, in the kernel, too. */
static char *page_that_never_comes(void)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register all = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	int faults = (int)syscall(SYS_userfaultfd, O_CLOEXEC);
	char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	all.range = (struct uffdio_range){ (uintptr_t)page, 4096 };
	if (faults < 0 || page == MAP_FAILED || ioctl(faults, UFFDIO_API, &api) ||
	    ioctl(faults, UFFDIO_REGISTER, &all))
		_exit(EXIT_FAILURE);
	return page;
}

/* First something that wakes the server, and is more than it reads at once; then at once what stays. */
static void hold(int descriptor)
{
	const char *page = page_that_never_comes();
	char words[4096 + 8];

	memset(words, ' ', sizeof words);
	words[4095] = words[sizeof words - 1] = '\n';
	(void)!write(descriptor, words, sizeof words);
	(void)!write(descriptor, page, sizeof(uint64_t));
}

/* Whether it went. */
static bool pass(int descriptor)
{
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof descriptor)];
	} control = { .header = { CMSG_LEN(sizeof descriptor), SOL_SOCKET, SCM_RIGHTS } };
	struct iovec words = { (char[]){ '\n' }, 1 };
	struct msghdr message = { .msg_iov = &words,
				  .msg_iovlen = 1,
				  .msg_control = control.room,
				  .msg_controllen = sizeof control.room };

	memcpy(CMSG_DATA(&control.header), &descriptor, sizeof descriptor);
	return sendmsg(STDERR_FILENO, &message, 0) >= 0;
}

enum { LINGER_SECONDS = 60 };

/* Whoever closes this end last waits for the other, which does not read: it lies in the same queue, behind it. */
static void pass_what_lingers(void)
{
	const struct linger linger = { 1, LINGER_SECONDS };
	struct sockaddr_in here = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t length = sizeof here;
	int listener = socket(AF_INET, SOCK_STREAM, 0), near = socket(AF_INET, SOCK_STREAM, 0), far;
	static const char bytes[65536];

	if (bind(listener, (struct sockaddr *)&here, length) || listen(listener, 1) ||
	    getsockname(listener, (struct sockaddr *)&here, &length) ||
	    connect(near, (struct sockaddr *)&here, length))
		_exit(EXIT_FAILURE);
	far = accept(listener, NULL, NULL);
	fcntl(near, F_SETFL, O_NONBLOCK);
	while (write(near, bytes, sizeof bytes) > 0)
		;
	setsockopt(near, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
	if (pass(near) && pass(far))
		_exit(EXIT_SUCCESS);
	close(far); /* first: what it resets does not linger */
	close(near);
	close(listener);
}

static void chatter(unsigned count)
{
	static const char words[4096] = "\n";

	while (count-- > 0)
		(void)!write(STDERR_FILENO, words, sizeof words);
}

static void *chatter_on(void *unused)
{
	(void)unused;
	for (;;)
		chatter(1000);
	return NULL;
}

enum { CHATTERERS = 20 };

static void scribble_for_a_moment(void)
{
	scribble(100000);
}

static void in_a_thread(void *(*body)(void *))
{
	pthread_t thread;

	pthread_create(&thread, NULL, body, NULL);
}

static void scribble_in_a_thread(void)
{
	in_a_thread(scribble_on);
}

static void make_nonsense_of_the_turn(void)
{
	sync_store(&shared->turn, draw(), seq_cst);
	ring(1);
	never_end();
}

static void answer_something_else(void)
{
	pass_turn(draw() % 2 ? CHANNEL_CALL : draw(), 4, 4, 0);
	never_end();
}

static void answer_too_long_a_part(void)
{
	pass_turn(CHANNEL_ANSWER, (uint32_t)sizeof shared->room + 1 + draw(), 100000000, 0);
	never_end();
}

static void answer_without_end(void)
{
	answer_in_parts(0, 1000);
}

static void answer_in_crumbs(void)
{
	answer_in_parts(1, 50000000);
}

static void answer_too_much(void)
{
	pass_turn(CHANNEL_ANSWER, 100, UINT64_MAX - draw() % 3, 0);
	never_end();
}

static void answer_too_long_a_reason(void)
{
	pass_turn(CHANNEL_ANSWER, 10, 10, 11 + draw());
	never_end();
}

static void be_deaf(void)
{
	sync_store(&shared->child_asleep, 0, seq_cst);
	never_end();
}

static void hold_bell(void)
{
	hold(CHILD_BELL);
}

static void hold_words(void)
{
	hold(STDERR_FILENO);
}

static void chatter_in_threads(void)
{
	int count;

	for (count = 1; count < CHATTERERS; count++)
		in_a_thread(chatter_on);
	chatter_on(NULL);
}

static void chatter_for_a_while(void)
{
	chatter(100);
}

static void trace(pid_t traced, int done)
{
	const char *tracer = getenv("HOSTILE_TRACER");
	int ends = tracer ? open(tracer, O_RDONLY) : -1;
	char byte;

	setsid();
	if (ptrace(PTRACE_SEIZE, traced, NULL, NULL))
		_exit(EXIT_FAILURE);
	(void)!write(done, "", 1);
	(void)!read(ends, &byte, 1);
	_exit(EXIT_SUCCESS);
}

/* From here on nobody can reap it but its tracer, which does not. */
static void have_oneself_traced(void)
{
	pid_t self = getpid();
	int done[2];
	char byte;

	if (pipe(done))
		_exit(EXIT_FAILURE);
	prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0);
	if (fork() == 0)
		trace(self, done[1]);
	close(done[1]);
	(void)!read(done[0], &byte, 1);
}

static void die_traced(void)
{
	have_oneself_traced();
	_exit(EXIT_SUCCESS);
}

static void make_nonsense_traced(void)
{
	have_oneself_traced();
	make_nonsense_of_the_turn();
}

static void (*const harms[HOSTILE_VERBS])(void) = {
	[SCRIBBLE] = scribble_for_a_moment,
	[SCRIBBLE_ON] = scribble_in_a_thread,
	[TURN_NONSENSE] = make_nonsense_of_the_turn,
	[ANSWER_OTHER] = answer_something_else,
	[TOO_LONG] = answer_too_long_a_part,
	[NO_END] = answer_without_end,
	[CRUMBS] = answer_in_crumbs,
	[TOO_MUCH] = answer_too_much,
	[WHY_TOO_LONG] = answer_too_long_a_reason,
	[RING_ON] = ring_on,
	[DEAF] = be_deaf,
	[OTHER_FLAGS] = change_flags,
	[GROW_MEMORY] = change_memory,
	[HOLD_BELL] = hold_bell,
	[HOLD_WORDS] = hold_words,
	[PASS_DESCRIPTORS] = pass_what_lingers,
	[PUNCH_HOLES] = punch_holes,
	[CHATTER_ON] = chatter_in_threads,
	[DIE_TRACED] = die_traced,
	[NONSENSE_TRACED] = make_nonsense_traced,
	[CHATTER] = chatter_for_a_while,
};

static void do_harm(const struct hostile_order *order)
{
	random_state = order->seed;
	if (harms[order->verb])
		harms[order->verb]();
}

static int handle_call(struct pooltoy_worker *self, void *state, const void *request, size_t length)
{
	struct hostile_order order;
	unsigned answer;

	(void)state;
	if (length != sizeof order)
		return pooltoy_reply(self, request, length);
	memcpy(&order, request, sizeof order);
	do_harm(&order);
	if (order.verb == COMPLAIN)
		return pooltoy_worker_fail(self, "a\033[2Jb\nc\302\2332Jd");
	answer = 2 * order.seed;
	return pooltoy_reply(self, &answer, sizeof answer);
}

static int handle_cast(struct pooltoy_worker *self, void *state, const void *message, size_t length)
{
	struct hostile_order order;

	(void)self;
	(void)state;
	if (length == sizeof order) {
		memcpy(&order, message, sizeof order);
		do_harm(&order);
	}
	return 0;
}

extern const struct pooltoy_worker_ops hostile_ops;
const struct pooltoy_worker_ops hostile_ops =
	POOLTOY_WORKER_OPS(.init = init, .handle_call = handle_call, .handle_cast = handle_cast);
