/* SPDX-License-Identifier: MIT */
/* address.c: where control sockets are: folders, paths, and the socket that listens. */
#include "address.h"

#include "complaint.h"
#include "folder.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BACKLOG = 128, SUPERVISORS_MOST = 64 };

/* The folder. It may lie where anybody can make one: it must be ours alone, and no link to elsewhere. */
static int make_folder(const char *folder)
{
	const char *fault;

	if (mkdir(folder, 0700) != 0 && errno != EEXIST)
		return complain_of(errno, "make the folder", folder);
	fault = folder_fault(folder, geteuid());
	if (!fault)
		return POOLTOY_OK;
	return errno ? complain_of(errno, "look at the folder", folder)
		     : complain(POOLTOY_EPERM, "the folder %s %s", folder, fault);
}

/* The socket. */

static struct sockaddr_un sockaddr_of(const struct address *address)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };

	memcpy(name.sun_path, address->path, sizeof name.sun_path);
	return name;
}

static int make_socket(void)
{
	return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

/* A socket, on which nobody listens any more. */
static bool is_left_behind(const struct address *address)
{
	struct sockaddr_un name = sockaddr_of(address);
	struct stat status;
	bool refused;
	int fd;

	/* Any other file refuses connections, too. */
	if (lstat(address->path, &status) != 0 || !S_ISSOCK(status.st_mode))
		return false;
	fd = make_socket();
	if (fd < 0)
		return false;
	refused = connect(fd, (struct sockaddr *)&name, sizeof name) != 0 && errno == ECONNREFUSED;
	close(fd);
	return refused;
}

/*
 * Between its bind and its listen a socket looks like one that was left behind: who makes another in
 * that folder waits so long. A lock that is held for longer is held for something else, and not
 * waited for. The descriptor of the folder, or -1.
 */
static int lock_folder_of(const char *path)
{
	enum { TRIES = 500, PAUSE_MS = 10 };
	char name[sizeof(((struct address *)0)->path)];
	const char *end = strrchr(path, '/');
	int folder;

	/* With its last slash, so that the root has a name. */
	snprintf(name, sizeof name, "%.*s", end ? (int)(end + 1 - path) : 1, end ? path : ".");
	folder = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (int i = 0; folder >= 0 && i < TRIES; i++) {
		if (flock(folder, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK)
			break;
		poll(NULL, 0, PAUSE_MS);
	}
	return folder;
}

/* A child that was forked meanwhile has the descriptor, too. */
static void unlock_folder(int folder)
{
	if (folder < 0)
		return;
	flock(folder, LOCK_UN);
	close(folder);
}

/* 0, or the system's error. */
static int bind_to(struct address *address)
{
	struct sockaddr_un name = sockaddr_of(address);

	if (bind(address->fd, (struct sockaddr *)&name, sizeof name) == 0)
		return 0;
	if (errno != EADDRINUSE || !is_left_behind(address))
		return errno;
	unlink(address->path);
	return bind(address->fd, (struct sockaddr *)&name, sizeof name) == 0 ? 0 : errno;
}

/* 0, or the system's error. */
static int listen_at(struct address *address)
{
	struct stat status;
	int error = bind_to(address);

	if (error)
		return error;
	if (lstat(address->path, &status) == 0 && listen(address->fd, BACKLOG) == 0) {
		address->device = status.st_dev;
		address->inode = status.st_ino;
		return 0;
	}
	error = errno;
	unlink(address->path);
	return error;
}

static int open_at(struct address *address, const char *path)
{
	int folder, error;

	if (strlen(path) >= sizeof address->path)
		return complain(POOLTOY_EINVAL, "a socket's path has less than %zu bytes: %s",
				sizeof address->path, path);
	if (!path[0])
		return complain(POOLTOY_EINVAL, "the socket's path is empty");
	snprintf(address->path, sizeof address->path, "%s", path);
	folder = lock_folder_of(path);
	error = listen_at(address);
	unlock_folder(folder);
	if (error == EADDRINUSE)
		return complain(POOLTOY_EEXIST, "%s is in use", path);
	return error ? complain_of(error, "make the socket", path) : POOLTOY_OK;
}

/* PID.sock, or the first PID-2.sock... that no other supervisor of this process has. */
static int open_in_folder(struct address *address)
{
	char folder[sizeof address->path], path[sizeof folder + 64];
	int code, number = 1;

	if (!folder_of_session(folder, sizeof folder))
		folder_of_user(folder, sizeof folder, geteuid());
	code = make_folder(folder);
	if (code)
		return code;
	do {
		if (number == 1)
			snprintf(path, sizeof path, "%s/%ld.sock", folder, (long)getpid());
		else
			snprintf(path, sizeof path, "%s/%ld-%d.sock", folder, (long)getpid(),
				 number);
		code = open_at(address, path);
	} while (code == POOLTOY_EEXIST && ++number <= SUPERVISORS_MOST);
	return code;
}

int address_open(struct address *address, const char *path)
{
	int code;

	memset(address, 0, sizeof *address);
	address->fd = make_socket();
	/* Its mode becomes that of the file: there is no moment in which others may connect. */
	if (address->fd < 0 || fchmod(address->fd, 0600) != 0)
		code = complain_of(errno, "make a socket for", path ? path : "the folder");
	else
		code = path ? open_at(address, path) : open_in_folder(address);
	if (code && address->fd >= 0)
		close(address->fd);
	return code;
}

/* Somebody may have removed it, and another have taken its place. */
static bool is_there(const struct address *address)
{
	struct stat status;

	return lstat(address->path, &status) == 0 && status.st_dev == address->device &&
	       status.st_ino == address->inode;
}

void address_close(struct address *address)
{
	if (is_there(address))
		unlink(address->path);
	shutdown(address->fd, SHUT_RDWR); /* a child that was forked has it, too */
	close(address->fd);
}
