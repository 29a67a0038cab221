/* SPDX-License-Identifier: MIT */
/* channel.c: turns over shared memory. */
#include "channel.h"

#include <string.h>

static void open_side(struct channel *channel, struct channel_shared *shared, uint32_t turn)
{
	*channel = (struct channel){ .shared = shared, .turn = turn };
}

void channel_open_server(struct channel *channel, struct channel_shared *shared)
{
	open_side(channel, shared, 0);
}

void channel_open_child(struct channel *channel, struct channel_shared *shared)
{
	open_side(channel, shared, 1);
}

static bool is_server(const struct channel *channel)
{
	return channel->turn % 2 == 0;
}

static sync_atomic(uint32_t) * asleep(const struct channel *channel, bool server)
{
	return server ? &channel->shared->server_asleep : &channel->shared->child_asleep;
}

/* Passes the turn on: true if the other side is to be rung. */
static bool pass(struct channel *channel)
{
	bool server = is_server(channel);

	channel->turn += 2;
	/* Sequentially consistent, as the look at who is asleep: pairs with channel_doze. */
	sync_store(&channel->shared->turn, channel->turn - 1, seq_cst);
	return sync_load(asleep(channel, !server), seq_cst) != 0;
}

static bool send_part(struct channel *channel)
{
	struct channel_shared *shared = channel->shared;
	const struct channel_note *note = &channel->sent;
	size_t part = channel->left_length < sizeof shared->room ? channel->left_length
								 : sizeof shared->room;

	figure_store(&shared->kind, note->kind);
	figure_store(&shared->code, (uint32_t)note->code);
	figure_store(&shared->reply, (uint32_t)note->reply);
	figure_store(&shared->why, note->why);
	figure_store(&shared->serial, note->serial);
	figure_store(&shared->deadline, note->deadline);
	figure_store(&shared->whole, channel->whole);
	figure_store(&shared->length, (uint32_t)part);
	if (part > 0)
		memcpy(shared->room, channel->left, part);
	channel->left_length -= part;
	channel->left = channel->left_length > 0 ? channel->left + part : NULL;
	return pass(channel);
}

bool channel_send(struct channel *channel, const struct channel_note *note, const void *data,
		  size_t length, struct bytes *into, size_t limit)
{
	channel->sent = *note;
	channel->left = data;
	channel->left_length = length;
	channel->whole = length;
	channel->into = into;
	channel->limit = limit;
	channel->receiving = false;
	if (is_server(channel) && figure_load(&channel->shared->abandoned))
		figure_store(&channel->shared->abandoned, 0);
	return send_part(channel);
}

void channel_expect(struct channel *channel, struct bytes *into)
{
	channel->into = into;
	channel->limit = SIZE_MAX;
}

static bool ask_for_more(struct channel *channel)
{
	figure_store(&channel->shared->kind, CHANNEL_MORE);
	return pass(channel);
}

/* The first part of a message: its note, and how long it is to be. */
static enum channel_state begin_message(struct channel *channel, uint32_t kind)
{
	struct channel_shared *shared = channel->shared;
	uint64_t whole = figure_load(&shared->whole);

	channel->got = (struct channel_note){ .kind = kind,
					      .code = (int32_t)figure_load(&shared->code),
					      .reply = (int32_t)figure_load(&shared->reply),
					      .why = figure_load(&shared->why),
					      .serial = figure_load(&shared->serial),
					      .deadline = figure_load(&shared->deadline) };
	if (whole > channel->limit || channel->got.why > whole)
		return CHANNEL_BROKEN;
	if (!bytes_reserve(channel->into, (size_t)whole))
		return CHANNEL_NO_MEMORY;
	channel->expected = (size_t)whole;
	channel->receiving = true;
	return CHANNEL_WAITS;
}

static enum channel_state receive_part(struct channel *channel, uint32_t kind, bool *ring)
{
	struct channel_shared *shared = channel->shared;
	struct bytes *into = channel->into;
	uint32_t part = figure_load(&shared->length);
	enum channel_state state;
	size_t left;

	if (!channel->receiving) {
		state = begin_message(channel, kind);
		if (state != CHANNEL_WAITS)
			return state;
	}
	/* Each part but the last is full: so there is an end to them. */
	left = channel->expected - into->length;
	if (part != (left < sizeof shared->room ? left : sizeof shared->room))
		return CHANNEL_BROKEN;
	bytes_append(into, shared->room, part);
	if (into->length == channel->expected) {
		channel->receiving = false;
		return CHANNEL_RECEIVED;
	}
	*ring = ask_for_more(channel);
	return CHANNEL_WAITS;
}

/* The server is answered; a child is given a request. */
static bool is_message(const struct channel *channel, uint32_t kind)
{
	return is_server(channel) ? kind == CHANNEL_ANSWER
				  : kind >= CHANNEL_START && kind <= CHANNEL_TERMINATE;
}

enum channel_state channel_receive(struct channel *channel, bool *ring)
{
	/* Acquire, by being sequentially consistent: pairs with pass. */
	uint32_t turn = sync_load(&channel->shared->turn, seq_cst), kind;

	*ring = false;
	if (turn != channel->turn)
		return turn == channel->turn - 1 ? CHANNEL_WAITS : CHANNEL_BROKEN;
	kind = figure_load(&channel->shared->kind);
	if (channel->left_length > 0 && kind == CHANNEL_MORE) {
		*ring = send_part(channel);
		return CHANNEL_WAITS;
	}
	if (channel->left_length > 0 || !is_message(channel, kind))
		return CHANNEL_BROKEN;
	return receive_part(channel, kind, ring);
}

bool channel_has_news(const struct channel *channel)
{
	/* Sequentially consistent: pairs with pass. */
	return sync_load(&channel->shared->turn, seq_cst) != channel->turn - 1;
}

void channel_doze(struct channel *channel)
{
	/* Sequentially consistent, as the look at the turn that follows: pairs with pass. */
	sync_store(asleep(channel, is_server(channel)), 1, seq_cst);
}

void channel_wake(struct channel *channel)
{
	sync_store(asleep(channel, is_server(channel)), 0, relaxed);
}

void channel_stop(struct channel *channel)
{
	sync_store(&channel->shared->stopping, 1, relaxed);
}

void channel_interrupt(struct channel *channel, uint32_t serial)
{
	sync_store(&channel->shared->interrupt, serial, release);
}

void channel_abandon(struct channel *channel)
{
	figure_store(&channel->shared->abandoned, 1);
}

bool channel_is_stopping(const struct channel *channel)
{
	return sync_load(&channel->shared->stopping, relaxed) != 0;
}

uint32_t channel_interrupted(const struct channel *channel)
{
	/* Acquire pairs with channel_interrupt. */
	return sync_load(&channel->shared->interrupt, acquire);
}

bool channel_is_abandoned(const struct channel *channel)
{
	return figure_load(&channel->shared->abandoned) != 0;
}
