# SPDX-License-Identifier: MIT
# pictures.sh: draws doc/pictures/*.svg from the TSV of a full run. Part of bootstrap, whose functions it uses.
# shellcheck shell=sh

# figures METRIC THREADS SUBJECT...: a line for each that was measured: its name, its figure.
figures()
{
	metric=$1 threads=$2
	shift 2
	for subject; do
		awk -F '\t' -v metric="$metric" -v threads="$threads" -v subject="$subject" '
			$1 "/" $4 == metric && $2 == subject && $3 == threads { print subject "\t" $5 }' build/bench.tsv
	done
}

# plot NAME: the commands on standard input, after what all pictures share.
plot()
{
	{
		cat <<-TEXT
			set terminal svg noenhanced size 760,420 font 'sans-serif,13' background '#ffffff'
			set output 'doc/pictures/$1.svg'
			set datafile separator tab
			set border 3
			set tics nomirror
			set grid ytics linecolor '#dddddd'
			set linetype 1 linecolor '#1f6f54'
			set linetype 2 linecolor '#b4651e'
			set linetype 3 linecolor '#5b5fa8'
			set linetype 4 linecolor '#a83f6a'
			set linetype 5 linecolor '#7d7d7d'
		TEXT
		cat
	} | gnuplot
}

# A turn of one client and of two, on processors of their own; of the same rounds, where there are such.
draw_scaling()
{
	for subject in pooltoy hikari_bag mutex_cond apr_reslist tbb go_chan hikari go_sql; do
		one=$(figures checkout/plain_throughput 2 "$subject" | cut -f 2)
		printf '%s\t%s\t%s\n' "$subject" "${one:-$(figures checkout/throughput 1 "$subject" | cut -f 2)}" \
			"$(figures checkout/throughput 2 "$subject" | cut -f 2)"
	done >build/scaling.tsv
	plot scaling <<-'TEXT'
		set title 'Checkout and checkin, a pool of 8: million pairs a second (more is better)'
		set style data histograms
		set style histogram clustered gap 1
		set style fill solid
		set yrange [0:*]
		set key top right
		set xtics font 'sans-serif,11'
		plot 'build/scaling.tsv' using ($2/1e6):xtic(1) title 'one thread' linetype 5, \
			'' using ($3/1e6) title 'two threads' linetype 1
	TEXT
}

# The wait for one of two workers, by its percentile.
draw_waits()
{
	for subject in pooltoy mutex_cond apr_reslist go_chan hikari_bag; do
		printf '"%s"\n' "$subject"
		for at in 1:ns_p50 2:ns_p99 3:ns_p999 4:wait_max_ns; do
			printf '%s\t%s\n' "${at%%:*}" \
				"$(figures "contended/${at#*:}@rate_hold_100us" 8 "$subject" | cut -f 2)"
		done
		printf '\n\n'
	done >build/waits.tsv
	plot waits <<-'TEXT'
		set title '8 threads for 2 workers held 100 us each, 10,000 arrivals a second: wait, us (less is better)'
		set xtics ('half' 1, '99 %%' 2, '99.9 %%' 3, 'longest' 4)
		set xrange [0.8:4.2]
		set logscale y
		set key top left
		plot for [i=0:4] 'build/waits.tsv' index i using 1:($2/1e3) title columnheader(1) \
			with linespoints linetype i+1 linewidth 2 pointtype 7
	TEXT
}

# By how much a turn is dearer in a larger pool: by what it takes in one of 8, of the same rounds.
draw_size()
{
	for line in 'pooltoy, idle:pooltoy:' 'pooltoy, all but one leased:pooltoy:_1_idle' \
		'mutex_cond, idle:mutex_cond:' 'apr_reslist, idle:apr_reslist:' 'tbb, idle:tbb:'; do
		what=${line#*:}
		printf '"%s"\n' "${line%%:*}"
		printf '8\t1\n'
		for size in 1000 10000; do
			for metric in ns plain_ns; do
				figures "checkout/$metric@${size}_workers${what#*:}" 1 "${what%:*}"
			done | awk -F '\t' -v size="$size" '
				{ figure[NR] = $2 } END { print size "\t" figure[1] / figure[2] }'
		done
		printf '\n\n'
	done >build/size.tsv
	plot size <<-'TEXT'
		set title 'Checkout and checkin: cost by that in a pool of 8, by the size of the pool (less is better)'
		set logscale x
		set xlabel 'workers'
		set xtics (8, 1000, 10000)
		set xrange [5:20000]
		set yrange [0:*]
		set key bottom right
		plot for [i=0:4] 'build/size.tsv' index i using 1:2 title columnheader(1) \
			with linespoints linetype i+1 linewidth 2 pointtype 7
	TEXT
}

bench_pictures()
{
	need gnuplot-nox
	[ -f build/bench.tsv ] || die 'run ./bootstrap bench first'
	mkdir -p doc/pictures
	draw_scaling
	draw_waits
	draw_size
}
