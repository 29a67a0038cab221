/* SPDX-License-Identifier: MIT */
#include "control/act.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

struct act act;

void raise_curtain(void)
{
	snprintf(act.folder, sizeof act.folder, "/tmp/pooltoy-test-XXXXXX");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(act.folder));
	snprintf(act.path, sizeof act.path, "%s/socket", act.folder);
	stage_open(&act.stage);
	act.poolio = start_pool(&act.stage,
				POOLTOY_POOL_SPEC(.name = "poolio", .worker = &doubler, .size = 2));
	MUST(pooltoy_control_start(act.stage.supervisor, act.path, &act.control));
	CU_ASSERT_STRING_EQUAL(pooltoy_control_path(act.control), act.path);
	peer_open(&act.peer, act.path);
}

void drop_curtain(void)
{
	peer_close(&act.peer);
	pooltoy_control_stop(act.control);
	CU_ASSERT_NOT_EQUAL(access(act.path, F_OK), 0);
	pooltoy_pool_release(act.poolio);
	stage_close(&act.stage);
	CU_ASSERT_EQUAL(rmdir(act.folder), 0);
}

void await_exit(pid_t child)
{
	int status = -1;

	CU_ASSERT(child > 0 && waitpid(child, &status, 0) == child && status == 0);
}

bool is_greeted(void)
{
	static struct peer peer;
	bool connected = peer_connect(&peer, act.path), greeted;
	json_t *line = connected ? peer_read(&peer) : NULL;

	greeted = json_object_get(line, "pooltoy") != NULL;
	json_decref(line);
	if (connected)
		peer_close(&peer);
	return greeted;
}
