/* SPDX-License-Identifier: MIT */
/*
 * C11's memory, by histories and views (after Kang, Hur, Lahav, Vafeiadis and Dreyer, "A promising
 * semantics for relaxed-memory concurrency", without the promises). A location keeps all its writes
 * in their order; a thread's view says for each location which write it has seen, and a load may
 * give that one or any later one. A write that releases carries its thread's view, who acquires it
 * joins that to his own; a read-modify-write reads the latest write and hands on what that carries
 * (a release sequence). The order in which sequentially consistent operations run is theirs: such
 * a load gives no write that is older than the last that another of them has written or read.
 *
 * It has more behaviours than store buffers have, and what ARM has but for two things, which no
 * law here rests on: a write does not go before one that was made earlier (2+2W), and no load goes
 * before one that its value decides about. Fences are not modelled: the library uses none.
 */
byte history[LOCATIONS * WRITES];               /* what was written */
byte carried[LOCATIONS * WRITES * LOCATIONS];   /* the view that goes with it */
byte latest[LOCATIONS], consistent[LOCATIONS];  /* the last write; the last that SEQ_CST knows of */
byte view[THREADS * LOCATIONS];
byte gate_view[GATES * LOCATIONS];
byte which, each;                               /* scratch, 0 between operations */

#define LATEST(location) history[(location) * WRITES + latest[location]]
#define START(location, number) LATEST(location) = number

#define VIEW(location) view[t * LOCATIONS + (location)]
#define CARRIED(location, write) carried[((location) * WRITES + (write)) * LOCATIONS + each]

#define FOR_EACH_LOCATION(what) \
	do :: each < LOCATIONS -> if :: what :: else fi; each++ :: else -> break od; each = 0
#define JOIN(one, other) other > one -> one = other

/* Any write from the one seen on, of those with a property; the latest has it. */
#define CHOOSE(location, order, property) \
	which = VIEW(location); \
	if :: (order) == SEQ_CST && consistent[location] > which -> which = consistent[location] :: else fi; \
	do \
	:: which < latest[location] -> which++ \
	:: which == latest[location] || (property) -> break \
	od

#define SEEN(location, order) \
	VIEW(location) = which; \
	if :: (order) == SEQ_CST -> consistent[location] = which :: else fi; \
	if \
	:: (order) & ACQUIRE -> FOR_EACH_LOCATION(JOIN(view[t * LOCATIONS + each], CARRIED(location, which))) \
	:: else \
	fi

/* After `latest` has been counted up. */
#define WRITTEN(location, number, order) \
	assert(latest[location] < WRITES); \
	history[(location) * WRITES + latest[location]] = number; \
	VIEW(location) = latest[location]; \
	if :: (order) == SEQ_CST -> consistent[location] = latest[location] :: else fi; \
	if \
	:: (order) & RELEASE -> \
		FOR_EACH_LOCATION(JOIN(CARRIED(location, latest[location]), view[t * LOCATIONS + each])) \
	:: else -> \
		each = location; CARRIED(location, latest[location]) = latest[location]; each = 0 \
	fi

#define MODIFIED(location, number, order) \
	latest[location]++; \
	assert(latest[location] < WRITES); \
	FOR_EACH_LOCATION(JOIN(CARRIED(location, latest[location]), CARRIED(location, latest[location] - 1))); \
	WRITTEN(location, number, order)

inline LOAD(variable, location, order) {
	atomic {
		CHOOSE(location, order, true);
		d_step { SEEN(location, order); variable = history[(location) * WRITES + which]; which = 0 }
	}
}

inline STORE(location, number, order) {
	d_step { latest[location]++; WRITTEN(location, number, order) }
}

inline EXCHANGE(before, location, number, order) {
	d_step {
		which = latest[location]; SEEN(location, order); which = 0;
		before = LATEST(location);
		MODIFIED(location, number, order)
	}
}

inline CAS(ok, location, from, to, order) {
	atomic {
		CHOOSE(location, order, history[(location) * WRITES + which] != (from));
		d_step {
			SEEN(location, order);
			ok = history[(location) * WRITES + which] == (from);
			which = 0;
			if :: ok -> MODIFIED(location, to, order) :: else fi
		}
	}
}

inline PASS(g) {
	atomic {
		gate[g] -> gate[g] = false;
		d_step { FOR_EACH_LOCATION(JOIN(view[t * LOCATIONS + each], gate_view[(g) * LOCATIONS + each])) }
	}
}

inline OPEN(g) {
	d_step {
		FOR_EACH_LOCATION(JOIN(gate_view[(g) * LOCATIONS + each], view[t * LOCATIONS + each]));
		gate[g] = true
	}
}
