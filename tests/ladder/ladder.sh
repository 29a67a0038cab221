# SPDX-License-Identifier: MIT
# ladder.sh: climbs the ladder of tests, models and tools, and writes down what each rung found.
# Part of bootstrap, whose functions and variables it and the rungs use.
# shellcheck shell=sh disable=SC2154,SC2086,SC1090

# A rung is a file beside this one, NAME.sh, with a function climb_NAME that writes its results with `row`.
# The quick and plain come first.
all_rungs='tests models explorer seeded faults reference supervision delays sanitizers fuzz torture analysis abi instructions tracing observe coverage mutation'

# row ITEM RESULT FIGURE UNIT: a result of the rung that is being climbed. RESULT is pass or fail; of a mistake
# that was made on purpose, caught or missed.
row()
{
	case $2 in
	pass | fail | caught | missed) ;;
	*) die "rung $rung: no such result: $2" ;;
	esac
	printf '%s\t%s\t%s\t%s\t%s\n' "$rung" "$1" "$2" "$3" "$4" >>"$rows"
}

# Runs in a subshell, so that what a rung sets ends with it. `set -e` holds in it.
climb_one()
{
	rung=$1 rows=build/verify/$1.tsv
	: >"$rows"
	began=$(date +%s)
	status=0
	(set -e; . "tests/ladder/$rung.sh"; "climb_$rung") </dev/null & wait $! || status=$?
	if [ "$status" -ne 0 ]; then
		row climb fail "$status" 'exit status'
	elif ! [ -s "$rows" ]; then
		row climb fail 0 results
	fi
	row time pass "$(($(date +%s) - began))" s
}

# The rows of the rungs named, or of all: with a headline each, and what went wrong.
summary()
{
	awk -F '\t' '
		{
			if (!($1 in total)) order[++rungs] = $1
			if ($2 == "time") { time[$1] = $4; next }
			total[$1]++
			good[$1] += $3 == "pass" || $3 == "caught"
			if ($3 == "fail" || $3 == "missed") bad[++bads] = $1 ": " $2 ": " $3 ", " $4 " " $5
		}
		END {
			for (i = 1; i <= rungs; i++) {
				name = order[i]
				printf "  %-12s %4d of %4d good  %5d s\n", name, good[name], total[name], time[name]
				passed += good[name]
			}
			for (i = 1; i <= bads; i++) print "  " bad[i]
			printf "%d passed, %d failed, 0 skipped\n", passed, bads
			exit bads > 0 || passed == 0
		}' "$@"
}

verify()
{
	[ $# -gt 0 ] || set -- $all_rungs
	for name; do
		case " $all_rungs " in
		*" $name "*) ;;
		*) die "no rung $name; there are: $all_rungs" ;;
		esac
	done
	mkdir -p build/verify
	for name; do
		printf '\n-- rung: %s\n' "$name"
		climb_one "$name"
		shift
		set -- "$@" "build/verify/$name.tsv"
	done
	{
		printf 'rung\titem\tresult\tfigure\tunit\n'
		for name in $all_rungs; do
			[ ! -f "build/verify/$name.tsv" ] || cat "build/verify/$name.tsv"
		done
	} >build/verify.tsv
	printf '\n-- the ladder, all in build/verify.tsv\n'
	summary "$@"
}
