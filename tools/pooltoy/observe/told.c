/* SPDX-License-Identifier: MIT */
/* told.c: the last events of a server. */
#include "told.h"

#include "text.h"

#include <string.h>

void told_add(struct told *told, json_t *event)
{
	json_t **list =
		strcmp(string_of(event, "severity"), "info") == 0 ? &told->infos : &told->warnings;

	if (!*list)
		*list = json_array();
	json_array_append(*list, event);
	if (json_array_size(*list) > TOLD_MOST)
		json_array_remove(*list, 0);
}

void told_bequeath(const struct told *told, struct told *others)
{
	size_t index;
	json_t *event;

	json_array_foreach (told->warnings, index, event)
		told_add(others, event);
	json_array_foreach (told->infos, index, event)
		told_add(others, event);
}

void told_free(struct told *told)
{
	json_decref(told->warnings);
	json_decref(told->infos);
}

void told_report(const struct told *told, json_t *array)
{
	json_array_extend(array, told->warnings);
	json_array_extend(array, told->infos);
}
