/* SPDX-License-Identifier: MIT */
/*
 * fuzz_conversation.c: whatever bytes come, in whatever pieces, are answered by lines of JSON, within
 * the bounds. For libFuzzer; with a main of its own (-DFUZZ_REPLAY) it runs the files it is given.
 */
#include "conversation.h"

#include <pooltoy/error.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* From stand_in.c: a supervisor is any pointer. */
static struct pooltoy_supervisor *const somebody = (struct pooltoy_supervisor *)&(char){ 0 };

static void must(bool holds, const char *what)
{
	if (!holds) {
		fprintf(stderr, "fuzz_conversation: %s\n", what);
		abort();
	}
}

/* Each line is an object; the first is the greeting. */
static void check_lines(const char *output, size_t length)
{
	const char *newline;

	while (length > 0) {
		json_t *line;

		newline = memchr(output, '\n', length);
		must(newline, "a line has no end");
		line = json_loadb(output, (size_t)(newline - output), 0, NULL);
		must(json_is_object(line), "a line is no object");
		must(json_object_get(line, "pooltoy") || json_object_get(line, "result") ||
			     json_object_get(line, "error") || json_object_get(line, "event"),
		     "a line says nothing");
		json_decref(line);
		length -= (size_t)(newline + 1 - output);
		output = newline + 1;
	}
}

static void take_output(struct conversation *conversation)
{
	size_t length;
	const char *output = conversation_output(conversation, &length);

	must(length < CONVERSATION_MOST, "too much output");
	if (!output)
		return;
	check_lines(output, length);
	conversation_sent(conversation, length);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct conversation conversation;
	/* The first byte says how the rest is cut, and whether there is a supervisor. */
	size_t piece = size > 0 ? data[0] / 2 + 1u : 1, room;
	struct pooltoy_supervisor *supervisor = size > 0 && (data[0] & 1) ? NULL : somebody;

	conversation_open(&conversation);
	for (size_t at = 1; at < size && !conversation.over;) {
		room = conversation_room(&conversation);
		if (room > piece)
			room = piece;
		if (room > size - at)
			room = size - at;
		conversation_hear(&conversation, (const char *)data + at, room);
		at += room;
		conversation_answer(&conversation, supervisor);
		conversation_tell(&conversation, "{\"event\":{}}\n", 13);
		if (conversation_room(&conversation) == 0 || at == size)
			take_output(&conversation);
	}
	take_output(&conversation);
	conversation_close(&conversation);
	return 0;
}

#ifdef FUZZ_REPLAY
int main(int count, char **names)
{
	static uint8_t bytes[1 << 16];

	for (int i = 1; i < count; i++) {
		FILE *file = fopen(names[i], "rb");

		must(file, names[i]);
		LLVMFuzzerTestOneInput(bytes, fread(bytes, 1, sizeof bytes, file));
		fclose(file);
	}
	printf("%d inputs\n", count - 1);
	return 0;
}
#endif
