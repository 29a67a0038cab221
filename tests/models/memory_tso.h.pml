/* SPDX-License-Identifier: MIT */
/*
 * x86's memory: a thread's stores wait in a buffer of its own, and come out of it in their order,
 * at any time. A thread sees its own stores at once. A read-modify-write, whatever its order, a
 * sequentially consistent store, and a gate (locks and parkers are made of the former) go on only
 * when the buffer is empty.
 */
#ifndef BUFFER
#define BUFFER 4
#endif

byte memory[LOCATIONS];
byte buffer_location[THREADS * BUFFER], buffer_number[THREADS * BUFFER], buffered[THREADS];
byte each;                                      /* scratch, 0 between operations */

#define LATEST(location) memory[location]
#define START(location, number) memory[location] = number
#define DRAINED (buffered[t] == 0)

active [THREADS] proctype Buffer() {
#define FIRST (_pid * BUFFER)
end:	do
	:: d_step {
		buffered[_pid] > 0 ->
		memory[buffer_location[FIRST]] = buffer_number[FIRST];
		buffered[_pid]--;
		do
		:: each < buffered[_pid] ->
			buffer_location[FIRST + each] = buffer_location[FIRST + each + 1];
			buffer_number[FIRST + each] = buffer_number[FIRST + each + 1];
			each++
		:: else -> break
		od;
		buffer_location[FIRST + each] = 0; buffer_number[FIRST + each] = 0; each = 0
	}
	od
}

inline LOAD(variable, location, order) {
	d_step {
		variable = memory[location];
		do
		:: each < buffered[t] ->
			if
			:: buffer_location[t * BUFFER + each] == (location) -> variable = buffer_number[t * BUFFER + each]
			:: else
			fi;
			each++
		:: else -> break
		od;
		each = 0
	}
}

inline STORE(location, number, order) {
	d_step {
		buffered[t] < BUFFER ->
		buffer_location[t * BUFFER + buffered[t]] = location;
		buffer_number[t * BUFFER + buffered[t]] = number;
		buffered[t]++
	};
	if :: (order) == SEQ_CST -> DRAINED :: else fi
}

inline EXCHANGE(before, location, number, order) {
	d_step { DRAINED -> before = memory[location]; memory[location] = number }
}

inline CAS(ok, location, from, to, order) {
	d_step {
		DRAINED -> ok = memory[location] == (from);
		if :: ok -> memory[location] = to :: else fi
	}
}

inline PASS(g) { atomic { DRAINED && gate[g] -> gate[g] = false } }
inline OPEN(g) { atomic { DRAINED -> gate[g] = true } }
