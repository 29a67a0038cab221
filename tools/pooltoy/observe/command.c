/* SPDX-License-Identifier: MIT */
/* command.c: `pooltoy observe`: a page for browsers, until it is interrupted. */
#include "tool.h"

#include <stdio.h>

#if HAVE_MICROHTTPD

#include "web.h"

#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

union address {
	struct sockaddr any;
	struct sockaddr_in four;
	struct sockaddr_in6 six;
};

static bool take_port(const char *text, in_port_t *port)
{
	char *end;
	unsigned long number = strtoul(text, &end, 10);

	*port = htons((in_port_t)number);
	return *text >= '0' && *text <= '9' && !*end && number <= 65535;
}

/* Numbers, as in "127.0.0.1" or "::1". False: it is none. */
static bool take_address(const char *text, in_port_t port, union address *address)
{
	memset(address, 0, sizeof *address);
	if (inet_pton(AF_INET, text, &address->four.sin_addr) == 1) {
		address->four.sin_family = AF_INET;
		address->four.sin_port = port;
		return true;
	}
	address->six.sin6_family = AF_INET6;
	address->six.sin6_port = port;
	return inet_pton(AF_INET6, text, &address->six.sin6_addr) == 1;
}

/* As it stands in a URL. */
static void write_host(char *host, size_t size, const char *address)
{
	snprintf(host, size, strchr(address, ':') ? "[%s]" : "%s", address);
}

/* Blocks the signals that end it, in all threads that are started from here on. */
static void block_ends(sigset_t *ends)
{
	sigemptyset(ends);
	sigaddset(ends, SIGINT);
	sigaddset(ends, SIGTERM);
	sigaddset(ends, SIGHUP);
	pthread_sigmask(SIG_BLOCK, ends, NULL);
	signal(SIGPIPE, SIG_IGN);
}

/* A second one does not wait for a server that does not answer. */
static void wait_for_end(const sigset_t *ends)
{
	int which;

	sigwait(ends, &which);
	pthread_sigmask(SIG_UNBLOCK, ends, NULL);
}

static int serve(struct web *web, const union address *address, const struct options *options,
		 const sigset_t *ends)
{
	if (!web_start(web, &address->any))
		return fail(REFUSED, "cannot listen on %s, port %s: %s", options->address,
			    options->port, strerror(errno));
	printf("http://%s:%u/\n", web->names[0], web_port(web));
	fflush(stdout);
	wait_for_end(ends);
	stream_end(web->stream);
	web_stop(web);
	return DONE;
}

int command_observe(const struct options *options, char **arguments)
{
	char *chosen[] = { (char *)options->server, NULL };
	char host[INET6_ADDRSTRLEN + 3];
	union address address;
	struct stream stream;
	struct watch watch;
	struct web web = { &watch, &stream, { host, options->host, NULL }, NULL, 0 };
	in_port_t port;
	sigset_t ends;
	int status;

	if (options->json)
		return fail(USAGE, "the page has no JSON");
	if (!take_port(options->port, &port))
		return fail(USAGE, "not a port: %s", options->port);
	if (!take_address(options->address, port, &address))
		return fail(USAGE, "not an address: %s", options->address);
	write_host(host, sizeof host, options->address);
	block_ends(&ends);
	stream_open(&stream);
	if (watch_start(&watch, arguments[0] ? arguments : chosen, options->interval_ms, &stream)) {
		status = serve(&web, &address, options, &ends);
		watch_stop(&watch);
	} else {
		status = fail(REFUSED, "no thread to look at servers with");
	}
	stream_close(&stream);
	return status;
}

#else

int command_observe(const struct options *options, char **arguments)
{
	(void)arguments;
	if (options->json)
		return fail(USAGE, "the page has no JSON");
	return fail(REFUSED, "this pooltoy was built without libmicrohttpd");
}

#endif
