/* SPDX-License-Identifier: MIT */
/* collections.c: the queue and the map of sync.h, one atomic step for each operation. */
#include "engine.h"

void sync_queue_init(struct sync_queue *queue)
{
	memset(queue, 0, sizeof *queue);
}

void queue_push(struct sync_queue *queue, struct sync_queue_node *node)
{
	scheduler_point();
	node->next = NULL;
	node->linked = false;
	if (queue->tail)
		queue->tail->next = node;
	else
		queue->head = node;
	queue->tail = node;
	scheduler_point(); /* the receiver cannot get past a node that is not linked yet */
	node->linked = true;
}

struct sync_queue_node *queue_pop(struct sync_queue *queue)
{
	struct sync_queue_node *node;

	engine_require(!queue->popping, "%s pops from %s, as another thread does",
		       engine.current->name, engine.current->site.name);
	queue->popping = engine.current;
	scheduler_point();
	queue->popping = NULL;
	node = queue->head;
	if (!node || !node->linked || (node->next && !node->next->linked))
		return NULL;
	queue->head = node->next;
	if (!node->next)
		queue->tail = NULL;
	return node;
}

bool map_init(struct sync_map *map)
{
	map->first = NULL;
	map->table = memory_alloc(1, 16, "sync_map_init");
	return map->table != NULL;
}

void map_destroy(struct sync_map *map)
{
	engine_require(map->table && !map->first, "%s destroys %s, which is not empty",
		       engine.current->name, engine.current->site.name);
	memory_free(map->table, "sync_map_destroy");
	map->table = NULL;
}

void map_add(struct sync_map *map, unsigned long hash, struct sync_map_node *node)
{
	scheduler_point();
	node->hash = hash;
	node->next = map->first;
	map->first = node;
}

void map_remove(struct sync_map *map, struct sync_map_node *node)
{
	struct sync_map_node **link = &map->first;

	scheduler_point();
	while (*link && *link != node)
		link = &(*link)->next;
	engine_require(*link, "%s removes from %s what is not in it", engine.current->name,
		       engine.current->site.name);
	*link = node->next;
}

struct sync_map_node *map_find(struct sync_map *map, unsigned long hash,
			       bool (*match)(const struct sync_map_node *node, const void *key),
			       const void *key)
{
	struct sync_map_node *node;

	engine_require(engine.current->reading > 0 || engine.in_law,
		       "%s looks %s up outside of a read-side section", engine.current->name,
		       engine.current->site.name);
	scheduler_point();
	for (node = map->first; node; node = node->next)
		if (node->hash == hash && match(node, key))
			return node;
	return NULL;
}
