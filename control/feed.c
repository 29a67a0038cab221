/* SPDX-License-Identifier: MIT */
/* feed.c: events on their way from the notifier to the socket's thread. */
#include "feed.h"

#include "dispatcher.h"
#include "report.h"

#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

int feed_open(struct feed *feed)
{
	memset(feed, 0, sizeof *feed);
	feed->eventfd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (feed->eventfd < 0)
		return POOLTOY_EAGAIN;
	if (pthread_mutex_init(&feed->lock, NULL)) {
		close(feed->eventfd);
		return POOLTOY_ENOMEM;
	}
	return POOLTOY_OK;
}

void feed_close(struct feed *feed)
{
	struct feed_line line;

	while (feed_take(feed, &line))
		free(line.text);
	pthread_mutex_destroy(&feed->lock);
	close(feed->eventfd);
}

/* What does not fit counts as `lost`: itself, and those that were lost before it. */
static bool put_line(struct feed *feed, struct feed_line line, uint64_t lost)
{
	bool fits;

	pthread_mutex_lock(&feed->lock);
	fits = line.text && feed->count < FEED_LINES;
	if (fits)
		feed->lines[(feed->first + feed->count++) % FEED_LINES] = line;
	else
		feed->dropped += lost;
	pthread_mutex_unlock(&feed->lock);
	return fits;
}

static uint64_t take_dropped(struct feed *feed)
{
	uint64_t dropped;

	pthread_mutex_lock(&feed->lock);
	dropped = feed->dropped;
	feed->dropped = 0;
	pthread_mutex_unlock(&feed->lock);
	return dropped;
}

void feed_put(struct feed *feed, const struct pooltoy_event *event)
{
	struct pooltoy_event told = *event;
	struct feed_line line;

	if (!atomic_load_explicit(&feed->wanted, memory_order_relaxed))
		return;
	told.dropped += take_dropped(feed);
	line.text = dispatcher_line(json_pack("{s:o}", "event", report_event(&told)), &line.length);
	if (put_line(feed, line, told.dropped + 1))
		feed_wake(feed);
	else
		free(line.text);
}

bool feed_take(struct feed *feed, struct feed_line *line)
{
	bool found;

	pthread_mutex_lock(&feed->lock);
	found = feed->count > 0;
	if (found) {
		*line = feed->lines[feed->first];
		feed->first = (feed->first + 1) % FEED_LINES;
		feed->count--;
	}
	pthread_mutex_unlock(&feed->lock);
	return found;
}

void feed_wake(struct feed *feed)
{
	uint64_t one = 1;
	/* It can only be full, and is readable then. */
	ssize_t written = write(feed->eventfd, &one, sizeof one);

	(void)written;
}

void feed_look(struct feed *feed)
{
	uint64_t count;
	ssize_t got = read(feed->eventfd, &count, sizeof count);

	(void)got; /* nothing there: as good */
}
