#!/bin/sh
# SPDX-License-Identifier: MIT
# cpp.sh: the C++ headers with each compiler that is here, by a newer standard too; and what must not compile.
. "$(dirname "$0")/../packaging/tap.sh"
cd "$srcdir" || exit 99

warnings='-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast -Wnon-virtual-dtor -Werror'
cat >"$scratch/all.cpp" <<'TEXT'
#include <string>
#include <pooltoy.hpp>

using namespace std::chrono_literals;

struct config {
	int number;
};
class doubler
{
public:
	int init(pooltoy::worker, config *)
	{
		return 0;
	}
	int handle_call(pooltoy::worker self, const int &number)
	{
		return self.reply(2 * number);
	}
	int handle_cast(pooltoy::worker, pooltoy::bytes)
	{
		return 0;
	}
	int reset(pooltoy::worker)
	{
		return 0;
	}
	void interrupt(pooltoy::worker) noexcept
	{
	}
	void terminate(pooltoy::worker, int)
	{
	}
};
void use(pooltoy::supervisor &supervisor, config &given);
void use(pooltoy::supervisor &supervisor, config &given)
{
	pooltoy::pool pool = supervisor.start_pool<doubler>("poolio", 3, &given).value();
	pooltoy::lease lease = pool.checkout(1s).value();
	pooltoy::client client = pooltoy::client::open().value();
	pooltoy::completion_queue queue = pooltoy::completion_queue::open().value();
	std::string reply;

	(void)lease.call<int>(1, 100us);
	(void)lease.call("bytes", reply, pooltoy::forever);
	(void)lease.call_reply(reply);
	(void)lease.cast(1.5);
	(void)lease.state<doubler>();
	(void)lease.adopt();
	(void)client.adopt(lease);
	(void)client.checkout(pool, 0s);
	(void)pool.transaction(1min, [](pooltoy::lease &held) { return held.call<int>(1, 1s); });
	(void)pool.submit(1, [](const pooltoy::outcome &) noexcept {});
	(void)pool.submit(reply);
	(void)pool.status();
	(void)supervisor.walk([](const pooltoy_node &) noexcept {});
	(void)queue.checkout_start(pool, 1s);
	(void)queue.checkout_start(client, pool, 1s);
	(void)queue.call_start(lease, 1, 1s);
	(void)queue.submit_start(pool, reply);
	(void)queue.drain([](pooltoy::completion completion) { (void)completion.take_lease(); });
	(void)supervisor.stop(1s);
}
TEXT

# compiles COMPILER FLAG...: all functions, without a word.
compiles()
{
	# shellcheck disable=SC2086
	"$@" $warnings -Iinclude -fsyntax-only "$scratch/all.cpp" && nothing_in "$scratch/output"
}

# With what the other test programs, which have but one compiler and standard, do not have.
for compiler in g++ clang++; do
	for flags in -std=c++17 '-std=c++20 -fno-exceptions -fno-rtti'; do
		if command -v "$compiler" >/dev/null; then
			# shellcheck disable=SC2086
			check "$compiler $flags" compiles "$compiler" $flags
		else
			skip "$compiler $flags" "no $compiler"
		fi
	done
done

# Precompiled: what is refused below is many small files.
precompiles()
{
	sed '/^void use/,$d' "$scratch/all.cpp" >"$scratch/prelude.hpp" &&
		$CXX -std=c++17 -Iinclude -x c++-header "$scratch/prelude.hpp" -o "$scratch/prelude.hpp.gch"
}
if command -v "${CXX%% *}" >/dev/null; then
	check 'the headers, precompiled' precompiles
else
	skip 'the headers, precompiled' 'no C++ compiler'
fi

# refuses WORDS LINE...: a function of these lines does not compile, and an error says so in these words, which
# both compilers use.
refuses()
{
	words=$1
	shift
	printf '%s\n' "$@" >"$scratch/refused.cpp"
	if $CXX -std=c++17 -Iinclude -include "$scratch/prelude.hpp" -Werror=unused-result -fsyntax-only \
		"$scratch/refused.cpp" >"$scratch/errors" 2>&1; then
		echo 'it compiles'
		return 1
	fi
	cat "$scratch/errors"
	grep 'error:' "$scratch/errors" | grep -qE "$words"
}

refused()
{
	name=$1
	shift
	if command -v "${CXX%% *}" >/dev/null; then
		check "refused: $name" refuses "$@"
	else
		skip "refused: $name" 'no C++ compiler'
	fi
}

# worker BODY: a pool of a class with this text.
worker()
{
	printf '%s\n' "class mine { public: $1 };" \
		'auto f(pooltoy::supervisor &s) { return s.start_pool<mine>("p", 1); }'
}

given='void f(pooltoy::supervisor &sup, pooltoy::pool &pool, pooltoy::lease &lease, config &given) {'
unused='(void)sup; (void)pool; (void)lease; (void)given; }'
refused 'a timeout without a unit' 'no (matching|viable)|could not convert|cannot convert|conversion' \
	"$given (void)pool.checkout(1000); $unused"
refused 'a forever that would be the default of a stop' 'no matching' "$given (void)pool.stop(pooltoy::forever); $unused"
refused 'a result that nobody looks at' 'nodiscard' "$given lease.checkin(); $unused"
refused 'a lease that nobody keeps' 'nodiscard' "$given pool.checkout(1s); $unused"
refused 'a copy of a lease' 'deleted' "$given pooltoy::lease copy = lease; $unused"
refused 'a copy of a pool' 'deleted' "$given pooltoy::pool copy = pool; $unused"
refused 'a value of a result without a name' 'deleted' \
	"$given (void)pool.checkout(1s)->cast(1); $unused"
refused 'the state of a lease without a name' 'deleted' \
	"$given (void)pool.checkout(1s).value().state<int>(); $unused"
refused 'a request with pointers in it' 'cannot be copied as bytes' \
	"struct owner { std::string text; };" "$given (void)lease.call<int>(owner(), 1s); $unused"
refused 'elements with pointers in them' 'cannot be copied as bytes' \
	"#include <vector>" "$given (void)lease.cast(std::vector<std::string>()); $unused"
refused 'a pointer for what it points to' 'give the object, not its address' \
	"$given (void)lease.cast(&given); $unused"
refused 'a reply with pointers in it' 'a Reply is copied as bytes' \
	"$given (void)lease.call<std::string>(1, 1s); $unused"
refused 'done that may throw' 'done is done' \
	"$given (void)pool.submit(1, [](const pooltoy::outcome &) {}); $unused"
refused 'a visit that may throw' 'visit is visit' \
	"$given (void)sup.walk([](const pooltoy_node &) {}); $unused"
refused 'an argument that init does not want' 'not the argument' \
	"$given int other = 0; (void)sup.start_pool<doubler>(\"p\", 1, &other); $unused"
refused 'an argument that is missing' 'wants an argument' \
	"$given (void)sup.start_pool<doubler>(\"p\", 1); $unused"
refused 'an interrupt that may throw' 'has to be noexcept' "$(worker 'void interrupt(pooltoy::worker) {}')"
refused 'a callback that is private' 'one public member function' \
	"$(worker 'private: int reset(pooltoy::worker) { return 0; }')"
refused 'a callback twice' 'one public member function' \
	"$(worker 'int reset(pooltoy::worker) { return 0; } int reset(pooltoy::worker, int) { return 0; }')"
refused 'a worker that cannot be made' 'made without arguments' "$(worker 'explicit mine(int) {}')"
refused 'a request in a callback that is no value' 'copied as bytes' \
	"$(worker 'int handle_call(pooltoy::worker, const std::string &) { return 0; }')"
done_testing
