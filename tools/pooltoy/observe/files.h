/* SPDX-License-Identifier: MIT */
/* files.h: the page's files, which the build puts into the program: embed.sh writes their C. */
#ifndef OBSERVE_FILES_H
#define OBSERVE_FILES_H

#include <stddef.h>

struct page_file {
	const char *name;
	const unsigned char *bytes;
	size_t length;
};

/* Ended by one without a name. */
extern const struct page_file page_files[];

#endif
