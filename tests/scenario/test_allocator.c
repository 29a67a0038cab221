/* SPDX-License-Identifier: MIT */
/* test_allocator.c: the library's memory comes from the program's allocator, and goes back to it. */
#include "scenario/support.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* The allocator: blocks with a header, in front of what it gives, that says that they are its own. */
enum { HEADER = 64, LIVING = 0x6c697665, DEAD = 0x64656164 };

struct header {
	size_t size;
	int mark;
};

static struct books {
	atomic_long allocated, freed;
	atomic_long good; /* allocations to come before one is refused; below 0: none is */
	atomic_int refused, strange;
	atomic_bool restarted;
} books;

static void *book(void *argument)
{
	if (argument != &books)
		books.strange++;
	return argument;
}

/* It promises no zeroes. */
static void *counting_alloc(size_t size, size_t alignment, void *argument)
{
	struct header *header;

	book(argument);
	if (size == 0 || (alignment != _Alignof(max_align_t) && alignment != 64))
		books.strange++;
	if (books.good >= 0 && books.good-- == 0) {
		books.refused++;
		return NULL;
	}
	header = aligned_alloc(HEADER, (size + 2 * HEADER - 1) / HEADER * HEADER);
	if (!header)
		return NULL;
	memset(header, 0xa5, size + HEADER);
	*header = (struct header){ size, LIVING };
	books.allocated++;
	return (char *)header + HEADER;
}

static void counting_free(void *memory, void *argument)
{
	struct header *header;

	book(argument);
	if (!memory) {
		books.strange++;
		return;
	}
	header = (struct header *)((char *)memory - HEADER);
	if (header->mark != LIVING)
		books.strange++; /* from elsewhere, or freed twice */
	header->mark = DEAD;
	books.freed++;
	free(header);
}

static const struct pooltoy_allocator *counting(void)
{
	static const struct pooltoy_allocator allocator = { sizeof allocator, counting_alloc,
							    counting_free, &books };
	return &allocator;
}

static long kept(void)
{
	return books.allocated - books.freed;
}

/* Too late. */

static void set_one_too_late(void)
{
	struct pooltoy_supervisor *supervisor;

	MUST(pooltoy_supervisor_start(&supervisor));
	EXPECT(POOLTOY_EBUSY, pooltoy_set_allocator(counting()));
	EXPECT_STORY("allocator", "too late");
	EXPECT(POOLTOY_OK, pooltoy_supervisor_stop(supervisor, SOON));
	EXPECT(POOLTOY_EBUSY, pooltoy_set_allocator(counting()));
	CU_ASSERT_EQUAL(books.allocated, 0);
}

/* Must be the first tests: in this process none has been set yet. */
static void an_allocator_comes_before_the_first_supervisor_or_too_late(void)
{
	SKIP_IF_ISOLATED("the arena is not for children that are forked");
	if (THREAD_SANITIZED)
		SKIP("ThreadSanitizer knows no threads after a fork of several");
	in_child(set_one_too_late);
}

static void half_an_allocator_is_refused(void)
{
	struct pooltoy_allocator half = *counting();

	EXPECT(POOLTOY_EINVAL, pooltoy_set_allocator(NULL));
	half.alloc = NULL;
	EXPECT(POOLTOY_EINVAL, pooltoy_set_allocator(&half));
	EXPECT_STORY("allocator", "no alloc");
	half = *counting();
	half.free = NULL;
	EXPECT(POOLTOY_EINVAL, pooltoy_set_allocator(&half));
	EXPECT_STORY("allocator", "no free");
	half.struct_size = 0;
	EXPECT(POOLTOY_EINVAL, pooltoy_set_allocator(&half));
	EXPECT_STORY("allocator", "struct_size");
}

/* Lives: each step may be refused for lack of memory; what is refused has happened not at all. */

static bool is_done(int code)
{
	if (code != POOLTOY_OK && (books.refused == 0 || code != POOLTOY_ENOMEM))
		EXPECT(POOLTOY_OK, code);
	return code == POOLTOY_OK;
}

/* A worker may have broken for lack of memory: then its lease is over. */
static void use_lease(struct pooltoy_lease *lease)
{
	static const char page[5000];
	int number = 21, answer = 0, code;
	size_t length = sizeof answer;

	code = pooltoy_call(lease, &number, sizeof number, &answer, &length, SOON);
	if (code == POOLTOY_OK)
		CU_ASSERT_EQUAL(answer, 42);
	if (books.refused == 0)
		EXPECT(POOLTOY_OK, code);
	code = pooltoy_call(lease, page, sizeof page, NULL, NULL, SOON);
	if (books.refused == 0)
		EXPECT(POOLTOY_EINVAL, code);
	code = pooltoy_checkin(lease);
	if (books.refused == 0)
		EXPECT(POOLTOY_OK, code);
}

static void ignore_outcome(const struct pooltoy_outcome *outcome, void *told)
{
	(void)outcome;
	tokens_put(told);
}

static void use_tasks(struct pooltoy_pool *pool)
{
	static const char page[5000];
	struct tokens told;

	tokens_init(&told);
	if (is_done(pooltoy_submit(pool, page, sizeof page, ignore_outcome, &told, NULL)))
		CU_ASSERT(tokens_take_soon(&told));
	tokens_destroy(&told);
}

static void use_client(struct pooltoy_pool *pool)
{
	struct pooltoy_client *client;
	struct pooltoy_lease lease;

	if (!is_done(pooltoy_client_open("session", &client)))
		return;
	if (is_done(pooltoy_client_checkout(client, pool, SOON, &lease)))
		use_lease(&lease);
	pooltoy_client_close(client);
}

static void use_completions(struct pooltoy_pool *pool)
{
	struct pooltoy_completion_queue *queue;

	if (!is_done(pooltoy_completion_queue_open(&queue)))
		return;
	(void)is_done(pooltoy_checkout_start(queue, pool, NULL, SOON, NULL, NULL));
	pooltoy_completion_queue_close(queue);
}

static void hear(const struct pooltoy_event *event, void *argument)
{
	(void)argument;
	if (event->type == POOLTOY_EVENT_POOL_RESTARTED)
		books.restarted = true;
}

static void use_pool(struct pooltoy_pool *pool)
{
	struct pooltoy_lease lease;

	if (is_done(pooltoy_checkout(pool, SOON, &lease)))
		use_lease(&lease);
	use_tasks(pool);
	use_client(pool);
	use_completions(pool);
	EXPECT(POOLTOY_OK, pooltoy_kill_manager(pool));
	AWAIT(books.restarted); /* before that, workers of the old instance may be met */
	if (is_done(pooltoy_checkout(pool, SOON, &lease)))
		use_lease(&lease);
}

static void *live(void *unused)
{
	struct pooltoy_supervisor *supervisor;
	struct pooltoy_pool *pool;
	cpu_set_t cpus;

	(void)unused;
	books.restarted = false;
	sched_getaffinity(0, sizeof cpus, &cpus);
	if (!is_done(pooltoy_supervisor_start_with(POOLTOY_SUPERVISOR_SPEC(.on_event = hear),
						   &supervisor)))
		return NULL;
	if (is_done(pooltoy_start_pool(supervisor,
				       POOLTOY_POOL_SPEC(.name = "poolio", .worker = &doubler,
							 .size = 2, .backoff_min = 1,
							 .backoff_max = 1, .cpus = &cpus,
							 .cpus_size = sizeof cpus),
				       &pool))) {
		use_pool(pool);
		pooltoy_pool_release(pool);
	}
	EXPECT(POOLTOY_OK, pooltoy_supervisor_stop(supervisor, SOON));
	return NULL;
}

static void a_whole_life_gives_back_all_but_what_a_thread_waits_with(void)
{
	books.good = -1;
	MUST(pooltoy_set_allocator(counting()));
	finish(begin(live, NULL));
	CU_ASSERT(books.allocated > 20);
	AWAIT(kept() == 1);
	finish(begin(live, NULL)); /* the next thread takes it over */
	AWAIT(kept() == 1);
	CU_ASSERT_EQUAL(books.strange, 0);
}

static void there_is_one_allocator_in_a_process(void)
{
	EXPECT(POOLTOY_EBUSY, pooltoy_set_allocator(counting()));
	EXPECT_STORY("allocator", "set before");
}

static void each_allocation_that_is_refused_is_an_error_and_nothing_is_lost(void)
{
	enum { MOST = 500 };
	long good;

	for (good = 0; good < MOST; good++) {
		books.refused = 0;
		books.good = good;
		finish(begin(live, NULL));
		books.good = -1;
		AWAIT(kept() == 1);
		if (books.refused == 0)
			break;
	}
	CU_ASSERT(good > 20 && good < MOST);
	CU_ASSERT_EQUAL(books.strange, 0);
}

SUITE(TEST(an_allocator_comes_before_the_first_supervisor_or_too_late),
      TEST(half_an_allocator_is_refused),
      TEST(a_whole_life_gives_back_all_but_what_a_thread_waits_with),
      TEST(there_is_one_allocator_in_a_process),
      TEST(each_allocation_that_is_refused_is_an_error_and_nothing_is_lost))
