/* SPDX-License-Identifier: MIT */
/* folder.c: the folders that control sockets are in. */
#include "folder.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

bool folder_of_session(char *folder, size_t size)
{
	const char *runtime = secure_getenv("XDG_RUNTIME_DIR");

	return runtime && runtime[0] == '/' &&
	       (size_t)snprintf(folder, size, "%s/pooltoy", runtime) < size;
}

bool folder_of_user(char *folder, size_t size, uid_t user)
{
	return (size_t)snprintf(folder, size, "/tmp/pooltoy-%lu", (unsigned long)user) < size;
}

const char *folder_fault(const char *folder, uid_t user)
{
	struct stat status;

	if (lstat(folder, &status) != 0)
		return "cannot be looked at";
	errno = 0;
	if (!S_ISDIR(status.st_mode))
		return "is no folder";
	if (status.st_uid != user)
		return "belongs to another user";
	if ((status.st_mode & 0077) != 0)
		return "is open to others";
	return NULL;
}
