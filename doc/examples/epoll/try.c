/* SPDX-License-Identifier: MIT */
/* try.c: starts the server that lies beside it, is some of its clients, and stops it. */
#include <arpa/inet.h>
#include <err.h>
#include <libgen.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum { CLIENTS = 50, SOON = 30 /* s */ };

static pid_t server;
static uint16_t port;

static void kill_server(void)
{
	if (server > 0)
		kill(server, SIGKILL);
}

static void start_server(const char *self)
{
	static const char address[] = "127.0.0.1 ";
	char directory[4096], path[4128], line[64];
	char *arguments[] = { path, NULL };
	posix_spawn_file_actions_t actions;
	int ends[2];
	FILE *output;

	snprintf(directory, sizeof directory, "%s", self);
	snprintf(path, sizeof path, "%s/server", dirname(directory));
	if (pipe(ends) || posix_spawn_file_actions_init(&actions) ||
	    posix_spawn_file_actions_adddup2(&actions, ends[1], 1) ||
	    posix_spawn_file_actions_addclose(&actions, ends[0]) ||
	    posix_spawn(&server, path, &actions, NULL, arguments, environ))
		err(1, "%s", path);
	atexit(kill_server);
	posix_spawn_file_actions_destroy(&actions);
	close(ends[1]);
	output = fdopen(ends[0], "r");
	if (!output || !fgets(line, sizeof line, output) ||
	    strncmp(line, address, strlen(address)) != 0)
		errx(1, "the server does not say where it listens");
	port = (uint16_t)strtoul(line + strlen(address), NULL, 10);
	fclose(output);
}

/* Clients. */

static int connect_one(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_port = htons(port),
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct timeval soon = { .tv_sec = SOON };
	int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (client < 0 || setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof soon) ||
	    connect(client, (struct sockaddr *)&address, sizeof address))
		err(1, "connect");
	return client;
}

static void say(int client, const char *text)
{
	if (send(client, text, strlen(text), MSG_NOSIGNAL) != (ssize_t)strlen(text))
		err(1, "send");
}

/* These bytes come next, soon. */
static void hear(int client, const char *text)
{
	char heard[256] = "";
	ssize_t length = recv(client, heard, strlen(text), MSG_WAITALL);

	if (length < 0)
		err(1, "\"%s\" was expected", text);
	if (strcmp(heard, text) != 0)
		errx(1, "\"%s\" was expected, \"%s\" was heard", text, heard);
}

static void hear_end(int client)
{
	char byte;

	if (recv(client, &byte, 1, 0) != 0)
		errx(1, "the server does not hang up");
	close(client);
}

/* Stories. */

static void many_clients_with_several_requests_each(void)
{
	int clients[CLIENTS];
	char text[128];

	for (int i = 0; i < CLIENTS; i++) {
		clients[i] = connect_one();
		snprintf(text, sizeof text, "double %d\ndouble %d\nwhat?\ndouble -3\n", i,
			 i + 1000);
		say(clients[i], text);
	}
	for (int i = 0; i < CLIENTS; i++) {
		snprintf(text, sizeof text, "%d\n%d\n", 2 * i, 2 * i + 2000);
		hear(clients[i], text);
		hear(clients[i], "error: invalid argument\n-6\n");
		close(clients[i]);
	}
}

/* There are two sessions at a time. */
static void clients_that_leave(void)
{
	int first = connect_one(), second = connect_one(), third = connect_one();
	int impatient = connect_one(), last = connect_one();

	say(first, "begin\nadd 5\n");
	hear(first, "ok\n5\n");
	say(second, "begin\nadd 3\n");
	hear(second, "ok\n3\n");
	say(impatient, "double 1\nbegin\n"); /* when the answer comes, it waits for a session */
	hear(impatient, "2\n");
	say(third, "double 2\nbegin\n");
	hear(third, "4\n");
	say(last, "double 3\nbegin\n");
	hear(last, "6\n");
	close(impatient);
	close(second); /* in the middle of its session */
	hear(third, "ok\n");
	say(third, "add 1\n");
	hear(third, "1\n");
	say(first, "add 7\nend\nend\n");
	hear(first, "12\n12\nerror: ");
	hear(last, "ok\n");
	say(last, "add 2\n");
	hear(last, "2\n");
	close(first);
	close(third);
	close(last);
}

/* With two sessions, and a client that waits for one. */
static void the_server_stops(void)
{
	int clients[3], status;

	for (int i = 0; i < 3; i++) {
		clients[i] = connect_one();
		say(clients[i], "double 4\nbegin\n");
		hear(clients[i], i < 2 ? "8\nok\n" : "8\n");
	}
	if (kill(server, SIGTERM) || waitpid(server, &status, 0) != server)
		err(1, "the server");
	server = 0;
	for (int i = 0; i < 3; i++)
		hear_end(clients[i]);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		errx(1, "the server ended with %#x", (unsigned)status);
}

int main(int argc, char **argv)
{
	(void)argc;
	start_server(argv[0]);
	many_clients_with_several_requests_each();
	clients_that_leave();
	the_server_stops();
	puts("served");
	return 0;
}
