#!/bin/sh
# SPDX-License-Identifier: MIT
# http.sh: what `pooltoy observe` answers, to whom, and that nobody holds it up.
. "$(dirname "$0")/../packaging/tap.sh"
. "$srcdir/tests/observe/servers.sh"
ask=$builddir/tests/observe/ask
page=$srcdir/tools/pooltoy/observe/page
[ -x "$ask" ] || skip_all 'the page is not built: no libmicrohttpd'

# answers STATUS ARGUMENT... PATH: of the observer that runs.
answers()
{
	wanted=$1
	shift
	"$ask" "$@" "$port" >"$scratch/answer" || return
	sed '/^\r*$/q' "$scratch/answer"
	head -n 1 "$scratch/answer" | grep -q "^HTTP/1.1 $wanted "
}

has_header()
{
	grep -qF -e "$1" "$scratch/answer"
}

# The whole folder, and all that its files refer to.
every_file_is_served()
{
	for file in "$page"/*; do
		answers 200 "/${file##*/}" || return
	done
	grep -hoE '(src|href)="[^"#]+"|from "\./[^"]+"|EventSource\("[^"]+"\)' "$page"/*.html "$page"/*.js |
		sed 's/^[^"]*"//; s/".*//; s|^\./||' | grep -v '^chart\.js$' | sort -u >"$scratch/named"
	[ "$(wc -l <"$scratch/named")" -gt 8 ] || return
	while read -r name; do
		case $name in
		events) ;;
		*) answers 200 "/$name" || return ;;
		esac
	done <"$scratch/named"
}

nothing_is_inline()
{
	! grep -nE '<style|style=|<script>|<script [^>]*>[^<]|[^-]\bon[a-z]+="' "$page/index.html" &&
		! grep -nE 'innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function' "$page"/*.js
}

policy_is_strict()
{
	answers 200 / || return
	for part in "default-src 'none'" "script-src 'self'" "style-src 'self'" "connect-src 'self'" "frame-ancestors 'none'" \
		"base-uri 'none'" "form-action 'none'"; do
		grep '^Content-Security-Policy: ' "$scratch/answer" | grep -qF -e "$part" || return
	done
	! grep '^Content-Security-Policy: ' "$scratch/answer" | grep -qE 'unsafe|data:|\*|http' &&
		has_header 'X-Content-Type-Options: nosniff' && has_header 'Referrer-Policy: no-referrer' &&
		has_header 'Cross-Origin-Resource-Policy: same-origin'
}

# The stream, until a text has come.
stream_has()
{
	"$ask" -u "$1" /events "$port" >"$scratch/stream"
}

is_in()
{
	grep -qF -e "$1" "$2"
}

crash_is_told()
{
	"$ask" -u pool_crashed /events "$port" >"$scratch/crash" &
	reader=$!
	eventually is_in 'event: history' "$scratch/crash" && "$tool" -s "$server" kill pooly manager &&
		wait "$reader" && is_in '"server":"' "$scratch/crash" && is_in 'pool \"pooly\" crashed' "$scratch/crash"
}

new_reader_has_what_was()
{
	stream_has '"told":[{' && stream_has '"history":{' && stream_has '"type":"pool_crashed"'
}

# How many connections the observer has.
connections()
{
	awk -v port="$(printf ':%04X$' "$port")" '$4 == "01" && $2 ~ port' /proc/net/tcp | wc -l
}

are_connected()
{
	[ "$(connections)" -eq "$1" ]
}

# Of readers who take nothing: others are not held up, and in the end those are let go.
slow_readers_hold_up_nobody()
{
	eventually are_connected 0 || return
	mkfifo "$scratch/slow"
	"$ask" -x 3 /events "$port" <"$scratch/slow" &
	slow=$!
	exec 6>"$scratch/slow"
	eventually are_connected 3 || return
	while [ "$(connections)" -ge 3 ]; do
		stream_has 'event: server' || return
	done
	eventually are_connected 0 && kill -0 "$slow" || return
	exec 6>&-
	wait "$slow"
}

too_many_are_told_so()
{
	mkfifo "$scratch/many"
	"$ask" -r 70 /events "$port" <"$scratch/many" &
	many=$!
	exec 6>"$scratch/many"
	eventually answers 503 -u 'HTTP/1.1 ' /events && answers 200 /
	told=$?
	exec 6>&-
	wait "$many"
	return "$told"
}

end_is_told_and_a_new_one_is_seen()
{
	"$ask" -u '"event: never"' /events "$port" >"$scratch/ends" &
	reader=$!
	eventually is_in "\"id\":\"$server\"" "$scratch/ends" || return
	was=$server
	kill -9 "$server"
	wait "$server"
	eventually grep -q "\"id\":\"$was\".*\"ended\":1" "$scratch/ends" || return
	start_server && eventually is_in "data: {\"id\":\"$was\"}" "$scratch/ends" &&
		eventually grep -q "\"id\":\"$server\".*\"ended\":0" "$scratch/ends"
	told=$?
	kill "$reader"
	wait "$reader"
	return "$told"
}

stopped_server_has_not_ended()
{
	kill -STOP "$server"
	stream_has '"silent":1' && ! grep -q '"ended":[1-9]' "$scratch/stream"
	told=$?
	kill -CONT "$server"
	[ "$told" -eq 0 ] && stream_has '"silent":0' && ! grep -q '"ended":[1-9]' "$scratch/stream"
}

# One of the three is held by the server's main thread.
stack_of_the_holder()
{
	for worker in 0 1 2; do
		eventually answers 200 "/stacks?pool=poolio&worker=$worker" || return
		is_in "thread $server: holds worker $worker of poolio" "$scratch/answer" &&
			grep -q '#[0-9].*main' "$scratch/answer" && return
	done
	return 1
}

# What a new reader gets first, without the ends of the pieces that it comes in.
history_has()
{
	stream_has 'event: server' || return
	tr -d '\n' <"$scratch/stream" | sed 's/\r[0-9a-f]*\r//g; s/event: server.*//' >"$scratch/history"
	is_in "$1" "$scratch/history"
}

last_worker_has_started()
{
	history_has '"type":"worker_started","severity":"info","pool":"poolio","worker":149,"instance":'"$1"
}

crowd_tells_of_a_crash()
{
	"$tool" -s "$server" resize poolio 150 && eventually last_worker_has_started 1 &&
		"$tool" -s "$server" kill poolio manager && eventually last_worker_has_started 2
}

# In the place of a debugger: it says that it runs, and ends once $scratch/go is there.
make_debugger()
{
	mkdir "$scratch/bin"
	cat >"$scratch/bin/eu-stack" <<-END
		#!/bin/sh
		echo runs >>"$scratch/debugged"
		until [ -e "$scratch/go" ]; do sleep 0.1; done
		printf 'TID %s:\n#0 held\n' "\$2"
	END
	chmod +x "$scratch/bin/eu-stack"
}

one_debugger_at_a_time()
{
	"$ask" '/stacks?pool=pooly&worker=0' "$port" >"$scratch/first" &
	first=$!
	eventually [ -s "$scratch/debugged" ] && answers 429 '/stacks?pool=pooly&worker=0' && has_header 'Retry-After: 1'
	told=$?
	: >"$scratch/go"
	wait "$first"
	[ "$told" -eq 0 ] && is_in "thread $server: holds worker 0 of pooly" "$scratch/first"
}

debugged_but_not_at_once()
{
	answers 200 '/stacks?pool=pooly&worker=0' >/dev/null && answers 429 '/stacks?pool=pooly&worker=0' >/dev/null
}

fails()
{
	wanted=$1 pattern=$2
	shift 2
	"$@" >"$scratch/said" 2>&1
	said=$?
	cat "$scratch/said"
	[ "$said" -eq "$wanted" ] && grep -q -e "$pattern" "$scratch/said"
}

listens_on_loopback_alone()
{
	expected=$(printf '0100007F:%04X' "$port")
	awk -v port="$(printf ':%04X' "$port")" '$4 == "0A" && $2 ~ port { print $2 }' /proc/net/tcp /proc/net/tcp6 >"$scratch/listens"
	cat "$scratch/listens"
	[ "$(cat "$scratch/listens")" = "$expected" ]
}

check 'it starts without a server, and says where it is' start_observer --port 0
check 'it listens on loopback alone' listens_on_loopback_alone
check 'without a server its stream goes on' stream_has 'event: beat'
check 'and has none' is_in '"servers":[]' "$scratch/stream"
check 'there are no metrics of none' answers 404 /metrics
check 'a server that starts later' start_server
check 'is seen' stream_has "\"id\":\"$server\""
check 'with its pools' stream_has '"pool":"poolio"'
check 'and how long clients waited' stream_has '"times":true'
check 'its figures are there for programs' answers 200 /metrics
check 'with their type' has_header 'Content-Type: application/openmetrics-text; version=1.0.0'
check 'and what they are of' is_in 'pooltoy_checkouts_total{pool="poolio"} 1' "$scratch/answer"
check 'by the name of the server, too' answers 200 '/metrics?server=host'
check 'but not by another' answers 404 '/metrics?server=hosts'
check 'every file of the page is served' every_file_is_served
check 'nothing is inline, and no text becomes code' nothing_is_inline
check 'the content security policy is strict' policy_is_strict
check 'what is not there' answers 404 /nothing
check 'files of others are not there' answers 404 /../../../etc/passwd
check 'localhost is its name' answers 200 -H "Host: localhost:$port" /
check 'and so is [::1]' answers 200 -H "Host: [::1]:$port" /
check 'a name that another gave it is refused' answers 403 -H "Host: pools.example:$port" /
check 'and with it the stream' answers 403 -H 'Host: localhost.example' /events
check 'no name is refused' answers 4.. -H Host /
check 'its own origin' answers 200 -H "Origin: http://127.0.0.1:$port" /style.css
check 'another origin is refused' answers 403 -H 'Origin: http://pools.example' /events
check 'no origin at all, as of a file, is refused' answers 403 -H 'Origin: null' /events
check 'another port is another origin' answers 403 -H 'Origin: http://127.0.0.1:1' /events
check 'what another page has its browser fetch is refused' \
	answers 403 -H 'Sec-Fetch-Site: cross-site' -H 'Sec-Fetch-Mode: no-cors' '/stacks?pool=pooly&worker=0'
check 'a link to it is followed' answers 200 -H 'Sec-Fetch-Site: cross-site' -H 'Sec-Fetch-Mode: navigate' /
for method in POST PUT DELETE OPTIONS; do
	check "$method is refused" answers 405 -m "$method" -H 'Content-Length: 0' /
done
check 'HEAD is not' answers 200 -m HEAD /
check 'a crash is told while one looks' crash_is_told
check 'who comes later hears of it, too' new_reader_has_what_was
if command -v eu-stack >/dev/null || command -v gdb >/dev/null; then
	check 'the stack of who holds a worker' stack_of_the_holder
else
	check 'without a debugger there are no stacks' answers 503 '/stacks?pool=pooly&worker=0'
fi
check 'stacks of no worker' answers 400 /stacks
check 'stacks of a server that is none' answers 404 '/stacks?server=nobody&pool=pooly&worker=0'
check 'a server that is stopped does not answer, but has not ended' stopped_server_has_not_ended
check 'a server that ends is said to have ended, and its successor is seen' end_is_told_and_a_new_one_is_seen
check 'readers who take nothing hold up nobody, and are let go' slow_readers_hold_up_nobody
check 'too many readers are told so, and the page is there all the same' too_many_are_told_so
check 'it is ended by a signal' end_observer
make_debugger
PATH=$scratch/bin:$PATH
check 'one server is chosen by its program' start_observer --port 0 host
check 'and seen' stream_has '"program":"host"'
check 'a server is debugged once at a time' one_debugger_at_a_time
check 'and then has a second without' eventually debugged_but_not_at_once
check 'a crash of many workers' crowd_tells_of_a_crash
check 'is there for plots' history_has '"poolio":{"pool":[1'
check 'and is told to who comes later' history_has '"type":"pool_crashed","severity":"warning","pool":"poolio"'
check 'that ends, too' end_observer
check 'one that is not chosen' start_observer --port 0 --host pools.example nobody
check 'is not seen' stream_has '"servers":[]'
check 'a name that it was told is its own' answers 200 -H 'Host: pools.example' /
check 'a port that is taken' fails 1 'in use' "$tool" observe --port "$port"
check 'a port that is none' fails 2 'not a port' "$tool" observe --port many
check 'an address that is none' fails 2 'not an address' "$tool" observe --address nowhere
end_observer
exec 7>&- 8>&-
done_testing
