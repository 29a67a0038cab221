/* SPDX-License-Identifier: MIT */
/* subject.h: what an operation means here and now. */
#ifndef REFERENCE_SUBJECT_H
#define REFERENCE_SUBJECT_H

#include "reference/agents.h"

/* Here and now. */
struct situation {
	const struct model *model;
	const struct pooltoy_lease *values; /* of its leases */
	struct pooltoy_client **connections;
};

/* What an operation is about. */
struct subject {
	const struct operation *operation;
	int agent, client, lease, worker, connection;
	struct order order;
	bool ends_several; /* leases, calls, or uses of states, at once */
};

/* False: it makes no sense now. */
bool subject_prepare(struct subject *subject, const struct operation *operation,
		     const struct situation *situation);
/* In words, as a line. */
void subject_tell(const struct subject *subject, const struct model *model);

/*
 * If generations wrap: a lease that lives now has the value of one that the client once had, and that
 * nobody may have taken out of its list.
 */
bool subject_may_be_mistaken(const struct situation *situation, int client, int lease);

/* Leases of the same value. */
bool subject_is_same(const struct pooltoy_lease *one, const struct pooltoy_lease *other);

#endif
