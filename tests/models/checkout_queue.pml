/* SPDX-License-Identifier: MIT */
/*
 * The broker (lib/broker.h, lib/checkout_queue.h, lib/idle_hints.h) as a Spin model, sequentially
 * consistent.
 *
 *   spin -a -DS=2 -DC=4 -DT=1 -DTRY=1 checkout_queue.pml
 *   gcc -O2 -DSAFETY -DCOLLAPSE -DVECTORSZ=2048 -o pan pan.c && ./pan -m3000000
 *
 * S slots, C clients. Client 0 may time out (T=1), client 1 only tries (TRY=1). With OVER=n the
 * first S clients begin as holders, and n of the slots are overflow, to be dismissed when nobody
 * waits. A holder may hold forever, so that a waiter that sleeps beside an idle slot is found even
 * though it would be served at some later checkin. Laws: nobody sleeps beside an idle slot; one
 * holder a slot; no overflow slot stays idle. Seen: no error with S=2 C=4 T=1 TRY=1 (27 million
 * states), and with S=2 C=3 OVER=2 T=1; in 100 million states of
 * S=2 C=4 OVER=1 (-DBITSTATE). Each of these twins leaves one rule out, and fails:
 *
 *   -DTWIN_TOOK     (S=2 C=4)          a waiter that found a slot does not look for the one behind it
 *   -DTWIN_GRANT    (S=2 C=4)          a granter does not look for the one behind the one it granted
 *   -DTWIN_TIMEOUT  (S=1 C=3 T=1)      a waiter that gives up does not pass its nudge on
 *   -DTWIN_HINT     (S=1 C=3 TRY=1)    who sets a hint again does not look at the waiters
 *   -DTWIN_SURPLUS  (S=2 C=3 OVER=2)   who leaves the queue does not tell the manager of surplus
 *   -DTWIN_FREED    (S=2 C=3 OVER=2)   who made a slot idle for a waiter that has left does not
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
#define GONE 2
#define IDLE 0
#define LEASED 1

byte slot[S]; byte holder[S];          /* holder: client + 1, for the assertions only */
bool hint[S];
byte waiters, overflow = OVER; bool queue_lock, demand;
byte queue[C]; byte queued;            /* FIFO of client + 1 */
bool granted[C]; byte granted_slot[C]; bool nudged[C];

inline lock()   { atomic { !queue_lock -> queue_lock = 1 } }
inline unlock() { queue_lock = 0 }
inline unlink(c) {
	d_step { i = 0; j = 0;
		do :: i < queued -> if :: queue[i] == c + 1 -> skip :: else -> queue[j] = queue[i]; j++ fi; i++ :: else -> break od;
		queued = j; waiters--; i = 0; j = 0 }
}
inline nudge_head() { if :: queued > 0 -> nudged[queue[0] - 1] = 1 :: else fi }
inline look_for_the_next() {           /* under the lock, after an unlink for whatever reason */
	d_step { idle = 0; i = 0;
		do :: i < S -> if :: slot[i] == IDLE -> idle = 1 :: else fi; i++ :: else -> break od; i = 0 }
	if :: idle -> nudge_head() :: else fi
}
inline take(k) {                       /* the CAS */
	atomic { if :: slot[k] == IDLE -> slot[k] = LEASED; assert(holder[k] == 0); holder[k] = c + 1; mine = k; got = 1 :: else fi }
}
inline search() {
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
					if :: waiters > 0 -> lock(); nudge_head(); unlock() :: else fi
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
inline put(s) {                        /* the hint, then the look at the waiters */
	if :: !hint[s] -> hint[s] = 1 :: else fi;
	if :: waiters > 0 -> lock(); nudge_head(); unlock() :: else fi
}
inline drop_overflow() { atomic { if :: overflow > 0 -> overflow--; dropped = 1 :: else -> dropped = 0 fi } }
inline tell_manager() { if :: waiters == 0 && overflow > 0 -> demand = 1 :: else fi }
inline make_idle(s) {
	dropped = 0; seen = waiters;
	if :: seen == 0 -> drop_overflow() :: else fi;
	atomic { holder[s] = 0; if :: dropped -> slot[s] = GONE :: else -> slot[s] = IDLE fi };
	if
	:: !dropped ->
		put(s);
#ifndef TWIN_FREED
		if :: seen > 0 -> tell_manager() :: else fi
#endif
	:: else
	fi
}

proctype Client(byte c) {
	byte i, j, k, mine, h, seen; bool idle, got, dropped;
	if :: OVER > 0 && c < S -> atomic { got = 1; mine = c } :: else fi;
	if
	:: !got && waiters == 0 -> k = c % S; take(k); search()     /* the affine hint, then the bitmap */
	:: else
	fi;
	if
	:: !got && !(TRY && c == 1) ->
		lock(); waiters++; queue[queued] = c + 1; queued++; granted[c] = 0; nudged[c] = 0; unlock();
look:		search();
		if
		:: got ->
			lock();
			if
			:: granted[c] -> h = granted_slot[c]; unlock(); make_idle(h)      /* granted meanwhile: give one back */
			:: else ->
				unlink(c);
#ifndef TWIN_TOOK
				look_for_the_next();
#endif
				unlock()
			fi;
#ifndef TWIN_SURPLUS
			tell_manager()
#endif
		:: else ->
endpark:		if
			:: granted[c] -> lock(); mine = granted_slot[c]; got = 1; unlock()
			:: nudged[c] -> nudged[c] = 0; goto look
			:: T && c == 0 && !granted[c] ->
				lock();
				if
				:: granted[c] -> mine = granted_slot[c]; got = 1; unlock()
				:: else ->
					unlink(c);
#ifndef TWIN_TIMEOUT
					look_for_the_next();
#endif
					unlock();
#ifndef TWIN_SURPLUS
					tell_manager()
#endif
				fi
			fi
		fi
	:: else
	fi;
	if
	:: got ->
		assert(holder[mine] == c + 1);
		if
		:: true
		:: true ->
endhold:		false                                              /* holds forever */
		fi;
		if
		:: waiters > 0 ->                                              /* the head starves: hand over, never IDLE */
			lock();
			if
			:: queued > 0 ->
				h = queue[0] - 1; unlink(h);
				holder[mine] = h + 1; granted_slot[h] = mine; granted[h] = 1;
#ifndef TWIN_GRANT
				look_for_the_next();
#endif
				unlock();
#ifndef TWIN_SURPLUS
				tell_manager()
#endif
			:: else -> unlock(); make_idle(mine)
			fi
		:: true -> make_idle(mine)
		fi
	:: else
	fi
}

active proctype Manager() {            /* looks at the words, not at the hints, which may be away for a moment */
	byte m;
	bool dropped;
endwait:
	do
	:: demand ->
		demand = 0; m = 0;
		do
		:: m < S && waiters == 0 && overflow > 0 ->
			atomic { if :: slot[m] == IDLE -> slot[m] = GONE; dropped = 1 :: else -> dropped = 0 fi };
			if :: dropped -> drop_overflow() :: else fi;
			m++
		:: else -> break
		od
	od
}

active proctype Law() {
	byte i; bool idle;
end:	timeout;
	do :: i < S -> if :: slot[i] == IDLE -> idle = 1 :: else fi; i++ :: else -> break od;
	assert(!(idle && queued > 0));                                        /* nobody sleeps beside an idle slot */
	assert(!(idle && queued == 0 && overflow > 0))                        /* no surplus stays */
}

init {
	byte n;
	atomic {
		do :: n < S -> hint[n] = 1; if :: OVER > 0 -> slot[n] = LEASED; holder[n] = n + 1 :: else fi; n++ :: else -> break od; n = 0;
		do :: n < C -> run Client(n); n++ :: else -> break od
	}
}
