/* SPDX-License-Identifier: MIT */
/* mailbox.c: a queue of messages and the parker of who takes them. */
#include "mailbox.h"

int mailbox_init(struct mailbox *mailbox)
{
	sync_queue_init(&mailbox->queue);
	return parker_init(&mailbox->parker);
}

void mailbox_destroy(struct mailbox *mailbox)
{
	parker_destroy(&mailbox->parker);
}

void mailbox_post(struct mailbox *mailbox, struct message *message)
{
	/*
	 * Release pairs with the exchange in mailbox_take: finding `posted` set means that the
	 * receiver has yet to take the message, and so will see what the caller wrote before.
	 */
	if (!sync_exchange(&message->posted, true, acq_rel))
		sync_queue_push(&mailbox->queue, &message->node);
	parker_unpark(&mailbox->parker);
}

void mailbox_wake(struct mailbox *mailbox)
{
	parker_unpark(&mailbox->parker);
}

struct message *mailbox_take(struct mailbox *mailbox)
{
	struct sync_queue_node *node = sync_queue_pop(&mailbox->queue);
	struct message *message = (struct message *)node; /* its first member */

	/* Sequentially consistent: pairs with pool_report_tasks, too. */
	if (message)
		sync_exchange(&message->posted, false, seq_cst);
	return message;
}

bool mailbox_wait(struct mailbox *mailbox, uint64_t deadline)
{
	return parker_park(&mailbox->parker, deadline);
}
