# The library. To add a file: one line in the list of its layer, alphabetically; a layer includes
# nothing from those below it in this file (tests/packaging/layers.txt is the check's own table).

lib_base =

lib_structures =

lib_actors =

lib_whole =

lib_sources = $(lib_base) $(lib_structures) $(lib_actors) $(lib_whole)

# All objects, hidden symbols included: what unit tests link, and what the library is made of.
noinst_LTLIBRARIES += %D%/libpooltoy-all.la
%C%_libpooltoy_all_la_SOURCES = $(lib_sources)
# -fexceptions: a thread that is cancelled or exits inside a callback unwinds through our frames.
%C%_libpooltoy_all_la_CFLAGS = $(AM_CFLAGS) -fvisibility=hidden -fexceptions
%C%_libpooltoy_all_la_LIBADD = $(URCU_LIBS)
%C%_libpooltoy_all_la_LDFLAGS =

lib_LTLIBRARIES += %D%/libpooltoy.la
%C%_libpooltoy_la_SOURCES =
%C%_libpooltoy_la_LIBADD = %D%/libpooltoy-all.la $(URCU_LIBS)
# nodelete: after dlclose, threads that end still run our thread-specific destructor.
%C%_libpooltoy_la_LDFLAGS = -version-info 0:0:0 -no-undefined -pthread $(SANITIZER_CFLAGS) \
	-Wl,-z,nodelete -Wl,--version-script=$(srcdir)/%D%/pooltoy.map
if !SANITIZED
%C%_libpooltoy_la_LDFLAGS += -Wl,-z,defs
endif
EXTRA_lib_libpooltoy_la_DEPENDENCIES = %D%/pooltoy.map
EXTRA_DIST += %D%/pooltoy.map

pkgconfig_DATA = %D%/pooltoy.pc
