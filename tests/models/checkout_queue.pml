/* SPDX-License-Identifier: MIT */
/*
 * The broker (lib/broker.h, lib/checkout_queue.h, lib/idle_hints.h) as a Spin model, sequentially
 * consistent.
 *
 * S slots, C clients. Client 0 may time out (T=1), client 1 only tries (TRY=1). With OVER=n the
 * first S clients begin as holders, and n of the slots are overflow, to be dismissed when nobody
 * waits. With SWEEPS=n the pool restarts n times: all workers are ended, whoever holds them, and new
 * ones come up in their slots, while those who wait go on waiting. With CLOSES=1 the queue is closed
 * (the pool has failed) and opened again (it is revived). A holder may hold forever, so that a waiter
 * that sleeps beside an idle slot is found even though it would be served at some later checkin. With
 * ABSENT=n the first n clients (with OVER the last) have no thread to wait with (broker_enter_absent): others look in their
 * stead, and grant; one that may time out is taken off by the manager. With SHEDS=n heads are refused so often, since
 * they have waited for too long: by the manager, or by who has a slot for the next. With HIGH=n the last n clients go before
 * the others, and the last of them that waits is the one that the next goes behind (checkout_queue_enter_high_locked).
 *
 * Laws: nobody sleeps beside an idle slot, nor unknown to the queue, nor in a closed one; one holder
 * a slot; no overflow slot stays idle, nor is another dismissed; no slot is lost. Each twin leaves one rule out, and fails;
 * run.sh has the configurations that were explored, and those that show the twins.
 *
 *   TWIN_TOOK     a waiter that found a slot does not look for the one behind it
 *   TWIN_GRANT    a granter does not look for the one behind the one it granted
 *   TWIN_TIMEOUT  a waiter that gives up does not pass its nudge on
 *   TWIN_HINT     who sets a hint again does not look at the waiters
 *   TWIN_SURPLUS  who leaves the queue does not tell the manager of surplus
 *   TWIN_FREED    who made a slot idle does not
 *   TWIN_TWICE    the manager dismisses first, and takes from the overflow then
 *   TWIN_RESTART  a worker that comes up does not look at the waiters
 *   TWIN_STALE    a checkin does not look whether the lease is alive still
 *   TWIN_STEAD    who would wake an absent waiter does not look in its stead
 *   TWIN_BEHIND   who serves or takes off a waiter does not look for an absent one behind it
 *   TWIN_LAST     whoever has an absent waiter enter does not look for a slot a last time
 *   TWIN_SERVED   whoever served an absent waiter does not tell the manager of surplus
 *   TWIN_CLOSE    who closes the queue forgets to tell those who wait in it
 *   TWIN_ENTER    whether the queue is closed is looked at without its lock
 *   TWIN_TOLD     a head that was told leaves, and the next one counts as told
 *   TWIN_LOOKED   who looks says so afterwards
 *   TWIN_SHED     who sheds a head does not look for the one behind it
 */
#ifndef T
#define T 0
#endif
#ifndef TRY
#define TRY 0
#endif
#ifndef OVER
#define OVER 0
#endif
#ifndef SWEEPS
#define SWEEPS 0
#endif
#ifndef CLOSES
#define CLOSES 0
#endif
#ifndef ABSENT
#define ABSENT 0
#endif
#ifndef SHEDS
#define SHEDS 0
#endif
#ifndef HIGH
#define HIGH 0
#endif
#define IDLE     0
#define LEASED   1
#define STOPPING 2
#define GONE     3 /* dismissed: its worker is not replaced */
#define STARTING 4

byte slot[S]; byte holder[S];          /* holder: client + 1, for the assertions only */
bool hint[S];
byte waiters, overflow = OVER; bool queue_lock, demand;
byte queue[C]; byte queued;            /* client + 1: FIFO, the high ones before the others */
bool granted[C]; byte granted_slot[C]; bool nudged[C], refused[C], waits[C];
bool closed, told;                     /* the head, which has yet to look */
byte sheds = SHEDS;

inline lock()   { atomic { !queue_lock -> queue_lock = 1 } }
inline unlock() { queue_lock = 0 }
#define IS_HIGH(c) ((c) >= C - HIGH)
inline link(c) {                       /* at the tail, or behind the last high one */
	d_step {
		i = queued; j = 0;
		do :: i > 0 && IS_HIGH(c) && !IS_HIGH(queue[i - 1] - 1) -> queue[i] = queue[i - 1]; i-- :: else -> break od;
		if :: i == 0 && queued > 0 -> told = 0 :: else fi;     /* set_head */
		queue[i] = c + 1; queued++; waiters++; waits[c] = 1; i = 0 }
}
inline unlink(c) {
	d_step { i = 0; j = 0;
#ifndef TWIN_TOLD
		if :: queue[0] == c + 1 -> told = 0 :: else fi;        /* set_head */
#endif
		do :: i < queued -> if :: queue[i] == c + 1 -> skip :: else -> queue[j] = queue[i]; j++ fi; i++ :: else -> break od;
		queued = j; waiters--; i = 0; j = 0 }
}
#if OVER                               /* the first begin as holders */
#define IS_ABSENT(c) ((c) >= C - ABSENT)
#else
#define IS_ABSENT(c) ((c) < ABSENT)
#endif
#define HEAD_IS_ABSENT (queued > 0 && IS_ABSENT(queue[0] - 1))
inline serve_absent() {                /* serve_absent_locked */
#if ABSENT
	do
	:: HEAD_IS_ABSENT ->
		a = 0; found = 0;
		do
		:: a < S && !found ->
			if
			:: hint[a] ->
				atomic { if :: slot[a] == IDLE -> slot[a] = LEASED; assert(holder[a] == 0); holder[a] = queue[0]; found = 1 :: else fi };
				if
				:: !found -> hint[a] = 0; if :: slot[a] == IDLE -> hint[a] = 1 /* who freed it comes, too */ :: else fi
				:: else
				fi
			:: else
			fi;
			if :: !found -> a++ :: else fi
		:: else -> break
		od;
		if
		:: found -> d_step { w = queue[0] - 1; granted_slot[w] = a; granted[w] = 1; served = 1; a = 0; found = 0 }; unlink(w)
		:: else -> break
		fi
	:: else -> break
	od;
	a = 0; w = 0; found = 0
#else
	skip
#endif
}
inline tell_head() { d_step { told = 1; next = queue[0] } }  /* checkout_queue_tell_locked; the rest in pay */
inline look_for_the_next() {           /* look_for_next_locked: after an unlink for whatever reason */
#ifndef TWIN_BEHIND
	serve_absent();
#endif
	d_step { idle = 0; i = 0;
		do :: i < S -> if :: slot[i] == IDLE -> idle = 1 :: else fi; i++ :: else -> break od; i = 0 }
	if :: idle && queued > 0 -> tell_head() :: else fi
}
inline nudge_head() {                  /* broker_nudge_head */
	if :: !told ->
	lock();
	if
#ifndef TWIN_STEAD
	:: HEAD_IS_ABSENT -> look_for_the_next()
#endif
	:: queued > 0 && !HEAD_IS_ABSENT -> tell_head()
	:: else
	fi;
	unlock();
	pay()
	:: else                        /* it will look */
	fi
}
inline pay() {                         /* unlock_and_pay: the unpark, then broker->reconsider */
	if :: next -> d_step { nudged[next - 1] = 1; next = 0 } :: else fi;
#ifndef TWIN_SERVED
	if :: served -> tell_manager() :: else fi;
#endif
	served = 0
}
inline take(k) {                       /* slot_lease */
	atomic { if :: slot[k] == IDLE -> slot[k] = LEASED; assert(holder[k] == 0); holder[k] = c + 1; mine = k; got = 1 :: else fi }
}
inline search() {                      /* broker_take: idle_hints_take */
	k = 0;
	do
	:: k < S && !got ->
		if
		:: hint[k] ->
			take(k);
			if
			:: !got ->
				hint[k] = 0;
				if
				:: slot[k] == IDLE ->
					hint[k] = 1; 
#ifndef TWIN_HINT
					if :: waiters > 0 -> nudge_head() :: else fi
#endif
				:: else
				fi
			:: else
			fi
		:: else
		fi;
		k++
	:: else -> break
	od
}
inline put(s) {                        /* idle_hints_put, then the look at the waiters */
	if :: !hint[s] -> hint[s] = 1 :: else fi;
	if :: waiters > 0 -> nudge_head() :: else fi
}
inline drop_overflow() { atomic { if :: overflow > 0 -> overflow--; dropped = 1 :: else -> dropped = 0 fi } }
inline tell_manager() { if :: waiters == 0 && overflow > 0 -> demand = 1 :: else fi }  /* pool_report_surplus */

inline leave() {                       /* leave_queue: with a slot that was found, or with nothing */
	lock();
	if
	:: granted[c] && got -> h = granted_slot[c]; unlock(); make_idle(h, c + 1) /* one too many */
	:: granted[c] && !got -> mine = granted_slot[c]; got = 1; unlock()
	:: refused[c] -> unlock()
	:: else ->
		unlink(c);
		if
		:: got ->
#ifndef TWIN_TOOK
			look_for_the_next();
#endif
			skip
		:: else ->
#ifndef TWIN_TIMEOUT
			look_for_the_next();
#endif
			skip
		fi;
		unlock();
		pay()
	fi;
#ifndef TWIN_SURPLUS
	tell_manager()
#endif
}

inline shed(h) {                       /* shed_locked: or there is none to be refused any more */
	if
	:: sheds > 0 && queued > 0 ->
		h = queue[0] - 1; unlink(h); d_step { refused[h] = 1; sheds-- };
#ifndef TWIN_SHED
		look_for_the_next()
#endif
	:: true
	fi
}

/* The slot is still its holder's (client + 1), or with none its new worker's. */
#ifdef TWIN_STALE
#define OWNED(s, who) true
#else
#define OWNED(s, who) ((who) -> slot[s] == LEASED && holder[s] == (who) : slot[s] == STARTING)
#endif

inline make_idle(s, who) {             /* broker_free, but for hand_over */
	dropped = 0;
	if :: waiters == 0 -> drop_overflow() :: else fi;
	atomic {
		if
		:: OWNED(s, who) -> assert((who) == 0 || holder[s] == (who)); moved = 0; holder[s] = 0; if :: dropped -> slot[s] = GONE :: else -> slot[s] = IDLE fi
		:: else -> moved = 1
		fi
	};
	if
	:: moved && dropped -> overflow++; demand = 1
	:: moved && !dropped
	:: !moved && dropped
	:: else ->
#ifdef TWIN_RESTART
		if :: who == 0 -> hint[s] = 1 :: else -> put(s) fi
#else
		put(s)
#endif
	fi;
#ifndef TWIN_FREED
	tell_manager()
#endif
}
inline free(s, who) {                  /* broker_free: the head may starve, and be handed over to */
	if
	:: waiters > 0 ->
		lock();
#if SHEDS
		shed(h);
#endif
		if
		:: queued > 0 && OWNED(s, who) ->
			h = queue[0] - 1; unlink(h);
			atomic { slot[s] = LEASED; holder[s] = h + 1; granted_slot[h] = s; granted[h] = 1 };
#ifndef TWIN_GRANT
			look_for_the_next();
#endif
			unlock();
			pay();
#ifndef TWIN_SURPLUS
			tell_manager()
#endif
		:: else -> unlock(); pay(); make_idle(s, who)
		fi
	:: true -> make_idle(s, who)
	fi
}

proctype Client(byte c) {              /* checkout_acquire, wait_in_queue, then pooltoy_checkin */
	byte i, j, k, mine, h, a, w; byte next; bool idle, got, dropped, moved, is_closed, found, served;
	if :: OVER > 0 && c < S -> atomic { got = 1; mine = c } :: else fi;
	if
	:: !got -> k = c % S; take(k); search()                     /* the affine hint, then the bitmap */
	:: else
	fi;
	if
	:: !got && !(TRY && c == 1) ->
#ifdef TWIN_ENTER
		is_closed = closed; lock();
#else
		lock(); is_closed = closed;                            /* broker_enter */
#endif
		if
		:: is_closed -> unlock(); goto done
		:: else -> link(c);
#ifndef TWIN_LAST
			if :: HEAD_IS_ABSENT && IS_ABSENT(c) -> look_for_the_next() :: else fi;
#endif
			unlock();
			pay()
		fi;
		if :: IS_ABSENT(c) -> goto absent :: else fi;
look:
#ifdef TWIN_LOOKED
		search(); told = 0;
#else
		told = 0; search();                                    /* checkout_queue_look */
#endif
		if
		:: got -> leave()
		:: else ->
absent:			skip;
endpark:		if
			:: granted[c] -> lock(); mine = granted_slot[c]; got = 1; unlock()
			:: refused[c]
			:: nudged[c] -> nudged[c] = 0; goto look
			:: T && c == 0 && !granted[c] && !refused[c] -> leave() /* its time is over */
			fi
		fi;
		waits[c] = 0
	:: else
	fi;
	if
	:: got ->
		assert(SWEEPS || holder[mine] == c + 1);
		if
		:: true
		:: true ->
endhold:		false                                              /* holds forever */
		fi;
		free(mine, c + 1)
	:: else
	fi;
done:	skip
}

active proctype Manager() {            /* dismiss_surplus looks at the words, not at the hints, which may be away for a moment */
	byte m;
	bool dropped;
endwait:
	do
	:: demand ->
		demand = 0; m = 0;
		do
		:: m < S && waiters == 0 && overflow > 0 ->
#ifdef TWIN_TWICE
			atomic { if :: slot[m] == IDLE -> slot[m] = GONE; dropped = 1 :: else -> dropped = 0 fi };
			if :: dropped -> drop_overflow() :: else fi;
#else
			if :: slot[m] == IDLE -> drop_overflow() :: else -> dropped = 0 fi;    /* worker_dismiss */
			if
			:: dropped -> atomic { if :: slot[m] == IDLE -> slot[m] = GONE; dropped = 0 :: else fi }
			:: else
			fi;
			if :: dropped -> overflow++; demand = 1 :: else fi;
#endif
			m++
		:: else -> break
		od
	od
}

proctype Sweeper() {                   /* sweep, in a pool that restarts */
	byte s, n;
	do
	:: n < SWEEPS ->
		s = 0;
		do
		:: s < S -> atomic { if :: slot[s] == IDLE || slot[s] == LEASED || slot[s] == STARTING -> slot[s] = STOPPING; holder[s] = 0 :: else fi }; s++
		:: else -> break
		od;
		n++
	:: else -> break
	od
}

proctype Worker(byte s) {              /* leave, gone, and the next one: worker_start, become_free */
	byte i, j, h, a, w, next; bool idle, dropped, moved, found, served;
endwait:
	do
	:: atomic { slot[s] == STOPPING -> slot[s] = STARTING }; free(s, 0)
	od
}

proctype Shedder() {                   /* broker_police */
	byte i, j, h, a, w, next; bool idle, found, served;
	do
	:: sheds > 0 -> lock(); shed(h); unlock(); pay(); tell_manager()
	:: true -> break
	od
}

proctype Closer() {                    /* pool_change_state: FAILED, then revived */
	byte n;
	do
	:: n < CLOSES ->
		lock();
		closed = 1;
		do
		:: queued > 0 ->
			queued--; waiters--; told = 0;
#ifndef TWIN_CLOSE
			refused[queue[queued] - 1] = 1
#endif
		:: else -> break
		od;
		unlock();
		if
		:: true -> break                                       /* it has failed for good */
		:: true -> lock(); closed = 0; unlock()
		fi;
		n++
	:: else -> break
	od
}

active proctype Law() {
	byte n, waiting, i, gone;
	bool idle, nobody_sleeps_beside_an_idle_slot, no_surplus_stays, no_slot_is_lost = true, the_queue_knows_who_waits, no_other_is_dismissed;
end:	timeout;
	d_step {
		do
		:: n < S ->
			idle = idle || slot[n] == IDLE;
			gone = gone + (slot[n] == GONE);
			no_slot_is_lost = no_slot_is_lost && (slot[n] == IDLE || slot[n] == GONE || (slot[n] == LEASED && holder[n]));
			n++
		:: else -> break
		od;
		do :: i < C -> waiting = waiting + waits[i]; i++ :: else -> break od
	};
	nobody_sleeps_beside_an_idle_slot = !(idle && queued > 0);
	no_surplus_stays = !(idle && queued == 0 && overflow > 0);
	the_queue_knows_who_waits = waiting == queued && queued == waiters && !(closed && queued > 0);
	assert(nobody_sleeps_beside_an_idle_slot);
	assert(no_surplus_stays);
	no_other_is_dismissed = gone <= OVER;
	assert(no_other_is_dismissed);
	assert(no_slot_is_lost);
	assert(the_queue_knows_who_waits)
}

init {
	byte n;
	atomic {
		do :: n < S -> hint[n] = 1; if :: OVER > 0 -> slot[n] = LEASED; holder[n] = n + 1 :: else fi; n++ :: else -> break od; n = 0;
		do :: n < C -> run Client(n); n++ :: else -> break od; n = 0;
#if SWEEPS
		do :: n < S -> run Worker(n); n++ :: else -> break od;
		run Sweeper();
#endif
#if SHEDS
		run Shedder();
#endif
#if CLOSES
		run Closer()
#endif
	}
}
