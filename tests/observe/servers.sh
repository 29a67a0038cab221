# SPDX-License-Identifier: MIT
# servers.sh: sourced by the tests of `pooltoy observe`, after tap.sh: servers to look at, and the observer.
# shellcheck shell=sh disable=SC2034,SC2154

tool=${TOOL:-$builddir/tools/pooltoy/pooltoy}
host=$builddir/tests/tool/host
XDG_RUNTIME_DIR=$scratch
# libpooltoy looks for the control library beside itself, which in the build is another folder.
LD_LIBRARY_PATH=$builddir/control/.libs${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
export XDG_RUNTIME_DIR LD_LIBRARY_PATH
unset POOLTOY_CONTROL POOLTOY_SERVER
servers=0 observer=''

# start_server: its PID in $server; it runs until its input, a pipe that this script holds open, is closed.
start_server()
{
	servers=$((servers + 1))
	mkfifo "$scratch/in-$servers" "$scratch/out-$servers"
	POOLTOY_CONTROL=1 "$host" <"$scratch/in-$servers" >"$scratch/out-$servers" 2>"$scratch/err-$servers" &
	server=$!
	case $servers in
	1) exec 7>"$scratch/in-$servers" ;;
	*) exec 8>"$scratch/in-$servers" ;;
	esac
	# shellcheck disable=SC2094
	read -r line <"$scratch/out-$servers" && [ "$line" = ready ]
}

# start_observer ARGUMENT...: its PID in $observer, its address in $url, its port in $port.
start_observer()
{
	rm -f "$scratch/url"
	mkfifo "$scratch/url"
	"$tool" observe -d 0.1 "$@" >"$scratch/url" 2>"$scratch/observer" &
	observer=$!
	read -r url <"$scratch/url" || return
	port=${url##*:}
	port=${port%/}
}

end_observer()
{
	[ -n "$observer" ] || return 0
	kill "$observer"
	wait "$observer"
	ended=$?
	observer=''
	return "$ended"
}

# eventually COMMAND...: it succeeds, soon.
eventually()
{
	tries=300
	until "$@"; do
		tries=$((tries - 1))
		[ "$tries" -gt 0 ] || return
		sleep 0.1
	done
}
