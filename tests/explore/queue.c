/* SPDX-License-Identifier: MIT */
/* queue.c: the queue of sync.h, one atomic step for each operation. */
#include "causality.h"
#include "engine.h"

void sync_queue_init(struct sync_queue *queue)
{
	memset(queue, 0, sizeof *queue);
}

void queue_push(struct sync_queue *queue, struct sync_queue_node *node)
{
	causality_reaches();
	scheduler_point();
	causality_writes(queue);
	node->next = NULL;
	node->linked = false;
	if (queue->tail)
		queue->tail->next = node;
	else
		queue->head = node;
	queue->tail = node;
	scheduler_point(); /* the receiver cannot get past a node that is not linked yet */
	causality_writes(queue);
	node->linked = true;
}

struct sync_queue_node *queue_pop(struct sync_queue *queue)
{
	struct sync_queue_node *node;

	engine_require(!queue->popping, "%s pops from %s, as another thread does",
		       engine.current->name, engine.current->next.site->name);
	queue->popping = engine.current;
	causality_reaches();
	scheduler_point();
	queue->popping = NULL;
	node = queue->head;
	if (!node || !node->linked || (node->next && !node->next->linked))
		return causality_reads(queue), NULL;
	causality_writes(queue);
	queue->head = node->next;
	if (!node->next)
		queue->tail = NULL;
	return node;
}
