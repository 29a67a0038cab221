/* SPDX-License-Identifier: MIT */
/* sync_words.c: the words of child processes, by sockets; where those are no good, by pipes. */
#include "sync_words.h"

#include "plain_text.h"
#include "sync_descriptor.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#ifndef SO_PASSRIGHTS
#define SO_PASSRIGHTS 83
#endif

enum {
	WORDS_AT_ONCE = 4096,
	WORDS_ROOM = 65536 /* what an honest child may have written, and the server not yet read */
};

static bool put_out_of_the_way(struct sync_words *words, const int ends[2])
{
	words->ours = out_of_the_way(ends[0]);
	words->theirs = out_of_the_way(ends[1]);
	return words->ours >= 0 && words->theirs >= 0 && !fcntl(words->ours, F_SETFL, O_NONBLOCK);
}

/* ENOPROTOOPT: a kernel before 6.16. */
static int open_sockets(struct sync_words *words)
{
	const int room = WORDS_ROOM, no_descriptors = 0;
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) ||
	    !put_out_of_the_way(words, ends) ||
	    setsockopt(words->ours, SOL_SOCKET, SO_PASSRIGHTS, &no_descriptors,
		       sizeof no_descriptors) ||
	    setsockopt(words->theirs, SOL_SOCKET, SO_SNDBUF, &room, sizeof room))
		return errno;
	return 0;
}

/* It has as much room. */
static int open_pipe(struct sync_words *words)
{
	int ends[2];

	return pipe2(ends, O_CLOEXEC) || !put_out_of_the_way(words, ends) ? errno : 0;
}

int sync_words_open(struct sync_words *words)
{
	int failed = open_sockets(words);

	if (failed != ENOPROTOOPT)
		return failed;
	sync_words_close(words);
	return open_pipe(words);
}

void sync_words_close(struct sync_words *words)
{
	drop(&words->ours);
	drop(&words->theirs);
}

static void keep_tail(struct sync_words *words, const char *text, size_t length)
{
	size_t kept;

	if (length > WORDS_KEPT) {
		text += length - WORDS_KEPT;
		length = WORDS_KEPT;
	}
	kept = words->tail_length + length > WORDS_KEPT ? WORDS_KEPT - length : words->tail_length;
	memmove(words->tail, words->tail + words->tail_length - kept, kept);
	memcpy(words->tail + kept, text, length);
	words->tail_length = kept + length;
}

/*
 * What its stderr takes at once; nobody waits here for who reads that. As much as a pipe takes at once that
 * is writable at all, unless somebody else fills it meanwhile.
 */
static void say(const char *text, size_t length)
{
	struct pollfd hears = { STDERR_FILENO, POLLOUT, 0 };

	_Static_assert(WORDS_AT_ONCE <= PIPE_BUF, "as much as a pipe that is writable takes");
	if (poll(&hears, 1, 0) == 1 && hears.revents == POLLOUT)
		(void)!write(STDERR_FILENO, text, length);
}

bool sync_words_take(struct sync_words *words)
{
	char text[WORDS_AT_ONCE];
	ssize_t length = words->ours >= 0 ? read(words->ours, text, sizeof text) : -1;

	/* At their end, or what will not pass: else they would be heard again and again. */
	if (length == 0 || (length < 0 && errno != EAGAIN && errno != EINTR))
		drop(&words->ours);
	if (length <= 0)
		return false;
	keep_tail(words, text, (size_t)length);
	say(text, (size_t)length);
	return true;
}

void sync_words_describe(const struct sync_words *words, char *text, size_t size)
{
	const char *end = words->tail + words->tail_length, *begin = words->tail, *c;
	size_t length = 0;

	while (end > begin && strchr(" \n", end[-1]))
		end--;
	if (end - begin > CHILD_WORDS)
		begin = end - CHILD_WORDS;
	for (c = begin; c < end && length + 1 < size; c++)
		text[length++] = (char)(*c ? *c : ' ');
	text[length] = 0;
	plain_text(text);
}
