/* SPDX-License-Identifier: MIT */
/* api_event.c: events as text, and the receivers that write it. */
#include <pooltoy/event.h>

#include <stdbool.h>
#include <stdio.h>
#include <syslog.h>

static const char *describe(enum pooltoy_event_type type)
{
	switch (type) {
	case POOLTOY_EVENT_POOL_STARTED:
		return "started";
	case POOLTOY_EVENT_POOL_STOPPED:
		return "stopped";
	case POOLTOY_EVENT_POOL_CRASHED:
		return "crashed";
	case POOLTOY_EVENT_POOL_RESTARTED:
		return "serves again";
	case POOLTOY_EVENT_POOL_BACKOFF:
		return "restarts too often: backoff";
	case POOLTOY_EVENT_POOL_FAILED:
		return "failed: it restarts no more until it is revived";
	case POOLTOY_EVENT_POOL_REVIVED:
		return "revived";
	case POOLTOY_EVENT_WORKER_STARTED:
		return "started";
	case POOLTOY_EVENT_WORKER_START_FAILED:
		return "did not start";
	case POOLTOY_EVENT_WORKER_DIED:
		return "died";
	case POOLTOY_EVENT_WORKER_STOPPED:
		return "stopped";
	case POOLTOY_EVENT_WORKER_QUARANTINED:
		return "quarantined";
	case POOLTOY_EVENT_WORKER_RETURNED:
		return "came back from quarantine and ended";
	case POOLTOY_EVENT_CLIENT_DIED:
		return "given back: its client ended and held it";
	case POOLTOY_EVENT_WORKER_RESET:
		return "is reset";
	case POOLTOY_EVENT_POOL_OVERLOADED:
		return "overloaded";
	case POOLTOY_EVENT_POOL_RELIEVED:
		return "overloaded no more";
	case POOLTOY_EVENT_POOL_RESIZED:
		return "resized";
	case POOLTOY_EVENT_POOL_PAUSED:
		return "paused";
	case POOLTOY_EVENT_POOL_RESUMED:
		return "resumed";
	case POOLTOY_EVENT_POOL_DRAINED:
		return "drained";
	case POOLTOY_EVENT_WORKERS_REPLACED:
		return "all its workers have been replaced";
	case POOLTOY_EVENT_LEASE_OVERDUE:
		return "leased for too long";
	case POOLTOY_EVENT_CLIENT_OVER_QUOTA:
		return "a client is over its quota";
	case POOLTOY_EVENT_SUPERVISOR_RESTARTED:
		return "restarted; its pools are as they were";
	default:
		return "unknown event";
	}
}

/* What the event is about: a pool, a worker of one, or the supervisor. */
static void format_subject(const struct pooltoy_event *event, char *subject, size_t size)
{
	if (!event->pool || !event->pool[0])
		snprintf(subject, size, "supervisor");
	else if (event->worker < 0)
		snprintf(subject, size, "pool \"%s\"", event->pool);
	else
		snprintf(subject, size, "pool \"%s\": worker %d", event->pool, event->worker);
}

static void format_duration(const struct pooltoy_event *event, char *duration, size_t size)
{
	const char *word = event->type == POOLTOY_EVENT_POOL_BACKOFF ? "for" : "after";

	if (event->duration_ns == 0)
		duration[0] = 0;
	else
		snprintf(duration, size, " %s %.3f ms", word, (double)event->duration_ns / 1e6);
}

size_t pooltoy_event_format(const struct pooltoy_event *event, char *buffer, size_t size)
{
	char subject[128], duration[48], dropped[64] = "";
	bool has_stack = event->struct_size >= sizeof *event && event->stack;
	const char *reason = event->reason && event->reason[0] ? event->reason : NULL;
	int length;

	format_subject(event, subject, sizeof subject);
	format_duration(event, duration, sizeof duration);
	if (event->dropped > 0)
		snprintf(dropped, sizeof dropped, " (%llu events before this were dropped)",
			 (unsigned long long)event->dropped);
	length = snprintf(buffer, size, "%s %s%s%s%s%s%s%s", subject, describe(event->type),
			  duration, reason ? ": " : "", reason ? reason : "", dropped,
			  has_stack ? "; stack: " : "", has_stack ? event->stack : "");
	return length < 0 ? 0 : (size_t)length;
}

enum { LINE_SIZE = 2560 }; /* with a stack; else some hundred bytes */

static int is_severe_enough(const struct pooltoy_event *event, const void *argument)
{
	const enum pooltoy_severity *threshold = argument;

	return event->severity >= (threshold ? *threshold : POOLTOY_WARNING);
}

void pooltoy_event_log_stderr(const struct pooltoy_event *event, void *argument)
{
	char line[LINE_SIZE];

	if (!is_severe_enough(event, argument))
		return;
	pooltoy_event_format(event, line, sizeof line);
	fprintf(stderr, "pooltoy: %s\n", line);
}

void pooltoy_event_log_syslog(const struct pooltoy_event *event, void *argument)
{
	static const int priorities[] = { [POOLTOY_INFO] = LOG_INFO,
					  [POOLTOY_WARNING] = LOG_WARNING,
					  [POOLTOY_ERROR] = LOG_ERR };
	char line[LINE_SIZE];

	if (!is_severe_enough(event, argument))
		return;
	pooltoy_event_format(event, line, sizeof line);
	syslog(priorities[event->severity], "pooltoy: %s", line);
}

void pooltoy_event_ignore(const struct pooltoy_event *event, void *argument)
{
	(void)event;
	(void)argument;
}
