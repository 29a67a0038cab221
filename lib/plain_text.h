/* SPDX-License-Identifier: MIT */
/* plain_text.h: text of strangers, for people and logs. */
#ifndef POOLTOY_LIB_PLAIN_TEXT_H
#define POOLTOY_LIB_PLAIN_TEXT_H

#include <stdbool.h>

/* U+0080 to U+009F, which terminals heed as they do escape sequences. In UTF-8, of which all else stays. */
static inline bool is_long_control(const unsigned char *c)
{
	return c[0] == 0xc2 && c[1] >= 0x80 && c[1] <= 0x9f;
}

/* Each control character becomes a space: so it stays on its line, and does nothing to a terminal. */
static inline void plain_text(char *text)
{
	unsigned char *c;

	for (c = (unsigned char *)text; *c; c++) {
		if (is_long_control(c))
			c[0] = c[1] = ' ';
		else if (*c < ' ' || *c == 0x7f)
			*c = ' ';
	}
}

#endif
