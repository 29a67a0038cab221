#!/bin/sh
# SPDX-License-Identifier: MIT
# faults_complete.sh: whatever the library asks of the system, and can be refused, faults.c can refuse.
. "$(dirname "$0")/../packaging/tap.sh"
archive=$builddir/tests/support/libpooltoy-faults.a
[ -f "$archive" ] || skip_all 'no CUnit, so no test that refuses anything'

# Not refused: what cannot fail as it is called (a state, a clock that every Linux has), or does not matter
# (a thread's name for ps); and the files of a cgroup, which need one. What a sanitizer's compiler adds is not the library's.
harmless='pthread_setcancelstate|pthread_condattr_setclock|pthread_setname_np|sched_yield|open'

nothing_is_forgotten()
{
	$NM -u "$archive" | awk 'NF == 2 { print $2 }' | sort -u |
		grep -E 'alloc|^fcntl|^mmap|dup$|^pthread_.*(init|create|set|atfork)|^sem_|^open|^eventfd|^epoll_c|^socket|^setsockopt|^pipe|^getrandom|^sched_' |
		grep -vE '^(faults|sync|__[a-z]+san)_' | grep -vxE "$harmless" >"$scratch/forgotten"
	nothing_in "$scratch/forgotten"
}

# A name that the library does not use any more, or not yet.
nothing_is_listed_in_vain()
{
	cut -d ' ' -f 2 "$srcdir/tests/support/faults.syms" | while read -r name; do
		$NM -u "$archive" | grep -qw "$name" || echo "$name"
	done >"$scratch/vain"
	nothing_in "$scratch/vain"
}

check 'nothing that may fail is forgotten' nothing_is_forgotten
check 'nothing is listed in vain' nothing_is_listed_in_vain
done_testing
