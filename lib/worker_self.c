/* SPDX-License-Identifier: MIT */
/* worker_self.c: what a worker's callbacks may ask and tell, by their `self`. */
#include "deadline.h"
#include "error.h"
#include "worker.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int pooltoy_reply(struct pooltoy_worker *self, const void *reply, size_t length)
{
	if (!self->in_call || (!reply && length > 0))
		return error_set(POOLTOY_EINVAL, "pool \"%s\": worker %u: %s",
				 self->pool->config.name, self->slot.index,
				 self->in_call ? "reply is NULL" : "no call to reply to");
	if (bytes_set(&self->cell.reply, reply, length))
		return POOLTOY_OK;
	self->cell.code = POOLTOY_ENOMEM;
	return error_set(POOLTOY_ENOMEM,
			 "pool \"%s\": worker %u: no memory for a reply of %zu bytes",
			 self->pool->config.name, self->slot.index, length);
}

int pooltoy_reply_error(struct pooltoy_worker *self, int code)
{
	if (!self->in_call || code >= 0)
		return error_set(POOLTOY_EINVAL, "pool \"%s\": worker %u: %s",
				 self->pool->config.name, self->slot.index,
				 self->in_call ? "an error code is negative"
					       : "no call to reply to");
	self->cell.code = code;
	return POOLTOY_OK;
}

int pooltoy_worker_time_left(const struct pooltoy_worker *self)
{
	struct pooltoy_worker *worker = (struct pooltoy_worker *)self; /* atomics are not const */

	uint64_t deadline = figure_load(&worker->cell.deadline);

	if (figure_load(&self->in_task))
		return -1;
	if (!self->in_call || cell_look(&worker->cell) != CELL_RUNNING ||
	    (self->served && channel_is_abandoned(self->served)))
		return 0;
	return deadline == CELL_DEADLINE_TO_COME ? self->cell.timeout_ms
						 : deadline_to_timeout(deadline);
}

int pooltoy_worker_stopping(const struct pooltoy_worker *self)
{
	struct pooltoy_worker *worker = (struct pooltoy_worker *)self;

	if (worker->served)
		return channel_is_stopping(worker->served);
	return slot_word_state(slot_look(&worker->slot)) == SLOT_STOPPING;
}

int pooltoy_worker_fail(struct pooltoy_worker *self, const char *format, ...)
{
	va_list arguments;

	if (self->terminating)
		return POOLTOY_ECRASHED;
	va_start(arguments, format);
	vsnprintf(self->reason, sizeof self->reason, format, arguments);
	va_end(arguments);
	return POOLTOY_ECRASHED;
}

void pooltoy_worker_exit(struct pooltoy_worker *self, const char *reason)
{
	(void)pooltoy_worker_fail(self, "%s", reason ? reason : "pooltoy_worker_exit");
	sync_thread_exit();
}

const char *pooltoy_worker_pool_name(const struct pooltoy_worker *self)
{
	return self->pool->config.name;
}

unsigned pooltoy_worker_index(const struct pooltoy_worker *self)
{
	return self->slot.index;
}

struct pooltoy_pool *pooltoy_worker_pool(const struct pooltoy_worker *self)
{
	return self->served ? NULL : self->pool;
}
