/* SPDX-License-Identifier: MIT */
/* test_confinement.c: what a child may use, and who it is. */
#include "process/rogues.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Limits. */

static void the_limit_of_open_files_holds(void)
{
	struct scene scene;
	int opened = 0;

	open_with(&scene, (struct pooltoy_pool_spec){ .limits = POOLTOY_LIMITS(.open_files = 32) });
	check_out(&scene);
	MUST(tell_rogue(&scene, ROGUE_OPEN, 0, &opened, SOON));
	CU_ASSERT(opened > 0 && opened < 32);
	MUST(pooltoy_checkin(&scene.lease));
	scene_close(&scene);
}

static void the_limit_of_processor_time_holds(void)
{
	struct scene scene;

	open_with(&scene, (struct pooltoy_pool_spec){ .limits = POOLTOY_LIMITS(.cpu_seconds = 1) });
	check_out(&scene);
	EXPECT(POOLTOY_ECRASHED, tell_rogue(&scene, ROGUE_LOOP, 0, NULL, SOON));
	EXPECT_STORY("rogues", "CPU time");
	expect_a_successor(&scene);
	scene_close(&scene);
}

static void the_limit_of_memory_holds(void)
{
	struct scene scene;
	int eaten = 1000;

	if (SANITIZED)
		SKIP("a sanitizer wants the whole address space");
	open_with(&scene,
		  (struct pooltoy_pool_spec){ .limits = POOLTOY_LIMITS(.memory = 128 << 20) });
	check_out(&scene);
	MUST(tell_rogue(&scene, ROGUE_EAT, 1000, &eaten, SOON));
	CU_ASSERT(eaten < 128);
	MUST(pooltoy_checkin(&scene.lease));
	scene_close(&scene);
}

/* BPF: getpriority(2) fails with EDOM (33), all else is allowed. */
static void a_filter_holds_from_init_on(void)
{
	const struct {
		uint16_t code;
		uint8_t yes, no;
		uint32_t k;
	} filter[] = { { 0x20, 0, 0, 0 },
		       { 0x15, 0, 1, SYS_getpriority },
		       { 0x06, 0, 0, 0x00050000 | 33 },
		       { 0x06, 0, 0, 0x7fff0000 } };
	struct scene scene;
	int number = 0;

	open_with(&scene, (struct pooltoy_pool_spec){
				  .limits = POOLTOY_LIMITS(.filter = filter, .filter_count = 4) });
	check_out(&scene);
	MUST(tell_rogue(&scene, ROGUE_SYSCALL, SYS_getpriority, &number, SOON));
	CU_ASSERT_EQUAL(number, 33);
	MUST(pooltoy_checkin(&scene.lease));
	scene_close(&scene);
}

static void a_child_may_run_as_another_user(void)
{
	struct scene scene;
	struct rogue_self self;

	if (getuid() != 0)
		SKIP("not root");
	if (SANITIZED)
		SKIP("the build's files may not be readable by another user");
	open_with(&scene, (struct pooltoy_pool_spec){ .limits = POOLTOY_LIMITS(.user = "nobody") });
	if (pooltoy_checkout(scene.pool, 2000, &scene.lease)) {
		scene_close(&scene);
		SKIP("user nobody cannot read the build's files");
	}
	self = describe(&scene);
	CU_ASSERT_NOT_EQUAL(self.user, 0);
	MUST(pooltoy_checkin(&scene.lease));
	scene_close(&scene);
}

static void the_limits_of_a_cgroup_hold(void)
{
	const char *cgroup = getenv("POOLTOY_TEST_CGROUP");
	struct scene scene;

	if (!cgroup)
		SKIP("POOLTOY_TEST_CGROUP names no directory of cgroup v2 with the memory "
		     "controller");
	open_with(&scene, (struct pooltoy_pool_spec){
				  .limits = POOLTOY_LIMITS(.cgroup = cgroup, .memory = 64 << 20) });
	check_out(&scene);
	EXPECT(POOLTOY_ECRASHED, tell_rogue(&scene, ROGUE_EAT, 200, NULL, SOON));
	EXPECT_STORY("rogues", "signal 9", "out of memory");
	expect_a_successor(&scene);
	scene_close(&scene);
}

static void what_a_child_leaves_in_its_cgroup_ends_with_it(void)
{
	const char *cgroup = getenv("POOLTOY_TEST_CGROUP");
	struct rogue_self self;
	struct scene scene;

	if (!cgroup)
		SKIP("POOLTOY_TEST_CGROUP names no directory of cgroup v2");
	open_with(&scene, (struct pooltoy_pool_spec){ .limits = POOLTOY_LIMITS(.cgroup = cgroup) });
	check_out(&scene);
	self = describe(&scene);
	EXPECT(POOLTOY_ECRASHED, tell_rogue(&scene, ROGUE_ORPHAN, 600, NULL, SOON));
	expect_a_successor(&scene);
	/* The orphan was in the session of its parent. */
	AWAIT(kill((pid_t)-self.session, 0) < 0 && errno == ESRCH);
	scene_close(&scene);
}

SUITE(TEST(the_limit_of_open_files_holds), TEST(the_limit_of_processor_time_holds),
      TEST(the_limit_of_memory_holds), TEST(a_filter_holds_from_init_on),
      TEST(a_child_may_run_as_another_user), TEST(the_limits_of_a_cgroup_hold),
      TEST(what_a_child_leaves_in_its_cgroup_ends_with_it))
