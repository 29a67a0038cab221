# SPDX-License-Identifier: MIT
# bench.mk: builds the benchmark beside an installed pooltoy. Run by bench.sh, in the directory where all of
# it goes, with `source` (this directory), `prefix` (where pooltoy is installed) and `unmeasured` (where the library
# that measures no lease and no call is). A makefile apart: no build of the library ever asks for what the rivals need.

VPATH = $(source)
# The same for ours and for the rivals.
flags = -O2 -g -pthread -Wall -Wextra -Werror -MMD -MP -D_GNU_SOURCE -I$(source) $(PACKAGE_CFLAGS)
compile_c = $(CC) -std=c11 $(flags)
compile_cxx = $(CXX) -std=c++17 $(flags)

pkg_config = PKG_CONFIG_PATH=$(prefix)/lib/pkgconfig:$$PKG_CONFIG_PATH pkg-config
package_cflags = $(shell $(pkg_config) --cflags $(1) | sed 's/-I */-isystem /g')
package_libs = $(shell $(pkg_config) --libs $(1))

# Subjects in C: each a program of its own, with the scenarios in it.
limits = limit_create_join limit_fork_exec limit_futex limit_pipe limit_rmw limit_socket limit_spin
in_c = apr_reslist gthreadpool libuv mutex_cond pooltoy pooltoy_process pooltoy_unmeasured tbb $(limits)
elsewhere = go_chan go_sql hikari hikari_bag poolboy gen_server

all: bench $(in_c:%=subjects/%) $(elsewhere:%=subjects/%)

scenario_objects = $(patsubst $(source)/%.c,%.o,$(wildcard $(source)/scenarios/*.c))
harness_objects = $(patsubst $(source)/%.c,%.o,$(wildcard $(source)/harness/*.c))
pooltoy_all = $(patsubst $(source)/%.c,%.o,$(wildcard $(source)/subjects/pooltoy*.c))
pooltoy_objects = $(filter-out subjects/pooltoy_process%,$(pooltoy_all))
process_objects = subjects/pooltoy_call.o subjects/pooltoy_pools.o
process_worker = subjects/libprocess_worker.so
mutex_cond_objects = $(patsubst $(source)/%.c,%.o,$(wildcard $(source)/subjects/mutex_cond*.c))

%.o: %.c
	@mkdir -p $(@D)
	$(compile_c) -c -o $@ $<

bench: $(harness_objects)
	$(compile_c) -o $@ $^ -lm

subjects/%: subjects/%.o $(scenario_objects)
	$(compile_c) -o $@ $^ $(LIBS)

subjects/pooltoy: $(pooltoy_objects)
subjects/pooltoy_unmeasured: $(pooltoy_objects) $(scenario_objects)
	$(compile_c) -o $@ $^ $(LIBS)
subjects/mutex_cond: $(mutex_cond_objects)
subjects/pooltoy_process: $(process_objects) $(process_worker)
subjects/limit_pipe subjects/limit_socket: subjects/limit_child.o

$(pooltoy_all): PACKAGE_CFLAGS = $(call package_cflags,pooltoy)
pooltoy_libs = -Wl,-rpath,$(prefix)/lib $(call package_libs,pooltoy)
subjects/pooltoy: LIBS = $(pooltoy_libs)
subjects/pooltoy_unmeasured: LIBS = -Wl,-rpath,$(unmeasured) $(unmeasured)/libpooltoy.so
# Its worker's shared object is linked, which is how the library finds it for the child processes.
subjects/pooltoy_process: LIBS = -Wl,-rpath,$(CURDIR)/subjects $(pooltoy_libs)
subjects/pooltoy_process_worker.o scenarios/affinity.o: flags += -fPIC
$(process_worker): subjects/pooltoy_process_worker.o scenarios/affinity.o
	$(compile_c) -shared -Wl,-soname,$(@F) -o $@ $^ $(pooltoy_libs)
subjects/apr_reslist.o: PACKAGE_CFLAGS = $(call package_cflags,apr-util-1 apr-1)
subjects/apr_reslist: LIBS = $(call package_libs,apr-util-1 apr-1)
subjects/gthreadpool.o: PACKAGE_CFLAGS = $(call package_cflags,glib-2.0)
subjects/gthreadpool: LIBS = $(call package_libs,glib-2.0)
subjects/libuv.o: PACKAGE_CFLAGS = $(call package_cflags,libuv)
subjects/libuv: LIBS = $(call package_libs,libuv)

subjects/tbb.o: subjects/tbb.cc
	@mkdir -p $(@D)
	$(compile_cxx) -c -o $@ $<
subjects/tbb: subjects/tbb.o $(scenario_objects)
	$(compile_cxx) -o $@ $^ -ltbb

# Subjects in languages with a runtime of their own: a program, or a script that starts one.
go_sources = $(wildcard $(source)/go/*.go)
subjects/go_chan subjects/go_sql: $(go_sources)
	@mkdir -p $(@D)
	GO111MODULE=off GOCACHE=$(CURDIR)/go-cache go build -o $@ $^

jars = /usr/share/java/HikariCP.jar:/usr/share/java/slf4j-api.jar:/usr/share/java/slf4j-nop.jar
java/Bench.class: $(wildcard $(source)/java/*.java)
	@mkdir -p $(@D)
	javac -Xlint:all -Werror -d java -cp $(jars) $^
subjects/hikari subjects/hikari_bag: java/Bench.class $(source)/bench.mk
	@mkdir -p $(@D)
	printf '#!/bin/sh\nexec java -cp %s Bench %s\n' '$(CURDIR)/java:$(jars)' $(@F) >$@
	chmod +x $@

erlang/bench.beam: $(wildcard $(source)/erlang/*.erl)
	@mkdir -p $(@D)
	erlc -Wall -Werror -o erlang $^
subjects/poolboy subjects/gen_server: erlang/bench.beam $(source)/bench.mk
	@mkdir -p $(@D)
	printf '#!/bin/sh\nERL_CRASH_DUMP_SECONDS=0 exec erl -noshell -kernel logger_level none +P 1000000 -pa %s -s bench main %s\n' '$(CURDIR)/erlang' \
		$(@F) >$@
	chmod +x $@

-include $(wildcard */*.d)
.PHONY: all
.SECONDARY:
.DELETE_ON_ERROR:
