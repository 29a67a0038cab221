/* SPDX-License-Identifier: MIT */
/* snippet.c: renders a marked text as HTML, with a bug that crashes it. */
#include "snippet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void put_escaped(FILE *html, const char *text)
{
	for (; *text; text++) {
		if (*text == '<')
			fputs("&lt;", html);
		else if (*text == '&')
			fputs("&amp;", html);
		else
			putc(*text, html);
	}
}

/*
 * Takes the text apart, and relies on every mark to be closed. That is the bug, and it is meant: of
 * a mark that is not, `end` is NULL, and is written to. By memchr, as gcc's analyzer knows that
 * strchr may find nothing, and would tell.
 */
static void render(FILE *html, char *text)
{
	char *mark;

	while ((mark = strchr(text, '['))) {
		char *end = memchr(mark, ']', strlen(mark));

		*mark = '\0';
		*end = '\0';
		put_escaped(html, text);
		fputs("<b>", html);
		put_escaped(html, mark + 1);
		fputs("</b>", html);
		text = end + 1;
	}
	put_escaped(html, text);
}

static int reply_html(struct pooltoy_worker *self, char *text)
{
	char *html = NULL;
	size_t length;
	FILE *stream = open_memstream(&html, &length);
	int code;

	if (!stream)
		return pooltoy_reply_error(self, POOLTOY_ENOMEM);
	render(stream, text);
	if (fclose(stream))
		code = pooltoy_reply_error(self, POOLTOY_ENOMEM);
	else
		code = pooltoy_reply(self, html, length);
	free(html);
	return code;
}

static int snippet_call(struct pooltoy_worker *self, void *state, const void *request,
			size_t length)
{
	const char *text = request;
	char *copy;
	int code;

	(void)state;
	if (length == 0 || text[length - 1] != '\0')
		return pooltoy_reply_error(self, POOLTOY_EINVAL);
	copy = strdup(text);
	code = copy ? reply_html(self, copy) : pooltoy_reply_error(self, POOLTOY_ENOMEM);
	free(copy);
	return code;
}

const struct pooltoy_worker_ops snippet_ops = POOLTOY_WORKER_OPS(.handle_call = snippet_call);
