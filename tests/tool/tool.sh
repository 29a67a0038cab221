#!/bin/sh
# SPDX-License-Identifier: MIT
# tool.sh: pooltoy(1) against a server that runs.
# shellcheck disable=SC2094 # servers' outputs are looked at while they run
. "$(dirname "$0")/../packaging/tap.sh"
tool=$builddir/tools/pooltoy/pooltoy
host=$builddir/tests/tool/host
[ -x "$tool" ] || skip_all 'the tool is not built: no jansson'
XDG_RUNTIME_DIR=$scratch
# libpooltoy looks for the control library beside itself, which in the build is another folder.
LD_LIBRARY_PATH=$builddir/control/.libs${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
POOLTOY_WORKERS=$builddir/tools/pooltoy/workers/.libs
export XDG_RUNTIME_DIR LD_LIBRARY_PATH POOLTOY_WORKERS
unset POOLTOY_CONTROL POOLTOY_SERVER
servers=0

# start_server [PROGRAM [ARGUMENT]]: its PID in $server; it runs until its input, a pipe that this script holds open, is closed.
start_server()
{
	program=${1:-$host}
	servers=$((servers + 1))
	mkfifo "$scratch/in-$servers" "$scratch/out-$servers"
	POOLTOY_CONTROL=1 "$program" ${2+"$2"} <"$scratch/in-$servers" >"$scratch/out-$servers" 2>"$scratch/err-$servers" &
	server=$!
	case $servers in
	1) exec 7>"$scratch/in-$servers" ;;
	2) exec 8>"$scratch/in-$servers" ;;
	*) exec 9>"$scratch/in-$servers" ;;
	esac
	read -r line <"$scratch/out-$servers" && [ "$line" = ready ]
}

# says PATTERN COMMAND...: it succeeds, and a line of its output matches.
says()
{
	pattern=$1
	shift
	"$@" >"$scratch/said" 2>&1
	said=$?
	cat "$scratch/said"
	[ "$said" -eq 0 ] && grep -Eq -e "$pattern" "$scratch/said"
}

# fails STATUS PATTERN COMMAND...
fails()
{
	wanted=$1 pattern=$2
	shift 2
	"$@" >"$scratch/said" 2>&1
	said=$?
	echo "exit status $said:"
	cat "$scratch/said"
	[ "$said" -eq "$wanted" ] && grep -Eq -e "$pattern" "$scratch/said"
}

# comes WORD COMMAND...: what the command says has the word in it, soon.
comes()
{
	word=$1 tries=300
	shift
	until "$@" 2>&1 | grep -qF -e "$word"; do
		tries=$((tries - 1))
		[ "$tries" -gt 0 ] || return
		sleep 0.1
	done
}

json_is_good()
{
	for command in ls tree status 'status poolio' metrics; do
		# shellcheck disable=SC2086
		"$tool" --json $command | jq -e . >"$scratch/json" || return
	done
	"$tool" -j tree | jq -e 'any(.pools[0].workers[]; .holder.held_ns > 0)'
}

events_are_followed()
{
	"$tool" -n 2 events poolio >"$scratch/events" &
	follower=$!
	# It subscribes at some time.
	tries=300
	while kill -0 "$follower" 2>/dev/null; do
		"$tool" kill poolio any || :
		tries=$((tries - 1))
		[ "$tries" -gt 0 ] || return
		sleep 0.1
	done
	wait "$follower" || return
	cat "$scratch/events"
	[ "$(wc -l <"$scratch/events")" -eq 2 ] && grep -q 'pool "poolio"' "$scratch/events"
}

workers_are_replaced()
{
	"$tool" events pooly >"$scratch/replaced" &
	follower=$!
	comes 'all its workers have been replaced' replace_and_look
	code=$?
	kill "$follower"
	wait "$follower" 2>/dev/null
	return "$code"
}

# It subscribes at some time.
replace_and_look()
{
	"$tool" replace-workers pooly 1 >"$scratch/said"
	cat "$scratch/replaced"
}

# Without a count it would go on for good.
events_end_with_a_full_disk()
{
	"$tool" events poolio >/dev/full 2>"$scratch/full" &
	follower=$!
	tries=100
	while kill -0 "$follower" 2>/dev/null; do
		"$tool" kill poolio any || :
		tries=$((tries - 1))
		[ "$tries" -gt 0 ] || kill "$follower"
		sleep 0.1
	done
	wait "$follower"
	said=$?
	cat "$scratch/full"
	[ "$said" -eq 3 ] && grep -q 'cannot write' "$scratch/full"
}

no_line_ends_with_a_space()
{
	for command in ls tree status 'status poolio'; do
		# shellcheck disable=SC2086
		! "$tool" $command | grep -n ' $' || return
	done
}

# promtool reads the text format that OpenMetrics comes from: there a counter's type and help have the name of its
# sample, with _total; and units and the end are comments.
metrics_are_good()
{
	"$tool" metrics | awk '
		$1 == "#" && $2 == "TYPE" { is_counter[$3] = $4 == "counter" }
		$1 == "#" && ($2 == "TYPE" || $2 == "HELP") && is_counter[$3] { sub($3, $3 "_total") }
		{ print }' >"$scratch/metrics"
	[ "$(tail -n 1 "$scratch/metrics")" = '# EOF' ] || return
	promtool check metrics <"$scratch/metrics" >"$scratch/said" 2>&1
	said=$?
	cat "$scratch/said"
	[ "$said" -eq 0 ] && nothing_in "$scratch/said"
}

a_terminal_is_not_told_what_to_do()
{
	! "$tool" tree 2>&1 | grep "$(printf '\033')"
}

# Here the program's name would tell it, in what is said of several servers, and in top's head.
nor_by_the_name_of_a_program()
{
	escape=$(printf '\033')
	ln -s "$host" "$scratch/ho${escape}[7mst" && start_server "$scratch/ho${escape}[7mst" || return
	"$tool" tree >"$scratch/named" 2>&1
	"$tool" -s "$server" -n 1 top >>"$scratch/named" 2>&1
	"$tool" ls >>"$scratch/named" 2>&1
	exec 9>&-
	wait "$server"
	cat -v "$scratch/named"
	[ "$(grep -cF 'ho?[7mst' "$scratch/named")" -ge 3 ] && ! grep "$escape" "$scratch/named"
}

completes()
{
	command -v bash >/dev/null || return 0
	# shellcheck disable=SC2016
	bash -c '
		. "$1"
		COMP_WORDS=(pooltoy "$2") COMP_CWORD=1
		_pooltoy
		echo "${COMPREPLY[*]}"
		COMP_WORDS=("$3" status "") COMP_CWORD=2
		_pooltoy
		echo "${COMPREPLY[*]}"' bash "$srcdir/tools/pooltoy/completions/pooltoy" statu "$tool" >"$scratch/completed"
	cat "$scratch/completed"
	[ "$(sed -n 1p "$scratch/completed")" = status ] && [ "$(sed -n 2p "$scratch/completed")" = 'poolio pooly' ]
}

# A pool's name is what somebody has made it.
completion_runs_nothing()
{
	command -v bash >/dev/null || return 0
	# shellcheck disable=SC2016
	printf '#!/bin/sh\necho POOL\necho '\''$(>"$RAN")'\''\n' >"$scratch/server"
	chmod +x "$scratch/server"
	# shellcheck disable=SC2016
	RAN=$scratch/ran bash -c '
		. "$1"
		COMP_WORDS=("$2" status "") COMP_CWORD=2
		_pooltoy
		echo "${COMPREPLY[*]}"' bash "$srcdir/tools/pooltoy/completions/pooltoy" "$scratch/server" >"$scratch/completed"
	cat "$scratch/completed"
	[ ! -e "$scratch/ran" ] && grep -qF '\$\(\>' "$scratch/completed"
}

page_names_all_commands()
{
	"$tool" --help | sed -n 's/^  \([a-z-]*\) .*/\1/p' | while read -r command; do
		grep -q "^\.It Ic $command" "$srcdir/doc/man/pooltoy.1" || echo "pooltoy.1 lacks $command"
		grep -qw "$command" "$srcdir/tools/pooltoy/completions/pooltoy" || echo "the completion lacks $command"
	done >"$scratch/lacks"
	nothing_in "$scratch/lacks"
}

# The session of PoolToy's documents, as it is typed.
cat >"$scratch/session" <<'TEXT'
start_pool poolio doubler 3
start_pool pooly doubler 3
checkout poolio
call 21            # by the lease taken last
kill poolio manager
! call 21          # its lease has ended with it
! checkin
checkout(poolio)
call(1, -4)
! call 1 hello     # the doubler takes ints alone
! call 7 1
kill poolio any
resize pooly 4 1
checkout pooly
checkin 2
tree
stop_pool pooly
! checkout pooly
TEXT

shell_runs_the_session()
{
	"$tool" shell <"$scratch/session" >"$scratch/typed" || return
	cat "$scratch/typed"
	grep -qx 42 "$scratch/typed" && grep -qx -e -8 "$scratch/typed" &&
		grep -qxF '* pool "poolio" crashed: manager: killed' "$scratch/typed" &&
		grep -q '^  pool pooly .* size 4 (+1) ' "$scratch/typed" &&
		grep -q '^  pool poolio .* instance 2, 1 restart, ' "$scratch/typed" || return
	"$tool" shell "$scratch/session" | grep -qx 42
}

the_pool_named_last_is_meant()
{
	types 'start_pool poolio doubler 2' 'start_pool pooly doubler 1' checkout 'call 21' 'kill manager' \
		'! checkout poola' 'status poolio' checkout 'kill supervisor' 'kill any' tree >"$scratch/typed" || return
	cat "$scratch/typed"
	grep -qx 'lease 1: worker 0 of pooly' "$scratch/typed" && grep -qx 42 "$scratch/typed" &&
		grep -qxF '* pool "pooly" crashed: manager: killed' "$scratch/typed" &&
		grep -Eqx 'lease 2: worker [01] of poolio' "$scratch/typed" &&
		grep -q '^  pool poolio .* instance 1, 0 restarts, 1 worker died' "$scratch/typed"
}

# With a terminal, lines are typed, and what fails ends nothing.
shell_is_typed_in()
{
	printf '%s\n' 'start_pool poolio doubler 1' 'fly' 'checkout poolio' 'call 21' 'quit' |
		HOME=$scratch script -qec "'$tool' shell" /dev/null | tr -d '\r' >"$scratch/typed"
	cat "$scratch/typed"
	grep -qx 42 "$scratch/typed" && grep -q 'no command fly' "$scratch/typed"
}

top_is_plain_in_a_pipe()
{
	"$tool" -n 2 -d 0.1 top leased >"$scratch/top" || return
	cat "$scratch/top"
	[ "$(grep -c '^POOL  *STATE  *SIZE ' "$scratch/top")" -eq 2 ] && ! grep -q "$(printf '\033')" "$scratch/top" &&
		grep -Eq "^ *[0-9].*  poolio +[0-9]+ +$first  no +- +host" "$scratch/top"
}

# With a terminal that nobody knows; and where there are no keys to press, as by `ssh -n`.
top_is_plain_without_a_screen_or_keys()
{
	TERM=nonesuch script -qec "'$tool' -n 1 top" /dev/null >"$scratch/top" &&
		TERM=xterm script -qec "'$tool' -n 1 top </dev/null" /dev/null >>"$scratch/top" || return
	cat -v "$scratch/top"
	[ "$(grep -c '^poolio ' "$scratch/top")" -eq 2 ] && ! grep -q "$(printf '\033')" "$scratch/top"
}

top_is_a_screen_on_a_terminal()
{
	{ sleep 1; printf s; sleep 1; printf q; } |
		TERM=xterm script -qec "stty rows 24 cols 120; '$tool' -d 0.2 top" /dev/null >"$scratch/top" || return
	grep -q 'poolio' "$scratch/top" && grep -q "$(printf '\033')" "$scratch/top"
}

# Each field of a pool's status is in the protocol, and each event has a name there.
protocol_is_complete()
{
	without_comments "$srcdir/include/pooltoy/status.h" |
		awk '/^struct pooltoy_pool_status {/ { inside = 1; next } /^}/ { inside = 0 }
			inside { gsub(/[,;]|\[[0-9]*\]/, " "); for (i = 1; i <= NF; i++) if ($i ~ /^[a-z_]+$/) print $i }' |
		grep -vxE 'struct_size|struct|pooltoy_pool_state|enum|state|char|int|size_t|uint64_t' >"$scratch/fields"
	[ "$(wc -l <"$scratch/fields")" -gt 25 ] || return
	while read -r field; do
		grep -q "\"$field\"" "$srcdir/control/report.c" || echo "control/report.c lacks the figure $field"
		[ "$field" = last_reason ] || grep -q "\"$field\"" "$srcdir/control/openmetrics.c" ||
			echo "control/openmetrics.c lacks the figure $field"
	done <"$scratch/fields" >"$scratch/lacks"
	grep -o 'POOLTOY_EVENT_[A-Z_]*' "$srcdir/include/pooltoy/event.h" | sort -u | grep -v '_H$' | while read -r event; do
		grep -qF "[$event]" "$srcdir/control/report.c" || echo "control/report.c lacks the event $event"
	done >>"$scratch/lacks"
	nothing_in "$scratch/lacks"
}

# Of this script's own child, which may be traced unless a container forbids it.
stacks_are_shown()
{
	"$tool" stacks pooly >"$scratch/stacks" 2>&1
	said=$?
	cat "$scratch/stacks"
	case $said in
	0) grep -q "^thread $first: holds worker 0 of pooly for " "$scratch/stacks" &&
		grep -Eq '^    #[0-9]+ .*main' "$scratch/stacks" && ! grep -q poolio "$scratch/stacks" ;;
	1) grep -q 'may this user trace' "$scratch/stacks" ;;
	*) return 1 ;;
	esac
}

process_is_in_the_tree()
{
	comes 'process' "$tool" -s "$server" tree || return
	"$tool" -s "$server" tree >"$scratch/tree"
	cat "$scratch/tree"
	process=$(sed -n 's/^    worker 0 .* thread [0-9]*, process \([0-9]*\) .*/\1/p' "$scratch/tree")
	[ "$(grep -c 'process' "$scratch/tree")" -eq 1 ] && kill -0 "$process" &&
		[ "$(ps -o ppid= -p "$process" | tr -d ' ')" = "$server" ]
}

process_is_in_the_stacks()
{
	"$tool" -s "$server" stacks rogues >"$scratch/stacks" 2>&1
	said=$?
	cat "$scratch/stacks"
	case $said in
	0) grep -q '^thread [0-9]*: worker 0 of rogues, starting$' "$scratch/stacks" &&
		sed "1,/^process $process: worker 0 of rogues, starting\$/d" "$scratch/stacks" | grep -Eq '^    #[0-9]+ .*pause' ;;
	1) grep -q 'may this user trace' "$scratch/stacks" ;;
	*) return 1 ;;
	esac
}

stacks_are_json()
{
	"$tool" -j stacks pooly >"$scratch/json" 2>"$scratch/stacks"
	said=$?
	cat "$scratch/json" "$scratch/stacks"
	case $said in
	0) jq -e ".[0] | .thread == $first and .pool == \"pooly\" and .worker == 0 and
		(.label | startswith(\"holds worker 0 of pooly for \")) and any(.frames[]; test(\"^#.*main\"))" "$scratch/json" ;;
	1) grep -q 'may this user trace' "$scratch/stacks" && [ ! -s "$scratch/json" ] ;;
	*) return 1 ;;
	esac
}

# make_debugger LINE...: a script that is found before all others.
make_debugger()
{
	mkdir -p "$scratch/debugger"
	printf '%s\n' '#!/bin/sh' "$@" >"$scratch/debugger/eu-stack"
	chmod +x "$scratch/debugger/eu-stack"
}

# It has stopped the server, if it may, which is to go on.
a_debugger_that_hangs_is_killed()
{
	make_debugger "echo \"\$\$ \${DEBUGINFOD_URLS-nobody is asked}\" >'$scratch/hangs'" \
		"exec '$builddir/tests/tool/stuck_debugger' \"\$@\""
	fails 3 'had not ended after 10 s' env PATH="$scratch/debugger:$PATH" DEBUGINFOD_URLS=http://localhost:1 \
		"$tool" stacks pooly || return
	read -r debugger urls <"$scratch/hangs"
	[ "$urls" = 'nobody is asked' ] && ! kill -0 "$debugger" && "$tool" tree
}

a_debugger_that_is_refused_is_explained()
{
	make_debugger 'echo not permitted; exit 1'
	fails 1 'may this user trace process [0-9]+\? Root may' env PATH="$scratch/debugger:$PATH" "$tool" stacks pooly
}

# It is said what is wrong with that one; another is not taken instead.
a_library_that_is_none_is_told()
{
	mkdir "$scratch/lib" && cp -P "$builddir"/lib/.libs/libpooltoy.so* "$scratch/lib" &&
		: >"$scratch/lib/libpooltoy-control.so.0" || return
	LD_LIBRARY_PATH=$LD_LIBRARY_PATH:$scratch/lib POOLTOY_CONTROL=1 "$host" 2>"$scratch/told" || return
	cat "$scratch/told"
	grep -q "^pooltoy: POOLTOY_CONTROL: $scratch/lib/libpooltoy-control.so.0: " "$scratch/told"
}

# As after su, when the server has had the variable and the tool has not; on a /run of its own.
a_login_has_its_folder()
{
	mkfifo "$scratch/in-login" "$scratch/out-login"
	# shellcheck disable=SC2016
	unshare -m sh -c '
		mount -t tmpfs none /run && mkdir -p "/run/user/$(id -u)" || exit
		POOLTOY_CONTROL=1 XDG_RUNTIME_DIR=/run/user/$(id -u) "$2" <"$3/in-login" >"$3/out-login" &
		exec 6>"$3/in-login"
		read -r line <"$3/out-login"
		unset XDG_RUNTIME_DIR
		"$1" ls
		exec 6>&-
		wait' sh "$tool" "$host" "$scratch" >"$scratch/login"
	cat "$scratch/login"
	grep -q "  /run/user/$(id -u)/pooltoy/[0-9]*.sock\$" "$scratch/login"
}

types()
{
	printf '%s\n' "$@" >"$scratch/typing"
	"$tool" shell "$scratch/typing"
}

types_in()
{
	(cd "$1" && shift && types "$@")
}

check 'without a server, ls says so' says 'no server' "$tool" ls
check 'and all else fails with 3' fails 3 'POOLTOY_CONTROL=1' "$tool" tree
check 'a command that is none' fails 2 'no command fly' "$tool" fly
check 'no command at all' fails 2 usage "$tool"
check 'too many arguments' fails 2 usage "$tool" tree now
check 'the protocol has all figures and events' protocol_is_complete
check 'the manual page and the completion have all commands' page_names_all_commands
check 'a server starts, which knows nothing of control sockets' start_server
first=$server
check 'ls has it' says "^ *$first  host" "$tool" ls
check 'tree has its pools' says 'pool poolio +ready +size 3 \(\+2\) +instance 1, 0 restarts, 0 workers died' "$tool" tree
check 'tree has who holds a worker' says "worker [0-9] +leased .* held .* by thread $first from host" "$tool" tree
check 'tree has a client by its name' says 'by client conn' "$tool" tree
check 'what a server says is no command for the terminal' a_terminal_is_not_told_what_to_do
check 'status has a line for each pool' says '^pooly +full +1 +0 +1 ' "$tool" status
check 'status of one has all figures' says '^checkouts +1$' "$tool" status poolio
check 'status of a pool that is none' fails 1 'no pool "poolia"' "$tool" status poolia
check 'no line ends with a space' no_line_ends_with_a_space
check 'metrics have figures' says '^pooltoy_checkouts_total\{pool="poolio"\} 1$' "$tool" metrics
check 'metrics have durations' says '^pooltoy_start_seconds_count\{pool="poolio"\} 3$' "$tool" metrics
check 'durations are told in full' says '"sampled": 128' "$tool" -j metrics
if command -v promtool >/dev/null; then
	check 'metrics are good' metrics_are_good
else
	skip 'metrics are good' 'no promtool'
fi
if command -v jq >/dev/null; then
	check 'JSON is JSON' json_is_good
else
	skip 'JSON is JSON' 'no jq'
fi
check 'top is plain in a pipe' top_is_plain_in_a_pipe
if command -v eu-stack >/dev/null || command -v gdb >/dev/null; then
	check 'stacks are shown of who holds a worker' stacks_are_shown
else
	check 'without a debugger there are no stacks' fails 3 'neither eu-stack' "$tool" stacks
fi
if command -v jq >/dev/null && { command -v eu-stack || command -v gdb; } >/dev/null; then
	check 'stacks are JSON' stacks_are_json
else
	skip 'stacks are JSON' 'no jq, or no debugger'
fi
check 'where there is no debugger, it is said what to install' fails 3 'install the package elfutils, or gdb' \
	env PATH="$scratch/nowhere" "$tool" stacks pooly
check 'a debugger that is refused is explained' a_debugger_that_is_refused_is_explained
check 'a debugger that hangs is killed, and the server goes on' a_debugger_that_hangs_is_killed
check 'stacks of a pool that is none' fails 1 'no pool "poolia"' "$tool" stacks poolia
check 'a worker is killed' says 'worker 0 is told to die' "$tool" kill pooly 0
check 'and its death is counted' comes '1 worker died' "$tool" tree
check 'a worker that is none' fails 1 'no worker 99' "$tool" kill poolio 99
check 'nothing that could be killed' fails 2 'no such thing' "$tool" kill poolio all
check 'a pool is paused' says paused "$tool" pause poolio
check 'and is so' says '^state +paused$' "$tool" status poolio
check 'a pool with a lease is not drained' fails 1 '1 worker is not back yet; pool poolio is paused' "$tool" drain poolio 0
check 'and is resumed' says resumed "$tool" resume poolio
check 'a pool without leases is drained' says 'drained, and paused' "$tool" drain pooly 30
check 'and is resumed, too' says resumed "$tool" resume pooly
check 'all workers are replaced' workers_are_replaced
check 'so many at once as are none' fails 2 'not a number of workers' "$tool" replace-workers pooly all
check 'a pool is resized' says 'manager is told: size 4, overflow 2$' "$tool" resize poolio 4
check 'and has the size, and the overflow it had' comes 'size 4 (+2)  ' "$tool" tree
check 'a pool is resized, with its overflow' says 'manager is told: size 3, overflow 0$' "$tool" resize poolio 3 0
check 'and has both' comes 'size 3  ' "$tool" tree
check 'a size that cannot be' fails 1 'pool "poolio"' "$tool" resize poolio 0 0
check 'a size that is none' fails 2 'are numbers' "$tool" resize poolio many
check 'a manager is killed' says 'manager is told to die' "$tool" kill pooly manager
check 'and its pool restarts' comes 'instance 2, 1 restart,' "$tool" tree
check 'a pool is restarted' says 'new instance follows' "$tool" restart pooly
check 'and is a new instance' comes 'instance 3, 2 restarts,' "$tool" tree
check 'the supervisor is killed' says 'told to die' "$tool" kill supervisor
check 'events are followed' events_are_followed
check 'what top cannot sort by' fails 2 usage "$tool" top colour
check 'a delay that is none' fails 2 'seconds: 0' "$tool" -d 0 top
if command -v script >/dev/null; then
	check 'top is a screen on a terminal' top_is_a_screen_on_a_terminal
	check 'top is plain text without a screen, or without keys' top_is_plain_without_a_screen_or_keys
else
	skip 'top is a screen on a terminal' 'no script(1)'
	skip 'top is plain text without a screen, or without keys' 'no script(1)'
fi
check 'completion knows commands and pools' completes
check 'completion runs nothing that stands in a name' completion_runs_nothing
if [ -c /dev/full ]; then
	check 'events that cannot be written end it' events_end_with_a_full_disk
else
	skip 'events that cannot be written end it' 'no /dev/full'
fi
check 'a second server starts' start_server
second=$server
check 'which one is meant is asked' fails 3 "^ *$second  host" "$tool" tree
check 'a PID chooses' says 'supervisor' "$tool" -s "$first" tree
check 'a path chooses' says 'supervisor' "$tool" -s "$scratch/pooltoy/$second.sock" tree
check 'a name that two have does not' fails 3 'several servers' "$tool" -s host tree
check 'a name that none has does not' fails 3 'no server hast' "$tool" -s hast tree
check 'a name of a program is none for the terminal either' nor_by_the_name_of_a_program
kill -STOP "$second"
check 'a server that stands still does not hold up the others' says 'does not answer' "$tool" ls
kill -9 "$second"
wait "$second" 2>/dev/null
exec 8>&-
check 'a server that was killed is none, though its socket is there' says "^ *$first  host" "$tool" ls
check 'and needs no choice' says 'supervisor' "$tool" tree
exec 7>&-
wait "$first"
check 'a server that has stopped leaves no socket' fails 2 'ls' ls "$scratch/pooltoy/$first.sock"
rogues=$builddir/tests/process/.libs/librogue.so
if [ -x "$POOLTOY_CHILD" ] && [ -e "$rogues" ]; then
	check 'a server starts with a worker in a child process' start_server "$host" "$rogues"
	check 'tree has the process' process_is_in_the_tree
	if command -v eu-stack >/dev/null || command -v gdb >/dev/null; then
		check 'and stacks where it is' process_is_in_the_stacks
	else
		skip 'and stacks where it is' 'no debugger'
	fi
	exec 9>&-
	wait "$server"
else
	skip 'a server starts with a worker in a child process' 'no shared object of rogues'
	skip 'tree has the process' 'no such server'
	skip 'and stacks where it is' 'no such server'
fi
check 'a control library that is none is told' a_library_that_is_none_is_told
if unshare -m mount -t tmpfs none /run 2>/dev/null; then
	check 'a server in the folder of a login is found without the variable' a_login_has_its_folder
else
	skip 'a server in the folder of a login is found without the variable' 'no mounts of its own'
fi

check 'the shell runs a session' shell_runs_the_session
check 'the shell has no JSON' fails 2 'has no JSON' "$tool" -j shell "$scratch/session"
check 'nor has the page' fails 2 'has no JSON' "$tool" -j observe
check 'a script ends with what fails, and says where' fails 1 'that was line 2' \
	types 'start_pool poolio doubler 1' 'checkout pooly' 'fly'
check 'and with what ought to fail and does not' fails 1 'did not fail' types '! tree'
check 'a worker that is nowhere' fails 1 'no worker flyer: no flyer.so' types 'start_pool poolio flyer 1'
check 'and with a misspelt one' fails 2 'no command fly' types '! fly'
check 'what is to fail may follow at once' says '' types '!checkout poolio'
check 'a pool that is not named is the one named last' the_pool_named_last_is_meant
check 'and there has to be one' fails 2 'usage: checkout' types checkout
check 'which has not been stopped' fails 2 'usage: checkout' \
	types 'start_pool poolio doubler 1' 'stop_pool poolio' checkout
check 'too many arguments in the shell' fails 2 'usage: stop_pool' types 'stop_pool poolio pooly'
check 'a worker of an object in this folder' says '^42$' types_in "$POOLTOY_WORKERS" \
	'start_pool poolio doubler.so:doubler' 'checkout poolio' 'call 21'
check 'a worker of an object by its path' says '^42$' types \
	"start_pool poolio $POOLTOY_WORKERS/doubler.so:doubler" 'checkout poolio' 'call 21'
check 'an object without that worker' fails 1 'undefined symbol' types \
	"start_pool poolio $POOLTOY_WORKERS/doubler.so:flyer"
if command -v script >/dev/null; then
	check 'lines are typed' shell_is_typed_in
else
	skip 'lines are typed' 'no script(1)'
fi
done_testing
