/* SPDX-License-Identifier: MIT */
/* server.c: the one thread that serves a control socket: a loop around poll, which is all it waits in. */
#include "server.h"

#include <errno.h>
#include <poll.h>
#include <pooltoy/error.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* Places in the array for poll; connections follow. */
enum {
	POLL_LISTENER,
	POLL_FEED,
	POLL_CONNECTIONS,
	POLL_ALL = POLL_CONNECTIONS + SERVER_CONNECTIONS
};

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* Connections. */

static bool has_output(const struct connection *connection)
{
	size_t length;

	return conversation_output(&connection->conversation, &length) != NULL;
}

static void update_wanted(struct server *server)
{
	bool wanted = false;

	for (int i = 0; i < SERVER_CONNECTIONS; i++)
		if (server->connections[i].fd >= 0 &&
		    server->connections[i].conversation.subscribed)
			wanted = true;
	atomic_store_explicit(&server->feed.wanted, wanted, memory_order_relaxed);
}

static void hang_up(struct server *server, struct connection *connection)
{
	shutdown(connection->fd, SHUT_RDWR); /* a child that was forked has it, too */
	close(connection->fd);
	connection->fd = -1;
	conversation_close(&connection->conversation);
	connection->conversation.subscribed = false;
	update_wanted(server);
}

/* Sends what the socket takes. False: the peer has gone. */
static bool send_output(struct connection *connection)
{
	size_t length;
	const char *output;
	ssize_t sent;

	while ((output = conversation_output(&connection->conversation, &length))) {
		sent = send(connection->fd, output, length, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (sent < 0)
			return errno == EAGAIN || errno == EINTR;
		conversation_sent(&connection->conversation, (size_t)sent);
		connection->since_ms = now_ms();
	}
	return true;
}

/* Who says no more may still want to hear of events. */
static bool is_finished(const struct connection *connection)
{
	const struct conversation *conversation = &connection->conversation;

	return !has_output(connection) &&
	       (conversation->over || (connection->deaf && !conversation->subscribed));
}

static bool answer(struct server *server, struct connection *connection)
{
	bool answered;

	pthread_mutex_lock(&server->lock);
	answered = conversation_answer(&connection->conversation, server->supervisor);
	pthread_mutex_unlock(&server->lock);
	/* Before the answer is sent: what happens after that is told. */
	if (connection->conversation.subscribed)
		update_wanted(server);
	return answered;
}

/* Answers, and sends, in turns, until there is nothing to answer, or the socket is full. */
static void serve(struct server *server, struct connection *connection)
{
	bool busy, alive;

	if (!has_output(connection))
		connection->since_ms = now_ms();
	do {
		busy = answer(server, connection);
		alive = send_output(connection);
	} while (busy && alive && !has_output(connection));
	if (!alive || is_finished(connection))
		hang_up(server, connection);
}

static void read_input(struct connection *connection)
{
	char bytes[CONVERSATION_LINE];
	size_t room = conversation_room(&connection->conversation);
	ssize_t got;

	if (room == 0)
		return;
	got = recv(connection->fd, bytes, room, MSG_DONTWAIT);
	if (got > 0)
		conversation_hear(&connection->conversation, bytes, (size_t)got);
	else if (got == 0 || (errno != EAGAIN && errno != EINTR))
		connection->deaf = true;
}

/* Newcomers. */

static bool is_allowed(int fd)
{
	struct ucred peer;
	socklen_t length = sizeof peer;

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 &&
	       (peer.uid == 0 || peer.uid == geteuid());
}

/* Says why, if the socket takes it, and that is all. */
static void turn_away(int fd, int code, const char *why)
{
	struct conversation conversation = { .heard = 0 };
	size_t length;
	const char *output;

	conversation_refuse(&conversation, code, why);
	output = conversation_output(&conversation, &length);
	if (output) /* should it not fit: that the connection is closed is to be seen */
		(void)!send(fd, output, length, MSG_NOSIGNAL | MSG_DONTWAIT);
	conversation_close(&conversation);
	close(fd);
}

static struct connection *find_vacant(struct server *server)
{
	for (int i = 0; i < SERVER_CONNECTIONS; i++)
		if (server->connections[i].fd < 0)
			return &server->connections[i];
	return NULL;
}

static void welcome(struct server *server, int fd)
{
	struct connection *connection = find_vacant(server);

	if (!is_allowed(fd)) {
		turn_away(fd, POOLTOY_EPERM, "this server is another user's");
	} else if (!connection) {
		turn_away(fd, POOLTOY_EAGAIN, "too many connections");
	} else {
		connection->fd = fd;
		connection->deaf = false;
		connection->since_ms = now_ms();
		conversation_open(&connection->conversation);
		serve(server, connection);
	}
}

/* So many at a time: who is connected is to be served, too. */
static void accept_some(struct server *server)
{
	for (int i = 0; i < SERVER_CONNECTIONS; i++) {
		int fd = accept4(server->address.fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

		if (fd >= 0) {
			welcome(server, fd);
			continue;
		}
		if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED)
			server->paused_until_ms = now_ms() + SERVER_PAUSE_MS;
		return;
	}
}

/* Events. */

static void spread(struct server *server)
{
	struct feed_line line;

	feed_look(&server->feed);
	while (feed_take(&server->feed, &line)) {
		for (int i = 0; i < SERVER_CONNECTIONS; i++)
			if (server->connections[i].fd >= 0)
				conversation_tell(&server->connections[i].conversation, line.text,
						  line.length);
		free(line.text);
	}
	for (int i = 0; i < SERVER_CONNECTIONS; i++)
		if (server->connections[i].fd >= 0 &&
		    server->connections[i].conversation.subscribed)
			serve(server, &server->connections[i]);
}

/* The loop. */

/* How many places are in use: poll takes no more than the process may have descriptors. */
static nfds_t fill_poll(struct server *server, struct pollfd *polled)
{
	bool paused = server->paused_until_ms > 0;
	nfds_t count = POLL_CONNECTIONS;

	polled[POLL_LISTENER] =
		(struct pollfd){ .fd = paused ? -1 : server->address.fd, .events = POLLIN };
	polled[POLL_FEED] = (struct pollfd){ .fd = server->feed.eventfd, .events = POLLIN };
	for (int i = 0; i < SERVER_CONNECTIONS; i++) {
		struct connection *connection = &server->connections[i];
		short events = 0;

		if (connection->fd >= 0 && has_output(connection))
			events |= POLLOUT;
		if (connection->fd >= 0 && !connection->deaf &&
		    conversation_room(&connection->conversation) > 0)
			events |= POLLIN;
		polled[POLL_CONNECTIONS + i] =
			(struct pollfd){ .fd = connection->fd, .events = events };
		if (connection->fd >= 0)
			count = POLL_CONNECTIONS + (nfds_t)i + 1;
	}
	return count;
}

/* In ms, until the first reader's patience is over, or connections are accepted again; -1: never. */
static int time_to_wait(const struct server *server)
{
	uint64_t now = now_ms(), until = server->paused_until_ms;

	for (int i = 0; i < SERVER_CONNECTIONS; i++) {
		const struct connection *connection = &server->connections[i];
		uint64_t end = connection->since_ms + SERVER_PATIENCE_MS;

		if (connection->fd >= 0 && has_output(connection) && (until == 0 || end < until))
			until = end;
	}
	if (until == 0)
		return -1;
	return until > now ? (int)(until - now) : 0;
}

static void look_at_the_clock(struct server *server)
{
	uint64_t now = now_ms();

	if (now >= server->paused_until_ms)
		server->paused_until_ms = 0;
	for (int i = 0; i < SERVER_CONNECTIONS; i++) {
		struct connection *connection = &server->connections[i];

		if (connection->fd >= 0 && has_output(connection) &&
		    now >= connection->since_ms + SERVER_PATIENCE_MS)
			hang_up(server, connection);
	}
}

static void serve_polled(struct server *server, const struct pollfd *polled)
{
	for (int i = 0; i < SERVER_CONNECTIONS; i++) {
		struct connection *connection = &server->connections[i];
		short happened = polled[POLL_CONNECTIONS + i].revents;

		if (connection->fd < 0 || happened == 0)
			continue;
		if (happened & POLLIN)
			read_input(connection);
		/* Who has sent something and gone is heard all the same. */
		if (happened & (POLLIN | POLLOUT))
			serve(server, connection);
		else
			hang_up(server, connection);
	}
}

static void close_all(struct server *server)
{
	for (int i = 0; i < SERVER_CONNECTIONS; i++)
		if (server->connections[i].fd >= 0)
			hang_up(server, &server->connections[i]);
}

void server_run(struct server *server)
{
	struct pollfd polled[POLL_ALL];
	nfds_t count;

	for (int i = 0; i < SERVER_CONNECTIONS; i++)
		server->connections[i].fd = -1;
	while (!atomic_load_explicit(&server->stop, memory_order_acquire)) {
		count = fill_poll(server, polled);
		if (poll(polled, count, time_to_wait(server)) > 0) {
			serve_polled(server, polled);
			if (polled[POLL_FEED].revents)
				spread(server);
			if (polled[POLL_LISTENER].revents)
				accept_some(server);
		}
		look_at_the_clock(server);
	}
	spread(server);
	close_all(server);
}
