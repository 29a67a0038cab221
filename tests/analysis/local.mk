# Static analyzers: what they look for, and mistakes that they must find; bootstrap's verify runs them.
EXTRA_DIST += \
	.clang-tidy \
	doc/examples/.clang-tidy \
	tests/.clang-tidy \
	tools/.clang-tidy \
	%D%/analysis.sh \
	%D%/cppcheck.cfg \
	%D%/specimen.c \
	%D%/specimen.h
