/* SPDX-License-Identifier: MIT */
/* seats.c: seats on which one client thread after the other sits, and ends in one way or another. */
#include "torture.h"

enum { SEATS = 8 };

enum farewell { RETURN, EXIT, CANCELLED, FAREWELLS };

struct client {
	struct torturer *torturer;
	struct stream stream;
	enum farewell farewell;
};

static void leave(void *torturer)
{
	torturer_leave(torturer);
}

static void live(struct client *client)
{
	for (unsigned visits = draw(&client->stream, 60);
	     (visits > 0 || client->farewell == CANCELLED) && !torture.over; visits--) {
		if (draw(&client->stream, 12) == 0)
			administer(client->torturer, &client->stream);
		else
			visit(client->torturer, &client->stream);
		pthread_testcancel();
	}
	hold_something(client->torturer, &client->stream);
}

static void *client_lives(void *argument)
{
	struct client *client = argument;

	if (client->farewell == CANCELLED)
		signals_hold_off();
	torturer_enter(client->torturer);
	pthread_cleanup_push(leave, client->torturer);
	live(client);
	if (client->farewell == EXIT)
		pthread_exit(NULL);
	pthread_cleanup_pop(1);
	return NULL;
}

static void count_end(enum farewell farewell, void *result)
{
	if (result == PTHREAD_CANCELED)
		did(CLIENT_CANCELS);
	else if (farewell == EXIT)
		did(CLIENT_EXITS);
	else
		did(CLIENT_RETURNS);
}

static void *seat_clients(void *argument)
{
	struct client client = { .torturer = argument };
	struct stream stream = stream_of((unsigned)atomic_load(&client.torturer->pool));

	while (!torture.over) {
		pthread_t thread;

		client.stream = (struct stream){ stream.state ^ 0x5bd1e995u };
		client.farewell = (enum farewell)draw(&stream, FAREWELLS);
		thread = begin(client_lives, &client);
		if (client.farewell == CANCELLED) {
			(void)go_on_after(draw(&stream, 20000));
			pthread_cancel(thread);
		}
		count_end(client.farewell, finish(thread));
	}
	return NULL;
}

static pthread_t seats[SEATS];

void seats_start(void)
{
	for (unsigned seat = 0; seat < SEATS; seat++) {
		struct torturer *torturer = torturer_new("client", seat);

		torturer->pool = (int)seat; /* until it sits down: which random numbers are its */
		seats[seat] = begin(seat_clients, torturer);
	}
}

void seats_join(void)
{
	for (unsigned seat = 0; seat < SEATS; seat++)
		finish(seats[seat]);
}
