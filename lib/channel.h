/* SPDX-License-Identifier: MIT */
/* channel.h: shared memory through which requests pass to a worker's child process, and answers back. */
#ifndef POOLTOY_LIB_CHANNEL_H
#define POOLTOY_LIB_CHANNEL_H

#include "cell.h"

/*
 * Two sides take turns: `turn` counts them, and is even while it is the server's. Who has the turn
 * writes the message and passes the turn on; the other reads it only then. A message longer than the
 * room goes in parts, all but the last full: its receiver answers each but the last with CHANNEL_MORE, and gets the next.
 *
 * Who waits for its turn says so by its `asleep`, and looks at the turn once more before it sleeps; who
 * passes the turn on then looks whether the other is asleep, and if so rings. Sequentially consistent
 * on both sides (tests/models/weak_channel.pml). The server is rung by an eventfd; the child sleeps at
 * the turn itself.
 *
 * To the server each byte here is hostile: the child may change any of it at any time. The server
 * reads a field once, checks what it read, and keeps what it relies on in memory of its own.
 */
enum channel_kind {
	CHANNEL_MORE,
	/* Requests, by the server. */
	CHANNEL_START,
	CHANNEL_INIT,
	CHANNEL_CALL,
	CHANNEL_CAST,
	CHANNEL_RESET,
	CHANNEL_PING,
	CHANNEL_TERMINATE,
	/* By the child. */
	CHANNEL_ANSWER
};

#ifndef CHANNEL_SIZE
#define CHANNEL_SIZE 65536 /* less in the explorer, where messages are short, too */
#endif
#define CHANNEL_HEAD ((size_t)2 * SYNC_CACHE_LINE)

/* What is said of a message besides its bytes. */
struct channel_note {
	uint32_t kind; /* enum channel_kind */
	int32_t code; /* of an answer: what the callback returned; of CHANNEL_TERMINATE: its reason */
	int32_t reply;     /* of an answer: pooltoy_reply_error's code, or 0 */
	uint32_t why;      /* of an answer: so many of its bytes, at the end, say why it broke */
	uint32_t serial;   /* of a request: by which it can be interrupted */
	uint64_t deadline; /* of a request: ns */
};

struct channel_shared {
	sync_atomic(uint32_t) turn;
	sync_atomic(uint32_t) kind;
	sync_atomic(uint32_t) code;
	sync_atomic(uint32_t) reply;
	sync_atomic(uint32_t) why;
	sync_atomic(uint32_t) serial;
	sync_atomic(uint32_t) length; /* of this part */
	sync_atomic(uint64_t) whole;  /* of all parts */
	sync_atomic(uint64_t) deadline;

	SYNC_LINE_ALIGNED sync_atomic(uint32_t) server_asleep;
	sync_atomic(uint32_t) child_asleep;
	sync_atomic(uint32_t) stopping;  /* the worker is to end */
	sync_atomic(uint32_t) interrupt; /* the serial of the request that is to be interrupted */
	sync_atomic(uint32_t) abandoned; /* nobody waits for the answer to this request any more */

	SYNC_LINE_ALIGNED unsigned char room[CHANNEL_SIZE - CHANNEL_HEAD];
};

_Static_assert(sizeof(struct channel_shared) == CHANNEL_SIZE, "the channel has no gaps");

/* One side's own part. One thread at a time uses it. */
struct channel {
	struct channel_shared *shared;
	uint32_t turn;    /* that this side waits for, or has */
	const char *left; /* of the message that this side sends: what has yet to go */
	size_t left_length;
	uint64_t whole;
	struct channel_note sent, got;
	struct bytes *into; /* where the other's message grows */
	size_t limit;       /* so many bytes of it, at most */
	size_t expected;    /* of it, as its first part said */
	bool receiving;     /* its first part has come */
};

enum channel_state {
	CHANNEL_WAITS,    /* the other side has the turn */
	CHANNEL_RECEIVED, /* its whole message is in `into`, its note in `got` */
	CHANNEL_BROKEN,   /* what it says makes no sense */
	CHANNEL_NO_MEMORY
};

/* The server's side has the first turn. */
void channel_open_server(struct channel *channel, struct channel_shared *shared);
void channel_open_child(struct channel *channel, struct channel_shared *shared);

/*
 * By who has the turn: sends `length` bytes, which stay in place until the answer has come, or the
 * channel is given up; the answer then goes to `into`, of at most `limit` bytes. True: the other side
 * is to be rung.
 */
bool channel_send(struct channel *channel, const struct channel_note *note, const void *data,
		  size_t length, struct bytes *into, size_t limit);

/* By a child that has sent nothing yet. */
void channel_expect(struct channel *channel, struct bytes *into);

/*
 * By who waits: looks whether the turn has come, and receives. *ring: a part was asked for, or the next
 * one sent, and the other side is to be rung; then this side goes on waiting.
 */
enum channel_state channel_receive(struct channel *channel, bool *ring);

/* Whether the turn has come, or has taken a way it cannot have taken. */
bool channel_has_news(const struct channel *channel);

/* Around a sleep. After channel_doze, who has no news sleeps until it is rung. */
void channel_doze(struct channel *channel);
void channel_wake(struct channel *channel);

/* The server, any thread: the worker is to end; the request of that serial is to be interrupted. */
void channel_stop(struct channel *channel);
void channel_interrupt(struct channel *channel, uint32_t serial);
/* The server, between a request and its answer: nobody waits for that any more. */
void channel_abandon(struct channel *channel);

/* The child: the same, read; the serial of the last request that was to be interrupted. */
bool channel_is_stopping(const struct channel *channel);
uint32_t channel_interrupted(const struct channel *channel);
bool channel_is_abandoned(const struct channel *channel);

#endif
