/* SPDX-License-Identifier: MIT */
/* event.c: the events of sync.h: one bit, that who polls would see. */
#include "causality.h"
#include "engine.h"

int event_init(struct sync_event *event)
{
	if (engine.no_memory || scheduler_disturbed('f', engine.scenario->budget.no_memory))
		return ENOMEM;
	*event = (struct sync_event){ false, SYNC_EVENT_ALIVE };
	return 0;
}

static void require_alive(const struct sync_event *event)
{
	const struct fiber *self = engine.current;

	engine_require(event->alive == SYNC_EVENT_ALIVE, "%s: %s of %s, which is no event (%s:%d)",
		       self->name, self->next.site->operation, self->next.site->name,
		       self->next.site->function, self->next.site->line);
}

void event_destroy(struct sync_event *event)
{
	require_alive(event);
	event->alive = 0;
}

void event_put(struct sync_event *event, bool set)
{
	causality_reaches();
	scheduler_point();
	require_alive(event);
	causality_writes(event);
	event->set = set;
}
