/* SPDX-License-Identifier: MIT */
/* counters.c: counting requests by the codes they end with. */
#include <pooltoy.h>

#include "counters.h"

static const char *const code_names[COUNTED_CODES] = {
#define NAME(code) [-POOLTOY_##code] = "POOLTOY_" #code
	NAME(EINVAL),   NAME(ENOMEM),  NAME(EAGAIN),        NAME(ETIMEDOUT), NAME(EBUSY),
	NAME(EFULL),    NAME(ESTALE),  NAME(ECRASHED),      NAME(ESTARTING), NAME(EFAILED),
	NAME(ESTOPPED), NAME(EEXIST),  NAME(ENOENT),        NAME(ECLOSED),   NAME(ETOOSMALL),
	NAME(EDEADLK),  NAME(EFORKED), NAME(ETHREADEXITED), NAME(EVERSION),  NAME(EQUARANTINED),
#undef NAME
};

static int code_index(int code)
{
	return code < 0 && code > -COUNTED_CODES ? -code : 0;
}

const char *code_name(int code)
{
	const char *name = code_names[code_index(code)];

	return name ? name : "other";
}

void counters_retry_begins(struct counters *counters, int code)
{
	atomic_fetch_add(&counters->retrying, 1);
	atomic_fetch_add(&counters->retries[code_index(code)], 1);
}

void counters_retry_ends(struct counters *counters)
{
	atomic_fetch_sub(&counters->retrying, 1);
}

void counters_ended(struct counters *counters, int code)
{
	if (code == 0)
		atomic_fetch_add(&counters->answered, 1);
	else if (code <= POOLTOY_EUSER)
		atomic_fetch_add(&counters->refused, 1);
	else
		atomic_fetch_add(&counters->failures[code_index(code)], 1);
}

static json_t *codes_json(atomic_long *counts)
{
	json_t *object = json_object();

	for (int i = 0; i < COUNTED_CODES; i++) {
		long count = atomic_load(&counts[i]);

		if (count)
			json_object_set_new(object, code_name(-i), json_integer(count));
	}
	return object;
}

json_t *counters_json(struct counters *counters)
{
	/* The ends first: a request that ends meanwhile must not seem to have had no beginning. */
	json_t *failures = codes_json(counters->failures);
	long answered = atomic_load(&counters->answered);
	long refused = atomic_load(&counters->refused);

	return json_pack("{sI sI sI so so sI sI}", "answered", (json_int_t)answered, "refused",
			 (json_int_t)refused, "requests",
			 (json_int_t)atomic_load(&counters->requests), "failures", failures,
			 "retries", codes_json(counters->retries), "retrying",
			 (json_int_t)atomic_load(&counters->retrying), "died_after_answer",
			 (json_int_t)atomic_load(&counters->died_answered));
}
