/* SPDX-License-Identifier: MIT */
/* test_words.c: what a child writes, on its way to those who read why it ended. */
#include "support/suite.h"
#include "plain_text.h"
#include "sync_words.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void open_words(struct sync_words *words)
{
	memset(words, 0, sizeof *words);
	words->ours = words->theirs = -1;
	CU_ASSERT_EQUAL_FATAL(sync_words_open(words), 0);
}

static void write_words(struct sync_words *words, const char *text)
{
	CU_ASSERT_EQUAL(write(words->theirs, text, strlen(text)), (ssize_t)strlen(text));
}

static void the_last_ones_are_described_on_one_line(void)
{
	char text[CHILD_WORDS + 1], long_line[WORDS_KEPT + 100];
	struct sync_words words;

	open_words(&words);
	write_words(&words, "one\ntwo\n\n");
	CU_ASSERT(sync_words_take(&words));
	CU_ASSERT(!sync_words_take(&words));
	sync_words_describe(&words, text, sizeof text);
	CU_ASSERT_STRING_EQUAL(text, "one two");
	memset(long_line, '.', sizeof long_line - 1);
	long_line[sizeof long_line - 1] = 0;
	write_words(&words, long_line);
	write_words(&words, "!\n");
	while (sync_words_take(&words))
		;
	sync_words_describe(&words, text, sizeof text);
	CU_ASSERT_EQUAL(strlen(text), CHILD_WORDS);
	CU_ASSERT_EQUAL(text[0], '.');
	CU_ASSERT_EQUAL(text[CHILD_WORDS - 1], '!');
	sync_words_close(&words);
}

static void nobody_listens_after_their_end(void)
{
	struct sync_words words;

	open_words(&words);
	CU_ASSERT(!sync_words_take(&words));
	CU_ASSERT(words.ours >= 0);
	close(words.theirs);
	words.theirs = -1;
	CU_ASSERT(!sync_words_take(&words));
	CU_ASSERT_EQUAL(words.ours, -1);
	sync_words_close(&words);
}

/* Else it would be there to be read, and not to be had, for ever. */
static void nobody_listens_after_an_error(void)
{
	struct sync_words words = { .ours = open("/", O_RDONLY | O_DIRECTORY), .theirs = -1 };

	CU_ASSERT(words.ours >= 0);
	CU_ASSERT(!sync_words_take(&words));
	CU_ASSERT_EQUAL(words.ours, -1);
	sync_words_close(&words);
}

static void expect_plain(const char *text, const char *expected)
{
	char plain[32];

	snprintf(plain, sizeof plain, "%s", text);
	plain_text(plain);
	CU_ASSERT_STRING_EQUAL(plain, expected);
}

static void nothing_in_them_controls_who_reads_them(void)
{
	expect_plain("as it was", "as it was");
	expect_plain("a\nb\r\tc", "a b  c");
	expect_plain("\033[2J\007\177", " [2J  ");
	expect_plain("\302\2332J", "  2J"); /* the same in one character, U+009B */
	expect_plain("gr\303\274n \302\240", "gr\303\274n \302\240");
	expect_plain("cut \302", "cut \302");
	expect_plain("", "");
}

SUITE(TEST(the_last_ones_are_described_on_one_line), TEST(nobody_listens_after_their_end),
      TEST(nobody_listens_after_an_error), TEST(nothing_in_them_controls_who_reads_them))
