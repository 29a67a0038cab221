/* SPDX-License-Identifier: MIT */
/* address.h: where control sockets are: folders, paths, and the socket that listens. */
#ifndef POOLTOY_CONTROL_ADDRESS_H
#define POOLTOY_CONTROL_ADDRESS_H

#include <sys/types.h>
#include <sys/un.h>

struct address {
	char path[sizeof(((struct sockaddr_un *)0)->sun_path)];
	int fd;
	dev_t device; /* of the file, with its inode */
	ino_t inode;
};

/*
 * Listens at `path`, or (NULL) in the folder for that. 0, or a code with its message set:
 * POOLTOY_EEXIST, _ENOENT, _EPERM, _EINVAL, _EAGAIN, _ENOMEM.
 */
int address_open(struct address *address, const char *path);
/* Removes the socket, unless another has taken its place. */
void address_close(struct address *address);

#endif
