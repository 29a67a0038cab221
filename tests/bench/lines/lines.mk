# SPDX-License-Identifier: MIT
# lines.mk: builds the library into one program that follows its accesses to memory. Run by lines.sh, with `source`, the
# top of the sources.

VPATH = $(source)
compile = $(CC) -std=c11 -O2 -g -pthread -Wall -Wextra -Werror -MMD -MP -D_GNU_SOURCE -I$(source)/include
# The sanitizer's calls without the sanitizer, whose runtime is accesses.c.
followed = -fexceptions -fsanitize=thread -U__SANITIZE_THREAD__ -iquote $(source)/lib -DPOOLTOY_CHILD_PROGRAM='""'

library = $(patsubst $(source)/%.c,%.o,$(wildcard $(source)/lib/*.c))
ours = tests/bench/lines/lines.o tests/bench/lines/accesses.o

lines: $(library) $(ours)
	$(CC) -pthread -Wl,--wrap=pthread_mutex_lock,--wrap=pthread_mutex_unlock -o $@ $^ $(shell pkg-config --libs liburcu-bp)

$(library): compile += $(followed)
%.o: %.c
	@mkdir -p $(@D)
	$(compile) -c -o $@ $<

-include $(library:.o=.d) $(ours:.o=.d)
.DELETE_ON_ERROR:
