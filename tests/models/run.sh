#!/bin/sh
# SPDX-License-Identifier: MIT
# run.sh: has Spin explore the models beside this script, and their twins, each to its end.
#
# usage: run.sh JOBS [MODEL...], in a directory for what it makes. Writes a line for each: the model with its
# configuration, pass or fail (of a twin: caught or missed), and the states that were stored, with tabs between.
#
# A twin has one rule left out, or one order weakened, and must fail: else the model shows nothing.
set -eu
here=$(cd "$(dirname "$0")" && pwd)

# MODEL MACRO...: each a run. A weak_ model is run on C11's memory, or with TSO on x86's.
runs()
{
	cat <<'TEXT'
checkout_queue S=2 C=3 T=1 TRY=1
checkout_queue S=2 C=3 T=1 OVER=1
checkout_queue S=2 C=3 T=1 OVER=2
checkout_queue S=1 C=2 T=1 SWEEPS=2
checkout_queue S=1 C=3 T=1 CLOSES=1
checkout_queue S=2 C=3 T=1 ABSENT=1
checkout_queue S=1 C=3 T=1 ABSENT=2
checkout_queue S=1 C=3 TRY=1 ABSENT=1
checkout_queue S=2 C=3 OVER=2 ABSENT=2
checkout_queue S=1 C=3 CLOSES=1 ABSENT=2
checkout_queue S=1 C=2 OVER=1 SHEDS=1
checkout_queue S=2 C=3 T=1 SHEDS=1
checkout_queue S=1 C=2 SHEDS=1 ABSENT=1
checkout_queue S=2 C=3 T=1 HIGH=1
checkout_queue S=1 C=3 T=1 HIGH=2
checkout_queue S=1 C=3 ABSENT=1 HIGH=1
checkout_queue S=1 C=3 ABSENT=2 HIGH=2
checkout_queue S=2 C=3 OVER=1 HIGH=1
checkout_queue S=2 C=4 TWIN_TOOK
checkout_queue S=2 C=4 TWIN_GRANT
checkout_queue S=1 C=3 T=1 TWIN_TIMEOUT
checkout_queue S=1 C=3 TRY=1 TWIN_HINT
checkout_queue S=2 C=3 OVER=2 TWIN_SURPLUS
checkout_queue S=2 C=3 OVER=2 TWIN_FREED
checkout_queue S=2 C=3 OVER=1 TWIN_TWICE
checkout_queue S=1 C=3 SWEEPS=1 TWIN_RESTART
checkout_queue S=1 C=2 SWEEPS=1 TWIN_STALE
checkout_queue S=1 C=2 ABSENT=1 TWIN_STEAD
checkout_queue S=2 C=4 ABSENT=2 TWIN_BEHIND
checkout_queue S=1 C=2 ABSENT=1 TWIN_LAST
checkout_queue S=2 C=4 OVER=1 ABSENT=2 TWIN_SERVED
checkout_queue S=1 C=3 CLOSES=1 TWIN_CLOSE
checkout_queue S=1 C=3 CLOSES=1 TWIN_ENTER
checkout_queue S=1 C=3 TWIN_TOLD
checkout_queue S=1 C=3 TWIN_LOOKED
checkout_queue S=1 C=3 SHEDS=1 TWIN_SHED
slot_word KILL=1
slot_word PAUSE=1 KILL=1 OPS=0
slot_word ADOPT=1
slot_word KILL=1 TWIN_EXIT
slot_word TWIN_CALL
slot_word TWIN_CAST
slot_word TWIN_CLAIM
slot_word TWIN_CLOSE
slot_word TWIN_DROP
slot_word PAUSE=1 OPS=0 TWIN_PAUSE
slot_word PAUSE=1 OPS=0 TWIN_FOLLOW
weak_overflow
weak_overflow TSO
weak_overflow SIZE=0 TIMES_OUT
weak_overflow TSO TIMES_OUT
weak_overflow TSO ADOPTED
weak_overflow TSO FAILS
weak_overflow TSO SIZE=0 KILLED
weak_overflow TWIN_FREED
weak_overflow TSO TIMES_OUT TWIN_EARLY
weak_overflow TSO SIZE=0 KILLED TWIN_MOVED
weak_overflow SIZE=0 TIMES_OUT TWIN_SURPLUS
weak_overflow SIZE=0 TWIN_ROOM
weak_overflow SIZE=0 TWIN_ASLEEP
weak_waiters
weak_waiters TSO
weak_waiters TSO W=2
weak_waiters TSO W=2 TWIN_TIMEOUT
weak_waiters TSO W=2 TWIN_HEAD
weak_tasks TSO TRY
weak_tasks TSO TRY TWIN_AGAIN
weak_ring TSO W=2
weak_ring TSO W=2 TWIN_REST
weak_ring TSO W=2 TWIN_LEFT
weak_completion MAX=1
weak_completion TSO MAX=1
weak_completion MAX=1 TWIN_REST
weak_messages TASK
weak_messages TASK TSO
weak_messages TASK TWIN_PUT
weak_messages TASK TWIN_CLAIM
TEXT
	twins weak_waiters COUNT COUNT_ORDER FREE FREE_ORDER WAITED_FOR HINT LOOK
	both 'weak_waiters TOLD'
	twins 'weak_waiters TOLD' CLEAR TOLD LOOKED
	both weak_hints
	twins weak_hints FREE FREE_ORDER PUT SET SET_ORDER SUMMARY HINT CLEAR CLEAR_ORDER UNHINT UNHINT_ORDER SLOT WORD
	both weak_rouse
	twins weak_rouse POST ROUSE PARK LOOK ONCE REPLY
	both weak_channel
	twins weak_channel PASS RING DOZE NEWS ONCE MESSAGE
	both weak_mailbox
	twins weak_mailbox POSTED POSTED_ORDER POST UNPARK UNPARK_ORDER TAKE TAKE_ORDER WAKE WAKE_ORDER SIGNAL
	both weak_interrupt
	twins weak_interrupt ENTER ENTER_LOOK INTERRUPT NOTIFIER HALT ERRAND LEAVE
	both 'weak_interrupt CALLER'
	twins 'weak_interrupt CALLER' AGAIN AGAIN_ORDER HURRY HOLD
	both 'weak_interrupt ABSENT'
	twins 'weak_interrupt ABSENT' LEFT
	both weak_owed
	twins weak_owed ENTER LOOK OWE HOLD TAKE MAKE_UP
	both weak_flags
	twins weak_flags LOOK WORDS
	both weak_stop
	twins weak_stop LOOK OUTCOME SETTLE STOPPER
	both weak_tasks
	twins weak_tasks FREE FREE_ORDER READY MADE RING LOOK HINT SLOT IDLE SUBMIT
	both weak_ring
	twins weak_ring READY UNWATCH WATCHED FREE LOOK SLOT IDLE
	both weak_demand
	twins weak_demand READY ROOM POSTED TAKE SURPLUS LOOK
	both weak_ending
	twins weak_ending STATE REFUSAL TAIL DRAIN MIDDLE UNASKED
	both weak_completion
	twins weak_completion TELL TELL_ORDER RESET RESET_ORDER WORD AGAIN
	both weak_messages
	twins weak_messages ANSWER FREE GRANT LEASE LOOK OUTCOME POST REPLY RUN VACATE
}

both()
{
	printf '%s\n%s TSO\n' "$1" "$1"
}

twins()
{
	model=$1
	shift
	for twin; do
		echo "$model TWIN_$twin"
	done
}

# search OPTIONS ROOM ARGUMENT...
search()
{
	options=$1 room=$2
	shift 2
	spin -a "$@"
	# shellcheck disable=SC2086 # one argument for each
	gcc $options -w -DMEMLIM=6000 -DVECTORSZ=2048 -DSAFETY -DCOLLAPSE -o pan pan.c
	# shellcheck disable=SC2086 # two arguments
	./pan $room -n -RS1
}

# explore NUMBER MODEL MACRO...: in a directory of its own.
explore()
{
	number=$1 model=$2 title=$*
	title=${title#* }
	shift 2
	macros=
	for macro; do
		macros="$macros -D$macro"
	done
	# A small twin fails at once: what it takes is its compiler. Some fail sooner in another order than the usual
	# one, by chance but always the same.
	case $title in
	weak_*TWIN_*) options=-O0 ;;
	weak_*) options=-O1 ;;
	*TWIN_TOOK | *TWIN_GRANT) options='-O2 -DP_RAND -DT_RAND' ;;
	*) options=-O2 ;;
	esac
	# Memory for the depth and the states, which most of the time of a small model would go to.
	case $title in
	weak_*) room='-m100000 -w20' ;;
	*) room='-m2000000 -w24' ;;
	esac
	rm -rf "run.$number" && mkdir "run.$number" && cd "run.$number"
	cp "$here"/*.pml .
	# shellcheck disable=SC2086 # one argument for each
	search "$options" "$room" $macros "$model.pml" >output 2>&1 || :
	states=$(sed -n 's/^ *\([0-9]*\) states, stored.*/\1/p' output)
	verdict=broken
	if grep -q 'errors: 0$' output && ! grep -qE 'not completed|depth too small|memory limit|truncated' output; then
		verdict=holds
	elif grep -q 'assertion violated\|invalid end state' output; then
		verdict=fails
	fi
	case $title:$verdict in
	*TWIN_*:fails) result=caught ;;
	*TWIN_*) result=missed ;;
	*:holds) result=pass ;;
	*) result=fail ;;
	esac
	case $result in
	pass | caught) ;;
	*) cat output >&2 ;;
	esac
	printf '%s\t%s\t%s\n' "$title" "$result" "${states:-0}"
	cd .. && rm -rf "run.$number"
}

# A twin that the list above has forgotten is one that nobody runs.
forgotten()
{
	for file in "$here"/*.pml; do
		model=$(basename "$file" .pml)
		grep -o '\bTWIN_[A-Z_]*' "$file" | sort -u | while read -r twin; do
			runs | grep -q "^$model .*$twin\$" || printf '%s %s\tmissed\t0\n' "$model" "$twin"
		done
	done
}

if [ "${1-}" = explore ]; then
	shift
	explore "$@"
	exit
fi
jobs=$1
shift
forgotten
runs | grep -E "^($(echo "${*:-.*}" | tr ' ' '|'))( |\$)" | awk '{ print NR, $0 }' |
	xargs -P "$jobs" -L 1 sh "$0" explore
