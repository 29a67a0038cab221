/* SPDX-License-Identifier: MIT */
/*
 * One slot's word, call cell and queue of casts (lib/slot.h, lib/cell.h, lib/worker.c) as a Spin
 * model, sequentially consistent.
 *
 * With KILL=1 a kill may come at any time; with ADOPT=1 leases are handed over; with PAUSE=1 the
 * slot is withheld for a while (lib/withhold.c). run.sh has the configurations that were explored,
 * and those that show the twins.
 *
 * Two holders one after the other, a third thread with a copy of the first lease, a worker that may
 * crash in its handler, a kill. Laws: one thread in the state at a time; nobody in it after
 * terminate; terminate once; no slot stuck; a fresh lease finds nothing left over; none is granted
 * between a pause's return and the resume. Each of these twins leaves one rule out, and fails:
 *
 *   -DTWIN_EXIT    terminate does not wait for a borrower
 *   -DTWIN_CALL    reset does not wait for a call that outlived its lease
 *   -DTWIN_CAST    the same for casts
 *   -DTWIN_CLAIM   a call may be posted while the state is borrowed
 *   -DTWIN_CLOSE   closing a client frees a borrowed lease at once
 *   -DTWIN_DROP    the way out leaves casts in the queue
 *   -DTWIN_PAUSE   a pause withholds the slot only if it is idle, not if it comes to be so later
 *   -DTWIN_FOLLOW  two threads may make the word follow what is to be withheld side by side
 */
#ifndef KILL
#define KILL 0
#endif
#ifndef ADOPT
#define ADOPT 0
#endif
#ifndef PAUSE
#define PAUSE 0
#endif
#ifndef OPS
#define OPS 2
#endif

mtype = { VACANT, IDLE, LEASED, RESETTING, STOPPING };
mtype = { EMPTY, FILLING, POSTED, RUNNING, REPLIED, ABANDONED, CRASHED };

mtype state = IDLE; byte gen; bool borrowed, calling, casting, withheld; /* the word */
bool paused, strict, locked;                                   /* it is to be withheld; and a pause has returned */
byte borrower;                                                 /* the thread: only it gives back, or its end does */
mtype cell = EMPTY; byte casts;
byte inside, terminated; bool lease_known; byte known_lease;   /* for the laws, and for the thread with the copy */

inline enter() { d_step { assert(inside == 0 && !terminated); inside++ } }
inline leave() { inside-- }
inline next_generation() { gen = (gen + 1) % 8 }

inline checkin(lease, self, dirty) {                           /* result: 0 done, 1 stale, 2 busy */
	atomic {
		if
		:: gen == lease && state == LEASED && borrowed && borrower != self -> result = 2
		:: gen == lease && state == LEASED && (!borrowed || borrower == self) ->
			next_generation(); borrowed = 0; result = 0;
			if :: calling || casting || dirty -> state = RESETTING :: else -> state = IDLE fi
		:: else -> result = 1
		fi
	}
}
inline close_client(lease) {                                   /* by any thread */
	atomic {
		if
		:: gen == lease && state == LEASED ->
#ifdef TWIN_CLOSE
			borrowed = 0;
#endif
			state = RESETTING;
			if :: borrowed :: else -> next_generation() fi     /* else give_back moves it */
		:: else
		fi
	}
}
inline give_back(self) {
	atomic { assert(borrowed && borrower == self); borrowed = 0; if :: state != LEASED -> next_generation() :: else fi }
}
inline stop_slot() { state = STOPPING; withheld = 0; if :: borrowed :: else -> next_generation() fi }

proctype Client(byte self; bool copy) {
	byte lease, n, result; bool ok;
	if
	:: copy -> endcopy: lease_known -> lease = known_lease
	:: !copy -> endwait: atomic { state == IDLE && !withheld -> assert(!strict && !borrowed && !calling && !casting && !casts); state = LEASED; lease = gen; known_lease = gen; lease_known = 1 }
	fi;
	do
	:: n < OPS ->
		n++;
		if
		:: true ->                                             /* lease_state */
			atomic { ok = (gen == lease && state == LEASED && !borrowed && !calling && !casting); if :: ok -> borrowed = 1; borrower = self :: else fi };
			if :: ok -> enter(); leave(); give_back(self) :: else fi
		:: true ->                                             /* call */
#ifdef TWIN_CLAIM
			atomic { ok = (gen == lease && state == LEASED && !calling); if :: ok -> calling = 1 :: else fi };
#else
			atomic { ok = (gen == lease && state == LEASED && !borrowed && !calling); if :: ok -> calling = 1 :: else fi };
#endif
			if
			:: ok ->
				assert(cell == EMPTY); cell = FILLING; cell = POSTED;
				if
				:: (cell == REPLIED || cell == CRASHED); cell = EMPTY; calling = 0
				:: true ->                                     /* the caller's time is over */
					atomic {
						if
						:: cell == POSTED -> cell = EMPTY; result = 0
						:: cell == RUNNING -> cell = ABANDONED; result = 1
						:: else -> result = 2
						fi };
					if
					:: result == 0 -> calling = 0
					:: result == 1                             /* the worker clears up */
					:: result == 2 -> cell = EMPTY; calling = 0
					fi
				fi
			:: else
			fi
		:: casts == 0 ->                                       /* a cast: the claim and the queue, under its lock */
			atomic {
				if
				:: casts == 0 && gen == lease && state == LEASED && !borrowed -> casting = 1; casts++
				:: else
				fi }
		:: ADOPT && n == 1 ->                                  /* handed over: the copy turns stale */
			atomic {
				if
				:: gen == lease && state == LEASED && !borrowed && !calling ->
					next_generation(); lease = gen
				:: else
				fi }
		:: true
		fi
	:: break
	od;
	if
	:: true -> checkin(lease, self, 0); if :: result == 2 -> close_client(lease) :: else fi
	:: true -> checkin(lease, self, 1); if :: result == 2 -> close_client(lease) :: else fi     /* the thread's end */
	:: true -> close_client(lease)
	:: copy
	fi
}

proctype Worker() {
	bool ok;
endidle:
	do
	:: casting ->                                                  /* casts go before the call that came after them */
		atomic {
			if
			:: casts > 0 -> casts--; ok = 1
			:: else -> casting = 0; ok = 0
			fi };
		if :: ok -> enter(); leave() :: else fi
	:: atomic { cell == POSTED && !casting -> cell = RUNNING };
		enter();
		if
		:: true -> leave();
			atomic { ok = (cell == RUNNING); if :: ok -> cell = REPLIED :: else fi };
			if :: !ok -> cell = EMPTY; calling = 0 :: else fi
		:: true -> leave();                                    /* the handler says it is broken */
			atomic { if :: state != STOPPING -> stop_slot() :: else fi };
			atomic { ok = (cell == RUNNING); if :: ok -> cell = CRASHED :: else fi };
			if :: !ok -> cell = EMPTY; calling = 0 :: else fi;
			goto exiting
		fi
#ifdef TWIN_CALL
	:: atomic { state == RESETTING && !borrowed && !casting && cell != RUNNING && cell != ABANDONED }; enter(); leave();
#else
#ifdef TWIN_CAST
	:: atomic { state == RESETTING && !borrowed && !calling }; enter(); leave();
#else
	:: atomic { state == RESETTING && !borrowed && !calling && !casting }; enter(); leave();
#endif
#endif
		atomic { if :: state == RESETTING -> state = IDLE :: else fi }
	:: atomic { state == STOPPING }; goto exiting                  /* killed */
	od;
exiting:
#ifndef TWIN_DROP
	atomic { casts = 0; casting = 0 };                             /* under the queue's lock */
#endif
	do
	:: atomic { cell == POSTED -> cell = RUNNING };
		atomic { ok = (cell == RUNNING); if :: ok -> cell = CRASHED :: else fi };
		if :: !ok -> cell = EMPTY; calling = 0 :: else fi
#ifdef TWIN_EXIT
	:: atomic { !calling && !casting -> break }
#else
	:: atomic { !borrowed && !calling && !casting -> break }
#endif
	od;
	enter(); leave(); terminated++; assert(terminated == 1);
	state = VACANT
}

active proctype Law() {
end:	timeout;
	assert(state == IDLE || state == VACANT || state == LEASED);
	assert(!withheld);
	assert(!borrowed && !calling && !casting && !inside);
	assert(state != VACANT || terminated)
}

inline follow() {                                                      /* by who pauses or resumes, under the lock for that */
#ifndef TWIN_FOLLOW
	atomic { !locked -> locked = 1 };
#endif
	wish = paused;
	atomic {
		if
		:: state == STOPPING || state == VACANT
#ifdef TWIN_PAUSE
		:: state != STOPPING && state != VACANT && wish && state != IDLE
		:: state != STOPPING && state != VACANT && !(wish && state != IDLE) -> withheld = wish
#else
		:: else -> withheld = wish
#endif
		fi };
#ifndef TWIN_FOLLOW
	locked = 0
#endif
}
proctype Pauser() {
	bool wish;
	paused = 1; follow();
	atomic { strict = paused };                                         /* if nobody has resumed meanwhile */
	atomic { strict = 0; paused = 0 }; follow()
}
proctype Resumer() {                                                   /* another thread's, at any time */
	bool wish;
	atomic { strict = 0; paused = 0 }; follow()
}

proctype Killer() {                                                    /* pooltoy_kill_worker, or a sweep */
endkill: atomic { state != STOPPING && state != VACANT -> stop_slot() }
}

init { atomic { run Worker(); run Client(1, 0); run Client(2, 1); run Client(3, 0); if :: PAUSE -> run Pauser(); run Resumer() :: !PAUSE fi; if :: KILL -> run Killer() :: !KILL fi } }
