/* SPDX-License-Identifier: MIT */
/* test_control.c: the control socket: its requests, and whoever means it harm. */
#include "control/peer.h"
#include "scenario/support.h"

#include <errno.h>
#include <pooltoy/control.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static struct {
	struct stage stage;
	struct pooltoy_pool *poolio;
	struct pooltoy_control *control;
	struct peer peer;
	char folder[64], path[128];
} act;

static void raise_curtain(void)
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

static void drop_curtain(void)
{
	peer_close(&act.peer);
	pooltoy_control_stop(act.control);
	CU_ASSERT_NOT_EQUAL(access(act.path, F_OK), 0);
	pooltoy_pool_release(act.poolio);
	stage_close(&act.stage);
	CU_ASSERT_EQUAL(rmdir(act.folder), 0);
}

static void await_exit(pid_t child)
{
	int status = -1;

	CU_ASSERT(child > 0 && waitpid(child, &status, 0) == child && status == 0);
}

/* A socket's file without a socket. */
static void leave_socket(const char *path)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	memcpy(name.sun_path, path, strlen(path));
	CU_ASSERT_EQUAL(bind(fd, (struct sockaddr *)&name, sizeof name), 0);
	close(fd);
}

/* Requests. */

static void an_answer_has_the_id_of_its_request(void)
{
	json_t *answer;

	raise_curtain();
	answer = peer_ask(&act.peer, "{\"id\":\"seven\",\"method\":\"hello\"}");
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(answer, "id")), "seven");
	CU_ASSERT_EQUAL(
		json_integer_value(json_object_get(json_object_get(answer, "result"), "pid")),
		getpid());
	json_decref(answer);
	drop_curtain();
}

static void the_tree_shows_who_holds_a_worker(void)
{
	struct pooltoy_lease lease;
	json_t *answer, *pool, *worker, *holder;
	int index;

	raise_curtain();
	MUST(pooltoy_checkout(act.poolio, SOON, &lease));
	index = pooltoy_lease_worker(&lease);
	answer = peer_ask(&act.peer, "{\"method\":\"tree\"}");
	pool = json_array_get(json_object_get(json_object_get(answer, "result"), "pools"), 0);
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(pool, "pool")), "poolio");
	CU_ASSERT(json_integer_value(json_object_get(pool, "manager_thread")) > 0);
	worker = json_array_get(json_object_get(pool, "workers"), (size_t)index);
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(worker, "state")), "leased");
	CU_ASSERT(json_is_false(json_object_get(worker, "calling")));
	holder = json_object_get(worker, "holder");
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(holder, "thread")), gettid());
	CU_ASSERT_STRING_NOT_EQUAL(text_of(worker, "holder", "checkout"), "");
	json_decref(answer);
	MUST(pooltoy_checkin(&lease));
	drop_curtain();
}

static void status_is_of_all_pools_or_of_one(void)
{
	json_t *answer, *pools;

	raise_curtain();
	answer = peer_ask(&act.peer, "{\"method\":\"status\"}");
	pools = json_object_get(json_object_get(answer, "result"), "pools");
	CU_ASSERT_EQUAL(json_array_size(pools), 1);
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(json_array_get(pools, 0), "size")), 2);
	json_decref(answer);
	peer_expect(&act.peer, "{\"method\":\"status\",\"pool\":\"poolio\"}", "OK");
	peer_expect(&act.peer, "{\"method\":\"status\",\"pool\":\"pooly\"}", "ENOENT");
	drop_curtain();
}

static void durations_are_of_all_pools_or_of_one(void)
{
	json_t *answer, *pools, *hold;

	raise_curtain();
	expect_service(act.poolio);
	answer = peer_ask(&act.peer, "{\"method\":\"histograms\"}");
	pools = json_object_get(json_object_get(answer, "result"), "pools");
	CU_ASSERT_EQUAL(json_array_size(pools), 1);
	hold = json_object_get(json_array_get(pools, 0), "hold");
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(hold, "count")), 1);
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(hold, "sampled")), 128);
	CU_ASSERT(json_integer_value(json_object_get(hold, "sum_ns")) > 0);
	CU_ASSERT_EQUAL(json_array_size(json_object_get(hold, "buckets")), 1);
	json_decref(answer);
	peer_expect(&act.peer, "{\"method\":\"histograms\",\"pool\":\"poolio\"}", "OK");
	peer_expect(&act.peer, "{\"method\":\"histograms\",\"pool\":\"pooly\"}", "ENOENT");
	drop_curtain();
}

static void metrics_are_one_text_of_all_pools(void)
{
	struct pooltoy_pool *odd;
	json_t *answer;
	const char *text;

	raise_curtain();
	odd = start_pool(&act.stage, POOLTOY_POOL_SPEC(.name = "an \"odd\"\n\\ name",
						       .worker = &doubler, .size = 1));
	await_idle(odd, 1);
	answer = peer_ask(&act.peer, "{\"method\":\"metrics\"}");
	text = text_of(answer, "result", "openmetrics");
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "\npooltoy_size{pool=\"poolio\"} 2\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(
		text, "\npooltoy_start_seconds_count{pool=\"an \\\"odd\\\"\\n\\\\ name\"} 1\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "\n# EOF\n"));
	json_decref(answer);
	pooltoy_pool_release(odd);
	drop_curtain();
}

static void what_is_killed_comes_back(void)
{
	raise_curtain();
	await_idle(act.poolio, 2);
	peer_expect(&act.peer, "{\"method\":\"kill_worker\",\"pool\":\"poolio\",\"worker\":-1}",
		    "OK");
	await_event(&act.stage, "poolio", POOLTOY_EVENT_WORKER_DIED, 1);
	peer_expect(&act.peer, "{\"method\":\"kill_manager\",\"pool\":\"poolio\"}", "OK");
	await_event(&act.stage, "poolio", POOLTOY_EVENT_POOL_RESTARTED, 1);
	peer_expect(&act.peer, "{\"method\":\"kill_supervisor\"}", "OK");
	await_event(&act.stage, NULL, POOLTOY_EVENT_SUPERVISOR_RESTARTED, 1);
	peer_expect(&act.peer, "{\"method\":\"restart\",\"pool\":\"poolio\"}", "OK");
	await_event(&act.stage, "poolio", POOLTOY_EVENT_POOL_RESTARTED, 2);
	await_service(act.poolio);
	drop_curtain();
}

static void a_pool_is_paused_and_resumed(void)
{
	raise_curtain();
	peer_expect(&act.peer, "{\"method\":\"pause\",\"pool\":\"poolio\"}", "OK");
	CU_ASSERT_EQUAL(status_of(act.poolio).state, POOLTOY_POOL_PAUSED);
	peer_expect(&act.peer, "{\"method\":\"resume\",\"pool\":\"poolio\"}", "OK");
	expect_service(act.poolio);
	peer_expect(&act.peer, "{\"method\":\"pause\"}", "EINVAL");
	peer_expect(&act.peer, "{\"method\":\"resume\"}", "EINVAL");
	drop_curtain();
}

static void a_pool_is_resized(void)
{
	raise_curtain();
	peer_expect(&act.peer,
		    "{\"method\":\"resize\",\"pool\":\"poolio\",\"size\":3,\"max_overflow\":0}",
		    "OK");
	await_event(&act.stage, "poolio", POOLTOY_EVENT_POOL_RESIZED, 1);
	await_idle(act.poolio, 3);
	peer_expect(&act.peer, "{\"method\":\"resize\",\"pool\":\"poolio\",\"size\":3}", "EINVAL");
	peer_expect(&act.peer,
		    "{\"method\":\"resize\",\"pool\":\"poolio\",\"size\":0,\"max_overflow\":0}",
		    "EINVAL");
	peer_expect(&act.peer,
		    "{\"method\":\"resize\",\"pool\":\"poolio\",\"size\":-1,\"max_overflow\":9}",
		    "EINVAL");
	drop_curtain();
}

static void a_pool_that_was_given_up_is_revived(void)
{
	struct pooltoy_pool *pooly;
	json_t *answer;

	raise_curtain();
	pooly = start_pool(&act.stage, POOLTOY_POOL_SPEC(.name = "pooly", .worker = &doubler,
							 .size = 1, .max_restarts = POOLTOY_NONE,
							 .backoff_min = 100, .give_up_after = 1));
	peer_expect(&act.peer, "{\"method\":\"kill_manager\",\"pool\":\"pooly\"}", "OK");
	await_event(&act.stage, "pooly", POOLTOY_EVENT_POOL_RESTARTED, 1);
	peer_expect(&act.peer, "{\"method\":\"kill_manager\",\"pool\":\"pooly\"}", "OK");
	await_event(&act.stage, "pooly", POOLTOY_EVENT_POOL_FAILED, 1);
	answer = peer_ask(&act.peer, "{\"method\":\"restart\",\"pool\":\"pooly\"}");
	CU_ASSERT_STRING_EQUAL(text_of(answer, "result", "did"), "revive");
	json_decref(answer);
	await_service(pooly);
	pooltoy_pool_release(pooly);
	drop_curtain();
}

static void a_subscriber_hears_of_events(void)
{
	json_t *event;

	raise_curtain();
	await_idle(act.poolio, 2);
	peer_expect(&act.peer, "{\"method\":\"events\"}", "OK");
	MUST(pooltoy_kill_worker(act.poolio, 0));
	do {
		event = peer_read(&act.peer);
		CU_ASSERT_PTR_NOT_NULL_FATAL(event);
		if (strcmp(text_of(event, "event", "type"), "worker_died") == 0)
			break;
		json_decref(event);
	} while (true);
	CU_ASSERT_STRING_EQUAL(text_of(event, "event", "pool"), "poolio");
	CU_ASSERT_STRING_EQUAL(text_of(event, "event", "severity"), "warning");
	json_decref(event);
	drop_curtain();
}

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
	/* There is room again. */
	AWAIT(peer_connect(&peer, act.path) && (peer_send(&peer, "\n"), true) &&
	      json_object_get(peer_read(&peer), "pooltoy"));
	peer_close(&peer);
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
      TEST(an_answer_has_the_id_of_its_request), TEST(the_tree_shows_who_holds_a_worker),
      TEST(status_is_of_all_pools_or_of_one), TEST(durations_are_of_all_pools_or_of_one),
      TEST(metrics_are_one_text_of_all_pools), TEST(what_is_killed_comes_back),
      TEST(a_pool_is_paused_and_resumed), TEST(a_pool_is_resized),
      TEST(a_pool_that_was_given_up_is_revived), TEST(a_subscriber_hears_of_events),
      TEST(nonsense_is_answered_by_an_error), TEST(a_line_without_an_end_ends_the_connection),
      TEST(many_requests_at_once_are_all_answered), TEST(who_sends_and_goes_is_heard),
      TEST(who_says_no_more_still_gets_the_answer), TEST(a_reader_who_takes_nothing_is_closed),
      TEST(a_thousand_connections_are_answered_or_turned_away),
      TEST(a_stop_closes_connections_and_removes_the_socket),
      TEST(a_supervisor_that_stops_tells_of_it_and_closes_the_socket),
      TEST(the_socket_is_for_its_user_alone),
      TEST(a_path_in_use_is_refused_and_one_left_behind_is_not),
      TEST(a_path_that_cannot_be_is_told), TEST(without_a_path_it_is_in_the_folder_for_that),
      TEST(the_environment_opens_a_socket), TEST(a_supervisor_stops_while_it_is_asked))
