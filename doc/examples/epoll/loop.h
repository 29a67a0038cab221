/* SPDX-License-Identifier: MIT */
/*
 * loop.h: what the server asks of an event loop. loop.c beside it has one on epoll, ../libuv/loop.c one on
 * libuv; nothing else of the server knows which it is.
 */
#ifndef EPOLL_LOOP_H
#define EPOLL_LOOP_H

/* A loop, and all that is called by it, is one thread's. Opening it ends the program if there is none. */
struct loop;

struct loop *loop_open(void);
void loop_run(struct loop *loop); /* until loop_stop */
void loop_stop(struct loop *loop);
void loop_close(struct loop *loop); /* when each watch has been closed */

/* What a descriptor may be ready for. Whether the other end has left is watched always: also of a connection
 * that is neither read nor written. */
enum { WATCH_READ = 1, WATCH_WRITE = 2, WATCH_LEFT = 4 };

/* A descriptor in the loop. `ready` is called again and again, as long as it is ready for what is watched. */
struct watch;
typedef void watch_ready(void *owner, unsigned events);

/* NULL: the system is short of something. */
struct watch *watch_open(struct loop *loop, int descriptor, unsigned events, watch_ready *ready,
			 void *owner);
void watch_change(struct watch *watch, unsigned events);
/* `ready` is not called from then on, whatever has been noticed. The descriptor is closed afterwards. */
void watch_close(struct watch *watch);

#endif
