/* SPDX-License-Identifier: MIT */
/*
 * ask.c: an HTTP request as the tests of `pooltoy observe` want it, and what came of it, headers and all.
 *
 *   ask [-m METHOD] [-H HEADER]... [-u TEXT] PATH PORT   prints until the end, or until TEXT has come
 *   ask -x COUNT PATH PORT                               asks so often, and reads nothing until its input ends
 *   ask -r COUNT PATH PORT                               the same, but reads, and asks again when there is no more
 *
 * A header without a colon is one that is left out. Exit status 1: it did not come in time.
 */
#include <arpa/inet.h>
#include <err.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { REQUEST = 4096, PATIENCE_S = 30, SMALL_BUFFER = 4096 };

static char request[REQUEST];

static void add(const char *format, const char *one, const char *two)
{
	size_t length = strlen(request);

	if ((size_t)snprintf(request + length, sizeof request - length, format, one, two) >=
	    sizeof request - length)
		errx(2, "too long a request");
}

static int connect_to(const char *port, bool small)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_port = htons((in_port_t)atoi(port)),
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int bytes = SMALL_BUFFER, fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd >= 0 && small)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
	if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0)
		err(2, "port %s", port);
	if (send(fd, request, strlen(request), MSG_NOSIGNAL) < 0)
		err(2, "send");
	return fd;
}

/* Whether it has come, and else whether the end has. */
static bool read_more(int fd, const char *text, char **got, size_t *length, bool *ended)
{
	char *grown = realloc(*got, *length + REQUEST + 1);
	ssize_t more;

	if (!grown)
		err(2, "memory");
	*got = grown;
	more = recv(fd, grown + *length, REQUEST, 0);
	*ended = more <= 0;
	if (*ended)
		return false;
	fwrite(grown + *length, 1, (size_t)more, stdout);
	fflush(stdout);
	*length += (size_t)more;
	grown[*length] = 0;
	return text && strstr(grown, text);
}

static int read_until(int fd, const char *text)
{
	time_t end = time(NULL) + PATIENCE_S;
	struct pollfd polled = { .fd = fd, .events = POLLIN };
	bool come = false, ended = false;
	char *got = NULL;
	size_t length = 0;

	while (!come && !ended && time(NULL) < end)
		if (poll(&polled, 1, 1000) == 1)
			come = read_more(fd, text, &got, &length, &ended);
	free(got);
	close(fd);
	return come || (ended && !text) ? 0 : 1;
}

/* Reads and forgets. */
static void drain(struct pollfd *polled, const char *port)
{
	static char bytes[REQUEST];

	if (recv(polled->fd, bytes, sizeof bytes, 0) <= 0) {
		close(polled->fd);
		polled->fd = connect_to(port, false);
	}
}

static int ask_often(long count, const char *port, bool reads)
{
	struct pollfd *polled = calloc((size_t)count + 1, sizeof *polled);

	if (!polled)
		err(2, "memory");
	for (long i = 1; i <= count; i++)
		polled[i] = (struct pollfd){ .fd = connect_to(port, !reads), .events = POLLIN };
	polled[0] = (struct pollfd){ .fd = STDIN_FILENO, .events = POLLIN };
	while (poll(polled, reads ? (nfds_t)count + 1 : 1, -1) > 0 && !polled[0].revents)
		for (long i = 1; i <= count; i++)
			if (polled[i].revents)
				drain(&polled[i], port);
	free(polled);
	return 0;
}

int main(int argc, char **argv)
{
	const char *method = "GET", *until = NULL;
	char headers[REQUEST] = "";
	bool host = true;
	long count = 0;
	bool reads = false;
	int option;

	while ((option = getopt(argc, argv, "m:H:u:x:r:")) != -1) {
		if (option == 'm')
			method = optarg;
		else if (option == 'u')
			until = optarg;
		else if (option == 'x' || option == 'r')
			count = atol(optarg);
		else if (option != 'H')
			return 2;
		reads = reads || option == 'r';
		if (option == 'H' && strncmp(optarg, "Host", 4) == 0)
			host = false;
		if (option == 'H' && strchr(optarg, ':') &&
		    (size_t)snprintf(headers + strlen(headers), sizeof headers - strlen(headers),
				     "%s\r\n", optarg) >= sizeof headers)
			return 2;
	}
	if (argc - optind != 2)
		errx(2, "usage: ask [-m METHOD] [-H HEADER] [-u TEXT] [-x COUNT | -r COUNT] PATH "
			"PORT");
	add("%s %s HTTP/1.1\r\nConnection: close\r\n", method, argv[optind]);
	if (host)
		add("Host: %s:%s\r\n", "127.0.0.1", argv[optind + 1]);
	add("%s%s\r\n", headers, "");
	if (count > 0)
		return ask_often(count, argv[optind + 1], reads);
	return read_until(connect_to(argv[optind + 1], false), until);
}
