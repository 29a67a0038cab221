/* SPDX-License-Identifier: MIT */
/* trace.c: what happened in a schedule, for its reader; kept only while a failure is replayed. */
#include "engine.h"

enum {
	EVENTS = 1 << 16,
	SHOWN = 120,
	SHOWN_OF_A_LOOP = 30,
	NOTE_SIZE = 96,
	OBJECT_SIZE = 32,
	NAMES = 128
};

struct event {
	enum { EVENT_STEP, EVENT_CHOICE, EVENT_NOTE } type;
	unsigned step;
	choice decision;
	char thread[SYNC_THREAD_NAME_SIZE], other[SYNC_THREAD_NAME_SIZE];
	struct fiber_site site;
	uint64_t now;
	char object[OBJECT_SIZE];
	char note[NOTE_SIZE];
};

struct name {
	const volatile char *object;
	size_t size;
	char text[OBJECT_SIZE];
};

static struct name names[NAMES];
static unsigned name_count;
static struct event *events;
static unsigned long count; /* of all; the last EVENTS of them are kept */

void trace_begin(void)
{
	if (!events)
		events = calloc(EVENTS, sizeof *events);
	count = name_count = 0;
}

static struct event *add(int type)
{
	struct event *event = &events[count++ % EVENTS];

	memset(event, 0, sizeof *event);
	event->type = type;
	event->step = engine.step;
	event->now = engine.now;
	if (engine.current)
		memcpy(event->thread, engine.current->name_buffer, sizeof event->thread);
	return event;
}

void explore_name(const volatile void *object, size_t size, const char *format, ...)
{
	struct name *name = &names[name_count];
	va_list arguments;

	if (!engine.tracing || name_count == NAMES)
		return;
	name_count++;
	name->object = object;
	name->size = size;
	va_start(arguments, format);
	vsnprintf(name->text, sizeof name->text, format, arguments);
	va_end(arguments);
}

/* The smallest that it lies in; or whose allocation it is. */
static void describe(const volatile void *object, char *text)
{
	const struct name *best = NULL;

	for (unsigned i = 0; i < name_count; i++)
		if ((uintptr_t)object - (uintptr_t)names[i].object < names[i].size &&
		    (!best || names[i].size <= best->size))
			best = &names[i];
	if (best)
		snprintf(text, OBJECT_SIZE, "%s", best->text);
	else
		memory_describe(object, text, OBJECT_SIZE);
}

void trace_step(void)
{
	struct event *event = add(EVENT_STEP);

	event->site = *engine.current->next.site;
	describe(engine.current->next.object, event->object);
}

void trace_choice(choice decision)
{
	struct event *event = add(EVENT_CHOICE);

	event->decision = decision;
	if (strchr("rtscwkmp", CHOICE_LETTER(decision)))
		memcpy(event->other, fibers[CHOICE_VALUE(decision)].name_buffer,
		       sizeof event->other);
}

void trace_note(const char *format, va_list arguments)
{
	vsnprintf(add(EVENT_NOTE)->note, NOTE_SIZE, format, arguments);
}

static void print_choice(FILE *to, const struct event *event)
{
	unsigned value = CHOICE_VALUE(event->decision);

	fprintf(to, "#          ");
	switch (CHOICE_LETTER(event->decision)) {
	case 'r':
		fprintf(to, "-- from %s to %s\n", event->thread, event->other);
		break;
	case 't':
		fprintf(to, "-- the wait of %s times out\n", event->other);
		break;
	case 's':
		fprintf(to, "-- %s wakes for no reason\n", event->other);
		break;
	case 'c':
		fprintf(to, "-- %s is cancelled\n", event->other);
		break;
	case 'w':
		fprintf(to, "-- the signal is for %s\n", event->other);
		break;
	case 'v':
		fprintf(to, "-- %s chooses %u\n", event->thread, value);
		break;
	case 'f':
		fprintf(to, "-- this fails, for %s\n", event->thread);
		break;
	case 'd':
		fprintf(to, "-- the client %s dies here\n", event->thread);
		break;
	case 'e':
		fprintf(to, "-- the worker %s dies here, in its callback\n", event->thread);
		break;
	case 'k':
		fprintf(to, "-- the worker %s dies, between callbacks\n", event->other);
		break;
	case 'm':
		fprintf(to, "-- the manager %s dies at its mailbox\n", event->other);
		break;
	case 'x':
		fprintf(to, "-- the process of %s is killed here\n", event->thread);
		break;
	case 'p':
		fprintf(to, "-- the supervisor dies at its mailbox\n");
		break;
	default:
		fprintf(to, "-- the clock jumps\n");
	}
}

static void print_event(FILE *to, const struct event *event, const struct event *before)
{
	const char *thread =
		before && before->type == EVENT_STEP && strcmp(before->thread, event->thread) == 0
			? ""
			: event->thread;
	const char *name = event->site.name ? event->site.name : "";

	if (event->type == EVENT_CHOICE) {
		print_choice(to, event);
	} else if (event->type == EVENT_NOTE) {
		fprintf(to, "#          %s\n", event->note);
	} else {
		fprintf(to, "# %6u   %-15s %-11s %-36s %-22s %s:%d\n", event->step, thread,
			event->site.operation, strcmp(name, "NULL") ? name : "", event->object,
			event->site.function, event->site.line);
	}
}

void trace_print(FILE *to, bool whole)
{
	unsigned long kept = count < EVENTS ? count : EVENTS, first = count - kept;
	const struct event *before = NULL;

	unsigned long shown = strncmp(engine.failure, "livelock", 8) ? SHOWN : SHOWN_OF_A_LOOP;

	if (!whole && kept > shown)
		first = count - shown;
	if (first > 0)
		fprintf(to, "#      ... %lu lines before (--trace prints all)\n", first);
	for (unsigned long i = first; i < count; i++) {
		print_event(to, &events[i % EVENTS], before);
		before = &events[i % EVENTS];
	}
}
