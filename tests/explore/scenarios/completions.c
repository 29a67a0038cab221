/* SPDX-License-Identifier: MIT */
/* completions.c: each operation's completion comes once, and is right. */
#include "completions.h"

#include "cancel_token.h"
#include "completion_queue.h"
#include "laws.h"
#include "pool.h"

static struct record {
	bool started, tried;
	enum pooltoy_completion_type type;
	int code;
	struct pooltoy_pending pending;
} records[COMPLETIONS_MAX];
static struct pooltoy_completion_queue *queue;
static struct pooltoy_cancel_token *token;

void completions_open(struct pooltoy_pool_spec spec)
{
	memset(records, 0, sizeof records);
	for (int i = 0; i < COMPLETIONS_MAX; i++)
		records[i].code = COMPLETIONS_NOT_TOLD;
	pools_open(spec);
	EXPLORE_CHECK(pooltoy_completion_queue_open(&queue) == 0);
	explore_name(queue, sizeof *queue, "completion queue");
}

void completions_open_one(void)
{
	completions_open(POOLS_SPEC(.size = 1));
}

void completions_open_and_hold(void)
{
	completions_open_one();
	act_hold(&act_held);
}

void completions_open_waiting(void)
{
	completions_open_and_hold();
	completions_checkout_1();
}

void completions_open_waiting_a_while(void)
{
	completions_open_and_hold();
	EXPLORE_CHECK(completions_checkout(1, 1000) == 0);
}

void completions_lease(void)
{
	const struct pooltoy_completion *completion;

	EXPLORE_CHECK(pooltoy_checkout_start(queue, poolio, NULL, 0, NULL, NULL) == 0);
	EXPLORE_CHECK(pooltoy_completion_queue_drain(queue, &completion, 1) == 1);
	EXPLORE_CHECK(completion->code == 0);
	act_held = completion->lease;
	pools_granted(&act_held);
	pooltoy_completion_release(completion);
}

static void open_calling(int timeout_ms)
{
	completions_open_one();
	completions_lease();
	behaviour.calls_take_time = true;
	EXPLORE_CHECK(completions_call(1, &act_held, timeout_ms) == 0);
}

void completions_open_calling(void)
{
	open_calling(-1);
}

void completions_open_calling_a_while(void)
{
	open_calling(1000);
}

/* Starts. */

static struct record *begin(int number, enum pooltoy_completion_type type)
{
	struct record *record = &records[number];

	record->type = type;
	record->tried = true;
	return record;
}

static int begun(struct record *record, int code)
{
	explore_note("start %d: %d", (int)(record - records), code);
	record->started = code == 0;
	if (code)
		EXPLORE_CHECK(record->code == COMPLETIONS_NOT_TOLD);
	return code;
}

int completions_checkout_for(struct pooltoy_client *client, int number, int timeout_ms)
{
	struct record *record = begin(number, POOLTOY_COMPLETION_CHECKOUT);

	return begun(record, pooltoy_checkout_start(queue, poolio, client, timeout_ms, record,
						    &record->pending));
}

int completions_checkout(int number, int timeout_ms)
{
	return completions_checkout_for(NULL, number, timeout_ms);
}

int completions_call(int number, const struct pooltoy_lease *lease, int timeout_ms)
{
	struct record *record = begin(number, POOLTOY_COMPLETION_CALL);

	return begun(record, pooltoy_call_start(queue, lease, &number, sizeof number, timeout_ms,
						record, &record->pending));
}

int completions_submit(int number)
{
	struct record *record = begin(number, POOLTOY_COMPLETION_TASK);

	return begun(record, pooltoy_submit_start(queue, poolio, &number, sizeof number, record,
						  &record->pending));
}

/* By a token. */

static void open_token(void)
{
	EXPLORE_CHECK(pooltoy_cancel_token_open(&token) == 0);
	explore_name(token, sizeof *token, "token");
}

void completions_open_token(void)
{
	completions_open_one();
	open_token();
}

void completions_checkout_1_by_token(void)
{
	struct record *record = begin(1, POOLTOY_COMPLETION_CHECKOUT);
	int code = begun(record, pooltoy_checkout_start_with(
					 queue, poolio, POOLTOY_CHECKOUT_OPTIONS(.cancel = token),
					 record, &record->pending));

	EXPLORE_CHECK(code == 0 || code == POOLTOY_ECANCELLED);
}

void completions_open_waiting_by_token(void)
{
	completions_open_and_hold();
	open_token();
	completions_checkout_1_by_token();
}

void completions_open_calling_by_token(void)
{
	struct record *record;
	int number = 1;

	completions_open_token();
	completions_lease();
	behaviour.calls_take_time = true;
	record = begin(number, POOLTOY_COMPLETION_CALL);
	EXPLORE_CHECK(
		begun(record, pooltoy_call_start_with(queue, &act_held, &number, sizeof number,
						      POOLTOY_CALL_OPTIONS(.cancel = token), record,
						      &record->pending)) == 0);
}

void completions_cancel_token(void)
{
	pooltoy_cancel_token_cancel(token);
}

void completions_close_token(void)
{
	pooltoy_cancel_token_close(token);
	token = NULL;
}

void completions_cancel_and_close_token(void)
{
	completions_cancel_token();
	completions_close_token();
}

/* Completions. */

static void check_answer(const struct pooltoy_completion *completion, int number)
{
	int answer;

	EXPLORE_CHECK(completion->length == sizeof answer);
	memcpy(&answer, completion->reply, sizeof answer);
	EXPLORE_CHECK(answer == 2 * number);
}

static void use(const struct pooltoy_completion *completion)
{
	int code;

	pools_granted(&completion->lease);
	code = pooltoy_checkin(&completion->lease);
	EXPLORE_CHECK(code == 0 || code == POOLTOY_ESTALE);
}

static void told(const struct pooltoy_completion *completion)
{
	struct record *record = completion->tag;
	int number = (int)(record - records);

	explore_note("operation %d: told %d", number, completion->code);
	EXPLORE_CHECK(record->code == COMPLETIONS_NOT_TOLD);
	EXPLORE_CHECK(completion->type == record->type);
	record->code = completion->code;
	if (completion->code == 0 && completion->type == POOLTOY_COMPLETION_CHECKOUT)
		use(completion);
	else if (completion->code == 0)
		check_answer(completion, number);
	else
		EXPLORE_CHECK(!completion->reply);
	pooltoy_completion_release(completion);
}

static bool is_readable(void)
{
	SYNC_FIGURE("load", &queue->event);
	return queue->event.set;
}

void completions_take(unsigned max)
{
	const struct pooltoy_completion *completions[COMPLETIONS_MAX];
	int count;

	sync_yield_until(is_readable());
	count = pooltoy_completion_queue_drain(queue, completions, max);
	EXPLORE_CHECK(count >= 0 && count <= (int)max);
	for (int i = 0; i < count; i++)
		told(completions[i]);
}

static bool all_told(void)
{
	for (int i = 0; i < COMPLETIONS_MAX; i++)
		if (records[i].started && records[i].code == COMPLETIONS_NOT_TOLD)
			return false;
	return true;
}

void completions_await(void)
{
	while (!all_told())
		completions_take(COMPLETIONS_MAX);
}

void completions_serve_1_and_2(void)
{
	while (records[1].code == COMPLETIONS_NOT_TOLD || records[2].code == COMPLETIONS_NOT_TOLD)
		completions_take(COMPLETIONS_MAX);
}

void completions_serve_1(void)
{
	while (records[1].code == COMPLETIONS_NOT_TOLD)
		completions_take(COMPLETIONS_MAX);
}

int completions_code(int number)
{
	return records[number].code;
}

/* Fibers. */

void completions_checkout_1(void)
{
	EXPLORE_CHECK(completions_checkout(1, -1) == 0);
}

void completions_checkout_2(void)
{
	EXPLORE_CHECK(completions_checkout(2, -1) == 0);
}

static void check_perhaps(int code)
{
	EXPLORE_CHECK(code == 0 || code == POOLTOY_ESTOPPED || code == POOLTOY_EFAILED);
}

void completions_checkout_2_perhaps(void)
{
	check_perhaps(completions_checkout(2, -1));
}

void completions_submit_3(void)
{
	EXPLORE_CHECK(completions_submit(3) == 0);
}

void completions_submit_3_perhaps(void)
{
	check_perhaps(completions_submit(3));
}

void completions_cancel_1(void)
{
	int code = pooltoy_pending_cancel(&records[1].pending);

	explore_note("cancel 1: %d", code);
	EXPLORE_CHECK(code == 0 || code == POOLTOY_ESTALE);
	if (code)
		explore_saw(COMPLETIONS_TOO_LATE);
}

void completions_close_queue(void)
{
	pooltoy_completion_queue_close(queue);
	queue = NULL;
}

void completions_check_in_held(void)
{
	int code = pooltoy_checkin(&act_held);

	EXPLORE_CHECK(code == 0 || code == POOLTOY_ESTALE);
}

/* Ends. */

static void see(const struct record *record)
{
	if (!record->started || record->code == POOLTOY_ENOMEM)
		explore_saw(COMPLETIONS_REFUSED);
	else if (record->code == POOLTOY_ECANCELLED)
		explore_saw(COMPLETIONS_CANCELLED);
	else if (record->code == POOLTOY_ECLOSED)
		explore_saw(COMPLETIONS_CLOSED);
	else
		act_see(record->code);
}

/* Nothing comes twice, nor unasked. */
static void close_queue(void)
{
	const struct pooltoy_completion *completion;

	EXPLORE_CHECK(pooltoy_completion_queue_drain(queue, &completion, 1) == 0);
	for (int i = 0; i < COMPLETIONS_MAX; i++)
		if (records[i].tried)
			see(&records[i]);
	completions_close_queue();
}

void completions_await_and_close(void)
{
	completions_await();
	close_queue();
	act_serve_and_close();
}

void completions_see_and_close(void)
{
	completions_await();
	pools_close();
	close_queue();
}

void completions_close_after_queue(void)
{
	bool cancelled = laws_account()->cancelled > 0 || counts.interrupts > 0 ||
			 figure_load(&poolio->tasks_cancelled) > 0;

	explore_saw(cancelled ? COMPLETIONS_CANCELLED : SERVED);
	act_serve_and_close();
}
