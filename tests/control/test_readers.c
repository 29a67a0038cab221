/* SPDX-License-Identifier: MIT */
/* test_readers.c: the control socket: nonsense, and those who do not read, or go; and its own end. */
#include "control/act.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* Nonsense. */

static void nonsense_is_answered_by_an_error(void)
{
	static const char *const lines[][2] = {
		{ "{", "EINVAL" },
		{ "hello", "EINVAL" },
		{ "7", "EINVAL" },
		{ "null", "EINVAL" },
		{ "[]", "EINVAL" },
		{ "{}", "EINVAL" },
		{ "\"\xff\"", "EINVAL" },
		{ "{\"method\":7}", "EINVAL" },
		{ "{\"method\":\"hello\",\"method\":\"hello\"}", "EINVAL" },
		{ "{\"method\":\"fly\"}", "EVERSION" },
		{ "{\"method\":\"kill_manager\"}", "EINVAL" },
		{ "{\"method\":\"kill_manager\",\"pool\":[]}", "EINVAL" },
		{ "{\"method\":\"kill_manager\",\"pool\":\"\"}", "ENOENT" },
		{ "{\"method\":\"kill_worker\",\"pool\":\"poolio\"}", "EINVAL" },
		{ "{\"method\":\"kill_worker\",\"pool\":\"poolio\",\"worker\":-2}", "EINVAL" },
		{ "{\"method\":\"kill_worker\",\"pool\":\"poolio\",\"worker\":4294967296}",
		  "EINVAL" },
		{ "{\"method\":\"kill_worker\",\"pool\":\"poolio\",\"worker\":99}", "ENOENT" },
		{ "{\"method\":\"restart\",\"pool\":\"pooly\"}", "ENOENT" }
	};

	raise_curtain();
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
		peer_expect(&act.peer, lines[i][0], lines[i][1]);
	peer_send(&act.peer, "\r\n\n\n");
	peer_expect(&act.peer, "{\"method\":\"hello\"}", "OK");
	drop_curtain();
}

static void a_line_without_an_end_ends_the_connection(void)
{
	static char line[8192];
	json_t *answer;

	raise_curtain();
	memset(line, '[', sizeof line - 1);
	peer_send(&act.peer, line);
	answer = peer_read(&act.peer);
	CU_ASSERT_STRING_EQUAL(text_of(answer, "error", "message"), "the request is too long");
	json_decref(answer);
	peer_expect_end(&act.peer);
	drop_curtain();
}

/* More than are answered at once: they wait, and none is lost. */
static void many_requests_at_once_are_all_answered(void)
{
	enum { REQUESTS = 200 };
	json_t *answer;

	raise_curtain();
	for (int i = 0; i < REQUESTS; i++)
		peer_send(&act.peer, "{\"method\":\"tree\"}\n");
	for (int i = 0; i < REQUESTS; i++) {
		answer = peer_read(&act.peer);
		CU_ASSERT_PTR_NOT_NULL(json_object_get(answer, "result"));
		json_decref(answer);
	}
	drop_curtain();
}

/* Readers. */

static void who_sends_and_goes_is_heard(void)
{
	struct peer hasty;

	raise_curtain();
	await_idle(act.poolio, 2);
	peer_open(&hasty, act.path);
	peer_send(&hasty, "{\"method\":\"kill_manager\",\"pool\":\"poolio\"}\n");
	peer_close(&hasty);
	await_event(&act.stage, "poolio", POOLTOY_EVENT_POOL_RESTARTED, 1);
	drop_curtain();
}

static void who_says_no_more_still_gets_the_answer(void)
{
	json_t *answer;

	raise_curtain();
	peer_send(&act.peer, "{\"method\":\"tree\"}\n");
	CU_ASSERT_EQUAL(shutdown(act.peer.fd, SHUT_WR), 0);
	answer = peer_read(&act.peer);
	CU_ASSERT_PTR_NOT_NULL(json_object_get(answer, "result"));
	json_decref(answer);
	peer_expect_end(&act.peer);
	drop_curtain();
}

/* Asks for more, as long as its socket takes that. True: it was closed. */
static bool is_closed_to(const struct peer *lazy)
{
	ssize_t sent;

	do
		sent = send(lazy->fd, "{\"method\":\"tree\"}\n", 18, MSG_DONTWAIT | MSG_NOSIGNAL);
	while (sent > 0);
	return errno == EPIPE;
}

/* One that asks, and takes no answer, costs the others nothing, and is closed. */
static void a_reader_who_takes_nothing_is_closed(void)
{
	struct peer lazy;

	raise_curtain();
	peer_open(&lazy, act.path);
	CU_ASSERT_FALSE(is_closed_to(&lazy));
	peer_expect(&act.peer, "{\"method\":\"tree\"}", "OK");
	AWAIT(is_closed_to(&lazy));
	peer_close(&lazy);
	peer_expect(&act.peer, "{\"method\":\"hello\"}", "OK");
	drop_curtain();
}

static void a_thousand_connections_are_answered_or_turned_away(void)
{
	enum { CROWD = 1000 };
	static int crowd[CROWD];
	static struct peer peer;
	struct rlimit limit;
	int greeted = 0, refused = 0;

	CU_ASSERT_EQUAL_FATAL(getrlimit(RLIMIT_NOFILE, &limit), 0);
	if (limit.rlim_cur < 2 * CROWD + 200) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
	if (limit.rlim_cur < 2 * CROWD + 200)
		SKIP("too few descriptors");
	raise_curtain();
	for (int i = 0; i < CROWD; i++) {
		json_t *line;

		CU_ASSERT_FATAL(peer_connect(&peer, act.path));
		line = peer_read(&peer);
		if (json_object_get(line, "pooltoy"))
			greeted++;
		else if (strcmp(text_of(line, "error", "code"), "EAGAIN") == 0)
			refused++;
		json_decref(line);
		crowd[i] = peer.fd;
	}
	CU_ASSERT_EQUAL(greeted, 63); /* and act.peer */
	CU_ASSERT_EQUAL(refused, CROWD - 63);
	peer_expect(&act.peer, "{\"method\":\"status\"}", "OK");
	expect_service(act.poolio);
	for (int i = 0; i < CROWD; i++)
		close(crowd[i]);
	AWAIT(is_greeted()); /* there is room again */
	drop_curtain();
}

/* The limit is at the first number that is free: there is none for the connection's other end. */
static void without_descriptors_a_connection_waits(void)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	struct rlimit limit, low;
	static struct peer late;
	json_t *greeting;
	int vacant;

	raise_curtain();
	memcpy(name.sun_path, act.path, strlen(act.path));
	late.length = 0;
	late.fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	vacant = dup(late.fd);
	close(vacant);
	CU_ASSERT_EQUAL_FATAL(getrlimit(RLIMIT_NOFILE, &limit), 0);
	low = limit;
	low.rlim_cur = (rlim_t)vacant;
	CU_ASSERT_EQUAL(setrlimit(RLIMIT_NOFILE, &low), 0);
	CU_ASSERT_EQUAL(connect(late.fd, (struct sockaddr *)&name, sizeof name), 0);
	for (int i = 0; i < 10; i++)
		peer_expect(&act.peer, "{\"method\":\"tree\"}", "OK");
	CU_ASSERT_EQUAL(recv(late.fd, late.bytes, 1, MSG_DONTWAIT), -1);
	CU_ASSERT_EQUAL(setrlimit(RLIMIT_NOFILE, &limit), 0);
	greeting = peer_read(&late);
	CU_ASSERT_PTR_NOT_NULL(json_object_get(greeting, "pooltoy"));
	json_decref(greeting);
	peer_close(&late);
	drop_curtain();
}

static void subscribers_who_go_leave_room(void)
{
	struct peer subscriber;

	raise_curtain();
	for (int i = 0; i < 63; i++) { /* and act.peer */
		peer_open(&subscriber, act.path);
		peer_expect(&subscriber, "{\"method\":\"events\"}", "OK");
		if (i % 2)
			CU_ASSERT_EQUAL(shutdown(subscriber.fd, SHUT_WR), 0);
		peer_close(&subscriber);
	}
	AWAIT(is_greeted());
	drop_curtain();
}

/* Ends. */

static void a_stop_closes_connections_and_removes_the_socket(void)
{
	raise_curtain();
	peer_expect(&act.peer, "{\"method\":\"events\"}", "OK");
	pooltoy_control_stop(act.control);
	peer_expect_end(&act.peer);
	peer_close(&act.peer);
	CU_ASSERT_NOT_EQUAL(access(act.path, F_OK), 0);
	/* Another takes its place. */
	MUST(pooltoy_control_start(act.stage.supervisor, act.path, &act.control));
	peer_open(&act.peer, act.path);
	drop_curtain();
}

/* It has all descriptors, too. */
static void a_forked_child_keeps_no_connection_open(void)
{
	int over[2];
	char end;
	pid_t child;

	raise_curtain();
	CU_ASSERT_EQUAL_FATAL(pipe(over), 0);
	child = fork();
	if (child == 0) {
		close(over[1]);
		_exit(read(over[0], &end, 1) != 0);
	}
	pooltoy_control_stop(act.control);
	peer_expect_end(&act.peer);
	close(over[0]);
	close(over[1]);
	await_exit(child);
	MUST(pooltoy_control_start(act.stage.supervisor, act.path, &act.control));
	drop_curtain();
}

static void a_supervisor_that_stops_tells_of_it_and_closes_the_socket(void)
{
	bool told = false;
	json_t *event;

	raise_curtain();
	peer_expect(&act.peer, "{\"method\":\"events\"}", "OK");
	pooltoy_pool_release(act.poolio);
	stage_close(&act.stage);
	while ((event = peer_read(&act.peer))) {
		told = told || strcmp(text_of(event, "event", "type"), "pool_stopped") == 0;
		json_decref(event);
	}
	CU_ASSERT(told);
	peer_close(&act.peer);
	CU_ASSERT_NOT_EQUAL(access(act.path, F_OK), 0);
	pooltoy_control_stop(act.control);
	CU_ASSERT_EQUAL(rmdir(act.folder), 0);
}

SUITE(TEST(nonsense_is_answered_by_an_error), TEST(a_line_without_an_end_ends_the_connection),
      TEST(many_requests_at_once_are_all_answered), TEST(who_sends_and_goes_is_heard),
      TEST(who_says_no_more_still_gets_the_answer), TEST(a_reader_who_takes_nothing_is_closed),
      TEST(a_thousand_connections_are_answered_or_turned_away),
      TEST(without_descriptors_a_connection_waits), TEST(subscribers_who_go_leave_room),
      TEST(a_stop_closes_connections_and_removes_the_socket),
      TEST(a_forked_child_keeps_no_connection_open),
      TEST(a_supervisor_that_stops_tells_of_it_and_closes_the_socket))
