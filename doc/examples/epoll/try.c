/* SPDX-License-Identifier: MIT */
/*
 * try.c: 1,000 connections at once to the server beside this program, which are closed in each state that a
 * connection can be in; and the account of what the server has left of them.
 *
 * Nothing here waits for time to pass. A connection is brought into a state by what it says, and is known to be
 * there by what it, or the server's status, answers.
 */
#include "peer.h"
#include "process.h"

#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum {
	PEERS = 1000,
	SESSIONS = 32, /* at a time */
	WAITING = 300, /* for one, at most */
	STORMS = 3,
	NEWCOMERS = 20, /* beyond the maximum */
	SLOW = 100
};

/* How many connections are in which state as they are closed. */
enum {
	CALLING = SESSIONS / 2,
	HOLDING = SESSIONS - CALLING,
	REFUSED = 100,
	ASKING = 100,
	IDLE = PEERS - CALLING - HOLDING - WAITING - REFUSED - SLOW - ASKING
};

static const char question[] = "double 4321\n", reply[] = "8642\n";

static char directory[] = "/tmp/pooltoy-loop-XXXXXX", path[64];
static const char *address;
static int control, descriptors, peers[PEERS];
static size_t said[PEERS];

/* The first verdict that does not hold ends the trial: after it, others would say little. */
static void report_that(const char *what, bool holds)
{
	printf("%s  %s\n", holds ? "ok" : "NOT OK", what);
	fflush(stdout);
	if (!holds)
		exit(1);
}

static void report(const char *what, long good, long all)
{
	char text[128];

	snprintf(text, sizeof text, "%s: %ld of %ld", what, good, all);
	report_that(text, good == all);
}

/* The server's status. */

static void ask_status(char *line, size_t size)
{
	size_t length = 0;

	peer_say(control, "status\n");
	do {
		if (length + 1 == size || read(control, line + length, 1) != 1)
			errx(1, "the server does not answer");
	} while (line[length++] != '\n');
	line[length] = 0;
}

/* Whether it is such, soon. `meanwhile` is called before each look. */
static bool status_becomes(int connections, int unsent, int sessions, int waiting,
			   void (*meanwhile)(void))
{
	char wanted[128], line[128];
	time_t start = time(NULL);

	snprintf(wanted, sizeof wanted,
		 "connections %d leaving 0 unsent %d sessions %d waiting %d\n", connections, unsent,
		 sessions, waiting);
	do {
		if (meanwhile)
			meanwhile();
		ask_status(line, sizeof line);
		if (strcmp(line, wanted) == 0)
			return true;
		nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
	} while (time(NULL) - start < SOON);
	warnx("wanted: %sis:     %s", wanted, line);
	return false;
}

/* Connections by the range [begin, end). */

static void connect_all(void)
{
	for (int i = 0; i < PEERS; i++) {
		peers[i] = peer_connect(address);
		said[i] = 0;
	}
}

static void leave(int begin, int end)
{
	for (int i = begin; i < end; i++)
		close(peers[i]);
}

static int say_and_hear(int begin, int end, const char *text, const char *answer)
{
	int good = 0;

	for (int i = begin; i < end; i++)
		peer_say(peers[i], text);
	for (int i = begin; i < end; i++)
		good += peer_hears(peers[i], answer);
	return good;
}

/* Each is in a session, and has its worker at rest, for longer than the trial takes, from `calling` on. */
static int enter_sessions(int begin, int calling, int end)
{
	return say_and_hear(begin, calling, "begin\nadd 5\n", "ok\n5\n") +
	       say_and_hear(calling, end, "begin\nadd 7\nrest 3600000\n", "ok\n7\n");
}

/* With the answer heard, the server has gone on to the next line. */
static int enter_queue(int begin, int end)
{
	return say_and_hear(begin, end, "double 21\nbegin\nadd 3\nend\n", "42\n");
}

static int flood_begin, flood_end;

static void flood(void)
{
	for (int i = flood_begin; i < flood_end; i++)
		said[i] += peer_flood(peers[i], question, said[i]);
}

/* Asks, and takes no answer, until they do not fit into the sockets. */
static bool enter_flood(int begin, int end, int sessions, int waiting)
{
	flood_begin = begin;
	flood_end = end;
	return status_becomes(PEERS + 1, end - begin, sessions, waiting, flood);
}

/* All have left but the one that asks. */
static void report_all_gone(void)
{
	report_that("  they leave: no connection, lease, waiter or descriptor of theirs is left",
		    status_becomes(1, 0, 0, 0, NULL) && process_descriptors() == descriptors);
}

/* Stories. */

static void all_ask_at_once(void)
{
	int good = 0;

	connect_all();
	for (int i = 0; i < PEERS; i++) {
		char text[64];

		snprintf(text, sizeof text, "double %d\nwhat?\ndouble -3\n", i);
		peer_say(peers[i], text);
	}
	for (int i = 0; i < PEERS; i++) {
		char text[96];

		snprintf(text, sizeof text, "%d\nerror: invalid argument\n-6\n", 2 * i);
		good += peer_hears(peers[i], text);
	}
	report("clients that ask at once, answered right", good, PEERS);
	leave(0, PEERS);
	report_all_gone();
}

/* Closes 1,000 connections, in each state some. */
static void storm(void)
{
	int calling = HOLDING, waiting = calling + CALLING, refused = waiting + WAITING;
	int slow = refused + REFUSED, asking = slow + SLOW, good = 0;

	connect_all();
	good += enter_sessions(0, calling, waiting);
	good += enter_queue(waiting, refused);
	good += say_and_hear(refused, slow, "begin\n", "busy\n");
	if (enter_flood(slow, asking, SESSIONS, WAITING))
		good += SLOW;
	for (int i = asking; i < asking + ASKING; i++, good++)
		peer_say(peers[i], question);
	report("connections in the state to be closed in", good, PEERS - IDLE);
	/* A few of each state after another, so that one's worker goes to another that is about to leave. */
	for (int i = 0; i < PEERS; i++)
		close(peers[i * 37 % PEERS]);
	report_all_gone();
}

/* Whoever waits behind clients that leave, in a session or waiting for one, gets what they had. */
static void others_move_up(void)
{
	int good = 0, waiting = SESSIONS, last = waiting + WAITING;

	connect_all();
	good += enter_sessions(0, HOLDING, SESSIONS);
	good += enter_queue(waiting, last);
	report("clients in a session, or who wait for one", good, SESSIONS + WAITING);
	good = say_and_hear(last, PEERS, "begin\n", "busy\n");
	report("clients beyond these, told that the server is busy", good, PEERS - last);
	for (int i = waiting; i < last; i += 2)
		close(peers[i]);
	leave(0, SESSIONS);
	good = 0;
	for (int i = waiting + 1; i < last; i += 2)
		good += peer_hears(peers[i], "ok\n3\n3\n");
	report("clients behind those who left, served by a worker that is as new", good,
	       WAITING / 2);
	for (int i = waiting + 1; i < last; i += 2)
		close(peers[i]);
	leave(last, PEERS);
	report_all_gone();
}

static void some_are_slow(void)
{
	long lines = 0, good = 0;

	connect_all();
	report("clients that take no answers are not read", enter_flood(0, SLOW, 0, 0) ? SLOW : 0,
	       SLOW);
	good = say_and_hear(SLOW, PEERS, question, reply);
	report("clients beside them, answered right", good, PEERS - SLOW);
	leave(0, SLOW / 2);
	good = 0;
	for (int i = SLOW / 2; i < SLOW; i++) {
		long own = (long)(said[i] / strlen(question));

		lines += own;
		while (own-- > 0 && peer_hears(peers[i], reply))
			good++;
	}
	report("answers that they take at last, right", good, lines);
	leave(SLOW / 2, PEERS);
	report_all_gone();
}

/* The server accepts as many as are in connect_all, and the one that asks for its status. */
static void too_many_come(void)
{
	int newcomers[NEWCOMERS], waiting = 0, good = 0;

	connect_all();
	say_and_hear(0, PEERS, question, reply);
	for (int i = 0; i < NEWCOMERS; i++) {
		newcomers[i] = peer_connect(address);
		peer_say(newcomers[i], question);
	}
	/* Meanwhile the server looks at its sockets again and again, the listening one among them. */
	say_and_hear(0, PEERS, question, reply);
	if (status_becomes(PEERS + 1, 0, 0, 0, NULL))
		for (int i = 0; i < NEWCOMERS; i++)
			waiting += peer_hears_nothing(newcomers[i]);
	report("clients beyond the maximum, not accepted", waiting, NEWCOMERS);
	leave(0, NEWCOMERS);
	for (int i = 0; i < NEWCOMERS; i++)
		good += peer_hears(newcomers[i], reply);
	report("  and served when others have left", good, NEWCOMERS);
	for (int i = 0; i < NEWCOMERS; i++)
		close(newcomers[i]);
	leave(NEWCOMERS, PEERS);
	report_all_gone();
}

static void report_end(void)
{
	int good = 0;

	process_terminate();
	for (int i = 0; i < PEERS; i++)
		good += peer_hears_end(peers[i]);
	close(control);
	report("clients of a server that stops, hung up", good, PEERS);
	report_that("  and it ends well", process_has_ended_well());
}

static void it_stops(void)
{
	int waiting = SESSIONS, last = waiting + WAITING;

	connect_all();
	enter_sessions(0, HOLDING, SESSIONS);
	enter_queue(waiting, last);
	enter_flood(last, last + SLOW, SESSIONS, WAITING);
	report_end();
}

/* Of its own and the server's descriptors. */
static void raise_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		err(1, "getrlimit");
	limit.rlim_cur = limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_max < PEERS + 100)
		errx(1, "%d descriptors are not to be had", PEERS + 100);
}

static void remove_directory(void)
{
	unlink(path);
	rmdir(directory);
}

/* With the limits that the stories are about. */
static void start(const char *self, const char *where)
{
	char maximum[16], sessions[16], waiting[16];

	snprintf(maximum, sizeof maximum, "%d", PEERS + 1);
	snprintf(sessions, sizeof sessions, "%d", SESSIONS);
	snprintf(waiting, sizeof waiting, "%d", WAITING);
	address = process_start(self,
				(const char *const[]){ where, maximum, sessions, waiting, NULL });
	control = peer_connect(address);
	if (!status_becomes(1, 0, 0, 0, NULL))
		errx(1, "the server is not up");
	descriptors = process_descriptors();
}

static void try_on_path(const char *self)
{
	if (!mkdtemp(directory))
		err(1, "%s", directory);
	atexit(remove_directory);
	snprintf(path, sizeof path, "%s/socket", directory);
	start(self, path);
	printf("On a Unix socket. Of %d connections, %d are closed in a call, %d in a session, %d "
	       "as they wait\n"
	       "for one, %d refused, %d that take no answers, %d that have just asked, and %d "
	       "idle.\n",
	       PEERS, CALLING, HOLDING, WAITING, REFUSED, SLOW, ASKING, IDLE);
	all_ask_at_once();
	for (int i = 0; i < STORMS; i++)
		storm();
	others_move_up();
	some_are_slow();
	too_many_come();
	it_stops();
}

/* Where buffers are too large for floods. */
static void try_on_port(const char *self)
{
	start(self, "0");
	printf("\nOn a port.\n");
	all_ask_at_once();
	others_move_up();
	connect_all();
	enter_sessions(0, HOLDING, SESSIONS);
	report_end();
}

int main(int argc, char **argv)
{
	(void)argc;
	raise_limit();
	try_on_path(argv[0]);
	try_on_port(argv[0]);
	return 0;
}
