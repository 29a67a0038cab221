/* SPDX-License-Identifier: MIT */
/* protocol.c: lines into requests, outcomes into lines. */
#include "protocol.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <pooltoy.h>

static const struct verb_form {
	const char *word;
	enum verb verb;
	bool has_number;
} forms[] = {
	{ "double", DOUBLE, true }, { "begin", BEGIN, false }, { "add", ADD, true },
	{ "rest", REST, true },     { "end", END, false },     { "status", STATUS, false },
};

/* Whether the line is that word, with its number. */
static bool is_of_form(const char *line, const struct verb_form *form, long *number)
{
	size_t length = strlen(form->word);
	char *end;

	if (strncmp(line, form->word, length) != 0)
		return false;
	if (!form->has_number)
		return line[length] == 0;
	*number = strtol(line + length, &end, 10);
	return line[length] == ' ' && end != line + length && *end == 0;
}

static struct request parse(const char *line)
{
	struct request request = { UNKNOWN, 0 };

	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
		if (is_of_form(line, &forms[i], &request.number))
			request.verb = forms[i].verb;
	return request;
}

bool protocol_take_request(struct line_buffer *in, struct request *request)
{
	char *end = memchr(in->bytes, '\n', in->length);

	if (!end)
		return false;
	*end++ = 0;
	*request = parse(in->bytes);
	in->length -= (size_t)(end - in->bytes);
	memmove(in->bytes, end, in->length);
	return true;
}

static bool is_overload(int code)
{
	return code == POOLTOY_EQUEUEFULL || code == POOLTOY_EOVERLOAD || code == POOLTOY_EAGAIN;
}

void protocol_answer(struct line_buffer *out, int code)
{
	const char *prefix = "", *text = "ok";

	if (is_overload(code)) {
		text = "busy";
	} else if (code) {
		prefix = "error: ";
		text = pooltoy_strerror(code);
	}
	out->length = (size_t)snprintf(out->bytes, LINE, "%s%s\n", prefix, text);
}

void protocol_answer_number(struct line_buffer *out, long number)
{
	out->length = (size_t)snprintf(out->bytes, LINE, "%ld\n", number);
}

void protocol_answer_figures(struct line_buffer *out, const struct figures *figures)
{
	out->length = (size_t)snprintf(
		out->bytes, LINE, "connections %d leaving %d unsent %d sessions %d waiting %d\n",
		figures->connections, figures->leaving, figures->unsent, figures->sessions,
		figures->waiting);
}
