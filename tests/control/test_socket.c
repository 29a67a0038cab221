/* SPDX-License-Identifier: MIT */
/* test_socket.c: the control socket's file: whose it is, where, and what is in its way. */
#include "control/act.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* A socket's file without a socket. */
static void leave_socket(const char *path)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	memcpy(name.sun_path, path, strlen(path));
	CU_ASSERT_EQUAL(bind(fd, (struct sockaddr *)&name, sizeof name), 0);
	close(fd);
}

/* The socket's file. */

static void the_socket_is_for_its_user_alone(void)
{
	struct stat status;

	raise_curtain();
	CU_ASSERT_EQUAL(stat(act.path, &status), 0);
	CU_ASSERT_EQUAL(status.st_mode & 07777, 0600);
	drop_curtain();
}

/* No fatal assertions: in a child there is no test to leave. */
static void be_nobody_and_ask(void)
{
	static struct peer peer;
	json_t *line;

	CU_ASSERT_EQUAL(setuid(65534), 0);
	if (!peer_connect(&peer, act.path)) {
		CU_FAIL("cannot connect");
		return;
	}
	line = peer_read(&peer);
	CU_ASSERT_STRING_EQUAL(text_of(line, "error", "code"), "EPERM");
	json_decref(line);
	peer_expect_end(&peer);
}

/* Even where the file would let them. The child is forked before there are threads. */
static void another_user_is_turned_away(void)
{
	unsigned failures;
	int ready[2];
	char go;
	pid_t child;

	if (geteuid() != 0)
		SKIP("only root can be somebody else");
	CU_ASSERT_EQUAL_FATAL(pipe(ready), 0);
	snprintf(act.folder, sizeof act.folder, "/tmp/pooltoy-test-XXXXXX");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(act.folder));
	snprintf(act.path, sizeof act.path, "%s/socket", act.folder);
	failures = CU_get_number_of_failures();
	child = fork();
	if (child == 0) {
		CU_ASSERT_EQUAL(read(ready[0], &go, 1), 1);
		be_nobody_and_ask();
		_exit(CU_get_number_of_failures() > failures);
	}
	stage_open(&act.stage);
	MUST(pooltoy_control_start(act.stage.supervisor, act.path, &act.control));
	CU_ASSERT_EQUAL(chmod(act.folder, 0755), 0);
	CU_ASSERT_EQUAL(chmod(act.path, 0666), 0);
	CU_ASSERT_EQUAL(write(ready[1], "!", 1), 1);
	await_exit(child);
	close(ready[0]);
	close(ready[1]);
	pooltoy_control_stop(act.control);
	stage_close(&act.stage);
	CU_ASSERT_EQUAL(rmdir(act.folder), 0);
}

static void a_path_in_use_is_refused_and_one_left_behind_is_not(void)
{
	struct pooltoy_control *other;
	struct stage second;
	char file[256];

	raise_curtain();
	EXPECT(POOLTOY_EEXIST, pooltoy_control_start(act.stage.supervisor, NULL, &other));
	EXPECT_STORY("it has a control socket");
	stage_open(&second);
	EXPECT(POOLTOY_EEXIST, pooltoy_control_start(second.supervisor, act.path, &other));
	EXPECT_STORY("control", act.path, "in use");
	/* What is no socket is not for us to remove. */
	snprintf(file, sizeof file, "%s/file", act.folder);
	fclose(fopen(file, "w"));
	EXPECT(POOLTOY_EEXIST, pooltoy_control_start(second.supervisor, file, &other));
	CU_ASSERT_EQUAL(unlink(file), 0);
	/* One whose server was killed. */
	leave_socket(file);
	MUST(pooltoy_control_start(second.supervisor, file, &other));
	pooltoy_control_stop(other);
	stage_close(&second);
	drop_curtain();
}

static void a_socket_that_has_taken_its_place_is_left_alone(void)
{
	struct pooltoy_control *other;
	struct stage second;

	raise_curtain();
	CU_ASSERT_EQUAL(unlink(act.path), 0);
	stage_open(&second);
	MUST(pooltoy_control_start(second.supervisor, act.path, &other));
	pooltoy_control_stop(act.control);
	CU_ASSERT(is_greeted());
	pooltoy_control_stop(other);
	stage_close(&second);
	MUST(pooltoy_control_start(act.stage.supervisor, act.path, &act.control));
	drop_curtain();
}

static void a_path_that_cannot_be_is_told(void)
{
	struct pooltoy_control *control;
	char long_path[300];
	struct stage stage;

	stage_open(&stage);
	EXPECT(POOLTOY_ENOENT,
	       pooltoy_control_start(stage.supervisor, "/nowhere/at/all", &control));
	EXPECT_STORY("control", "/nowhere/at/all", "No such file");
	memset(long_path, 'x', sizeof long_path);
	long_path[0] = '/';
	long_path[sizeof long_path - 1] = 0;
	EXPECT(POOLTOY_EINVAL, pooltoy_control_start(stage.supervisor, long_path, &control));
	EXPECT(POOLTOY_EINVAL, pooltoy_control_start(stage.supervisor, "", &control));
	EXPECT_STORY("control", "empty");
	EXPECT(POOLTOY_EINVAL, pooltoy_control_start(NULL, NULL, &control));
	EXPECT(POOLTOY_EINVAL, pooltoy_control_start(stage.supervisor, NULL, NULL));
	pooltoy_control_stop(NULL);
	stage_close(&stage);
}

/* A file system with no room for one more file. */
static void start_on_a_full_disk(void)
{
	struct pooltoy_control *control;
	struct stage stage;

	unsetenv("XDG_RUNTIME_DIR");
	if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
		return; /* not for us to make one */
	CU_ASSERT_EQUAL_FATAL(mount("none", "/tmp", "tmpfs", 0, "nr_inodes=1"), 0);
	stage_open(&stage);
	EXPECT(POOLTOY_EAGAIN, pooltoy_control_start(stage.supervisor, "/tmp/socket", &control));
	EXPECT_STORY("control", "/tmp/socket", "No space left");
	EXPECT(POOLTOY_EAGAIN, pooltoy_control_start(stage.supervisor, NULL, &control));
	EXPECT_STORY("folder", "No space left");
	stage_close(&stage);
}

static void a_full_disk_is_told(void)
{
	in_child(start_on_a_full_disk);
}

/* The folder. */

static void in_the_folder(const char *folder, const char *suffix, const struct pooltoy_control *of)
{
	char path[256];

	snprintf(path, sizeof path, "%s/pooltoy/%ld%s.sock", folder, (long)getpid(), suffix);
	CU_ASSERT_STRING_EQUAL(pooltoy_control_path(of), path);
}

static void without_a_path_it_is_in_the_folder_for_that(void)
{
	struct pooltoy_control *first, *other;
	struct stage second;
	char folder[256];
	struct stat status;

	raise_curtain();
	pooltoy_control_stop(act.control);
	setenv("XDG_RUNTIME_DIR", act.folder, 1);
	MUST(pooltoy_control_start(act.stage.supervisor, NULL, &first));
	in_the_folder(act.folder, "", first);
	snprintf(folder, sizeof folder, "%s/pooltoy", act.folder);
	CU_ASSERT_EQUAL(stat(folder, &status), 0);
	CU_ASSERT_EQUAL(status.st_mode & 07777, 0700);
	stage_open(&second);
	MUST(pooltoy_control_start(second.supervisor, NULL, &other));
	in_the_folder(act.folder, "-2", other);
	pooltoy_control_stop(other);
	/* Others may write there, or it is another's: no. */
	CU_ASSERT_EQUAL(chmod(folder, 0777), 0);
	EXPECT(POOLTOY_EPERM, pooltoy_control_start(second.supervisor, NULL, &other));
	EXPECT_STORY(folder, "open to others");
	CU_ASSERT_EQUAL(chmod(folder, 0700), 0);
	if (geteuid() == 0) {
		CU_ASSERT_EQUAL(chown(folder, 65534, 65534), 0);
		EXPECT(POOLTOY_EPERM, pooltoy_control_start(second.supervisor, NULL, &other));
		EXPECT_STORY(folder, "belongs to another user");
	}
	stage_close(&second);
	pooltoy_control_stop(first);
	unsetenv("XDG_RUNTIME_DIR");
	CU_ASSERT_EQUAL(rmdir(folder), 0);
	MUST(pooltoy_control_start(act.stage.supervisor, act.path, &act.control));
	drop_curtain();
}

static void the_environment_opens_a_socket(void)
{
	struct pooltoy_control *other;
	struct stage stage;

	snprintf(act.folder, sizeof act.folder, "/tmp/pooltoy-test-XXXXXX");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(act.folder));
	snprintf(act.path, sizeof act.path, "%s/socket", act.folder);
	setenv("POOLTOY_CONTROL", act.path, 1);
	stage_open(&stage);
	peer_open(&act.peer, act.path);
	peer_expect(&act.peer, "{\"method\":\"tree\"}", "OK");
	EXPECT(POOLTOY_EEXIST, pooltoy_control_start(stage.supervisor, NULL, &other));
	stage_close(&stage);
	peer_expect_end(&act.peer);
	peer_close(&act.peer);
	CU_ASSERT_NOT_EQUAL(access(act.path, F_OK), 0);
	/* What is wrong is told, and the supervisor starts all the same. */
	setenv("POOLTOY_CONTROL", "/nowhere/at/all", 1);
	stage_open(&stage);
	stage_close(&stage);
	setenv("POOLTOY_CONTROL", "0", 1);
	stage_open(&stage);
	stage_close(&stage);
	unsetenv("POOLTOY_CONTROL");
	CU_ASSERT_EQUAL(rmdir(act.folder), 0);
}

/* Races. */

struct starter {
	struct pooltoy_supervisor *supervisor;
	struct pooltoy_control *control;
	pthread_barrier_t *start;
};

static void *start_with_the_others(void *argument)
{
	struct starter *starter = argument;

	pthread_barrier_wait(starter->start);
	MUST(pooltoy_control_start(starter->supervisor, NULL, &starter->control));
	return NULL;
}

static void sockets_that_are_made_at_once_are_all_reached(void)
{
	enum { STARTERS = 4, ROUNDS = 100 };
	struct starter starters[STARTERS] = { 0 };
	pthread_t threads[STARTERS];
	pthread_barrier_t start;
	char folder[128];

	raise_curtain();
	setenv("XDG_RUNTIME_DIR", act.folder, 1);
	pthread_barrier_init(&start, NULL, STARTERS);
	for (int i = 0; i < STARTERS; i++) {
		starters[i].start = &start;
		MUST(pooltoy_supervisor_start(&starters[i].supervisor));
	}
	for (int round = 0; round < ROUNDS; round++) {
		for (int i = 0; i < STARTERS; i++)
			threads[i] = begin(start_with_the_others, &starters[i]);
		for (int i = 0; i < STARTERS; i++)
			finish(threads[i]);
		for (int i = 0; i < STARTERS; i++) {
			peer_close(&act.peer);
			peer_open(&act.peer, pooltoy_control_path(starters[i].control));
			for (int other = 0; other < i; other++)
				CU_ASSERT_STRING_NOT_EQUAL(
					pooltoy_control_path(starters[i].control),
					pooltoy_control_path(starters[other].control));
		}
		for (int i = 0; i < STARTERS; i++)
			pooltoy_control_stop(starters[i].control);
	}
	for (int i = 0; i < STARTERS; i++)
		MUST(pooltoy_supervisor_stop(starters[i].supervisor, -1));
	pthread_barrier_destroy(&start);
	unsetenv("XDG_RUNTIME_DIR");
	snprintf(folder, sizeof folder, "%s/pooltoy", act.folder);
	CU_ASSERT_EQUAL(rmdir(folder), 0);
	drop_curtain();
}

static void *ask_in_a_row(void *argument)
{
	static const char *const lines[] = {
		"{\"method\":\"tree\"}\n", "{\"method\":\"status\"}\n", "{\"method\":\"events\"}\n",
		"{\"method\":\"kill_worker\",\"pool\":\"poolio\",\"worker\":-1}\n", "{\n"
	};
	struct peer *peer = argument;

	for (int i = 0; peer_connect(peer, act.path); i++) {
		if (send(peer->fd, lines[i % 5], strlen(lines[i % 5]), MSG_NOSIGNAL) > 0)
			json_decref(peer_read(peer));
		peer_close(peer);
	}
	return NULL;
}

static void a_supervisor_stops_while_it_is_asked(void)
{
	static struct peer peers[3];
	pthread_t threads[3];

	for (int round = 0; round < 5; round++) {
		raise_curtain();
		for (int i = 0; i < 3; i++)
			threads[i] = begin(ask_in_a_row, &peers[i]);
		peer_expect(&act.peer, "{\"method\":\"hello\"}", "OK");
		peer_close(&act.peer);
		pooltoy_pool_release(act.poolio);
		stage_close(&act.stage);
		for (int i = 0; i < 3; i++)
			finish(threads[i]);
		pooltoy_control_stop(act.control);
		CU_ASSERT_EQUAL(rmdir(act.folder), 0);
	}
}

SUITE(TEST(another_user_is_turned_away), TEST(a_full_disk_is_told),
      TEST(the_socket_is_for_its_user_alone),
      TEST(a_path_in_use_is_refused_and_one_left_behind_is_not),
      TEST(a_socket_that_has_taken_its_place_is_left_alone), TEST(a_path_that_cannot_be_is_told),
      TEST(without_a_path_it_is_in_the_folder_for_that), TEST(the_environment_opens_a_socket),
      TEST(sockets_that_are_made_at_once_are_all_reached),
      TEST(a_supervisor_stops_while_it_is_asked))
