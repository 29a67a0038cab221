# SPDX-License-Identifier: MIT
# The rung `tracing`: each script of doc/tracing answers its question, asked of a server with probes.
# shellcheck shell=sh disable=SC2154,SC2086

climb_tracing()
{
	need $build_packages bpftrace
	build_for_use tests/tracing/subject
	sh tests/tracing/scripts.sh "$PWD/build-use" >build/verify/tracing
	cat build/verify/tracing
	while IFS='	' read -r name result; do
		case $result in
		pass) row "$name" pass 1 question ;;
		fail*) row "$name" fail 1 question ;;
		esac
	done <build/verify/tracing
}
