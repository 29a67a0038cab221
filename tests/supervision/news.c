/* SPDX-License-Identifier: MIT */
/* news.c: what happened, and how pool A is, in words. */
#include "parts.h"

/* Hearing. */

void news_hear(const struct pooltoy_event *event, void *unused)
{
	(void)unused;
	EXPLORE_CHECK(event->dropped == 0);
	if (strcmp(event->pool, "B") == 0) {
		stage.b_events++;
		stage.news.b_stopped |= event->type == POOLTOY_EVENT_POOL_STOPPED;
		return;
	}
	stage.news.events[event->type]++;
	if (event->type == POOLTOY_EVENT_POOL_BACKOFF)
		stage.news.backoff = event->duration_ns;
	if (event->type == POOLTOY_EVENT_POOL_RESTARTED)
		stage.news.restarted_after = event->duration_ns;
}

void news_release(void *unused)
{
	(void)unused;
	stage.news.releases++;
	EXPLORE_CHECK(stage.a_inits == stage.a_terminates);
}

/* Telling. */

struct text {
	char *to;
	size_t size, length;
};

static void add(struct text *text, const char *format, ...) POOLTOY_PRINTF(2, 3);
static void add(struct text *text, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	text->length += (size_t)vsnprintf(text->to + text->length, text->size - text->length,
					  format, arguments);
	va_end(arguments);
	EXPLORE_CHECK(text->length < text->size);
}

static const char *separator(const struct text *text)
{
	return text->length > 0 ? ", " : "";
}

static void add_time(struct text *text, const char *what, uint64_t ns)
{
	if (ns == 0)
		return;
	if (ns % MS == 0)
		add(text, " %s %llu ms", what, (unsigned long long)(ns / MS));
	else
		add(text, " %s %llu ns", what, (unsigned long long)ns);
}

void news_state(char *to, size_t size)
{
	struct pooltoy_pool_status status = POOLTOY_POOL_STATUS_INIT;
	struct text text = { to, size, 0 };
	unsigned told = 0;

	if (!stage.a) {
		add(&text, "none");
		return;
	}
	EXPLORE_CHECK(pooltoy_pool_status(stage.a, &status) == 0);
	const struct {
		int count;
		const char *name;
	} counts[] = {
		{ status.idle, "idle" },         { status.leased, "leased" },
		{ status.starting, "starting" }, { status.resetting, "resetting" },
		{ status.stopping, "leaving" },  { status.quarantined, "stuck" },
		{ status.waiting, "waiting" },
	};

	add(&text, "%s #%llu", pooltoy_pool_state_name(status.state),
	    (unsigned long long)status.instance);
	for (unsigned i = 0; i < sizeof counts / sizeof counts[0]; i++)
		if (counts[i].count > 0)
			add(&text, "%s%d %s", told++ ? ", " : ": ", counts[i].count,
			    counts[i].name);
}

static const char *code_name(int code)
{
	switch (code) {
	case POOLTOY_OK:
		return "ok";
	case POOLTOY_EINVAL:
		return "EINVAL";
	case POOLTOY_EAGAIN:
		return "EAGAIN";
	case POOLTOY_ENOMEM:
		return "ENOMEM";
	case POOLTOY_ETIMEDOUT:
		return "ETIMEDOUT";
	case POOLTOY_EFULL:
		return "EFULL";
	case POOLTOY_ESTALE:
		return "ESTALE";
	case POOLTOY_ECRASHED:
		return "ECRASHED";
	case POOLTOY_ESTARTING:
		return "ESTARTING";
	case POOLTOY_EFAILED:
		return "EFAILED";
	case POOLTOY_ESTOPPED:
		return "ESTOPPED";
	case POOLTOY_EEXIST:
		return "EEXIST";
	case POOLTOY_ENOENT:
		return "ENOENT";
	case POOLTOY_EQUARANTINED:
		return "EQUARANTINED";
	default:
		explore_fail("an unexpected answer: %d", code);
		return "";
	}
}

static void tell_events(struct text *text)
{
	static const struct {
		const char *name;
		enum pooltoy_event_type type;
		bool alone; /* one at a time */
	} events[] = {
		{ "supervisor restarted", POOLTOY_EVENT_SUPERVISOR_RESTARTED, true },
		{ "started", POOLTOY_EVENT_POOL_STARTED, true },
		{ "crashed", POOLTOY_EVENT_POOL_CRASHED, true },
		{ "backoff", POOLTOY_EVENT_POOL_BACKOFF, true },
		{ "failed", POOLTOY_EVENT_POOL_FAILED, true },
		{ "revived", POOLTOY_EVENT_POOL_REVIVED, true },
		{ "restarted", POOLTOY_EVENT_POOL_RESTARTED, true },
		{ "stopped", POOLTOY_EVENT_POOL_STOPPED, true },
		{ "up", POOLTOY_EVENT_WORKER_STARTED, false },
		{ "not up", POOLTOY_EVENT_WORKER_START_FAILED, false },
		{ "died", POOLTOY_EVENT_WORKER_DIED, false },
		{ "left", POOLTOY_EVENT_WORKER_STOPPED, false },
		{ "quarantined", POOLTOY_EVENT_WORKER_QUARANTINED, false },
		{ "returned", POOLTOY_EVENT_WORKER_RETURNED, false },
		{ "client died", POOLTOY_EVENT_CLIENT_DIED, false },
	};

	for (unsigned i = 0; i < sizeof events / sizeof events[0]; i++) {
		unsigned count = stage.news.events[events[i].type];

		if (count == 0)
			continue;
		if (events[i].alone && count == 1)
			add(text, "%s%s", separator(text), events[i].name);
		else
			add(text, "%s%u %s", separator(text), count, events[i].name);
		if (events[i].type == POOLTOY_EVENT_POOL_BACKOFF)
			add_time(text, "for", stage.news.backoff);
		if (events[i].type == POOLTOY_EVENT_POOL_RESTARTED)
			add_time(text, "after", stage.news.restarted_after);
	}
}

/* The driver's own answers are news if they are errors; a client's always. */
static void tell_answers(struct text *text)
{
	for (unsigned i = 0; i <= CLIENTS; i++) {
		struct client *client = &stage.clients[i];

		if (!client->answered)
			continue;
		client->answered = false;
		if (i > 0)
			add(text, "%s%u: %s", separator(text), i, code_name(client->answer));
		else if (client->answer)
			add(text, "%s%s", separator(text), code_name(client->answer));
	}
}

void news_tell(char *to, size_t size)
{
	struct text text = { to, size, 0 };

	to[0] = 0;
	tell_events(&text);
	if (stage.news.interrupts > 0)
		add(&text, "%s%u interrupted", separator(&text), stage.news.interrupts);
	if (stage.news.releases > 0)
		add(&text, "%sreleased", separator(&text));
	if (stage.news.b_stopped)
		add(&text, "%sB stopped", separator(&text));
	tell_answers(&text);
	memset(&stage.news, 0, sizeof stage.news);
}
