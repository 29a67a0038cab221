/* SPDX-License-Identifier: MIT */
/* folder.h: the folders that control sockets are in, as servers and tools agree on them. */
#ifndef POOLTOY_CONTROL_FOLDER_H
#define POOLTOY_CONTROL_FOLDER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Each writes the folder's name; false: there is none, or it does not fit. */
bool folder_of_session(char *folder, size_t size);          /* $XDG_RUNTIME_DIR/pooltoy */
bool folder_of_user(char *folder, size_t size, uid_t user); /* /tmp/pooltoy-UID */

/* What is wrong with it: it is to be a folder of that user, and of nobody else. NULL: nothing. Sets errno, or 0. */
const char *folder_fault(const char *folder, uid_t user);

#endif
