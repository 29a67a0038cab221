# SPDX-License-Identifier: MIT
# report.awk: awk -f report.awk goals.tsv bench.tsv: the tables of a run, and what it reached.

BEGIN { FS = "\t" }

/^#/ { next }

FILENAME == ARGV[1] {
	if ($1 != "goal") {
		goal[++goals] = $1
		figure[goals] = $2
		by[goals] = $3
		bound[goals] = $4
	}
	next
}

$1 == "scenario" { next }

{
	value[$1 "/" $2 "/" $3 "/" $4] = $5
	at = index($4, "@")
	metric = at ? substr($4, 1, at - 1) : $4
	variant = at ? substr($4, at) : ""
	group = $1 SUBSEP $3 SUBSEP variant
	if (!(group in seen)) {
		seen[group]
		order[++groups] = group
	}
	if (!((group, $2) in member)) {
		member[group, $2]
		members[group] = members[group] " " $2
	}
	if (metric !~ /^ns(_min|_max)?$/ && !((group, metric) in column)) {
		column[group, metric]
		columns[group] = columns[group] " " metric
	}
}

function show(number)
{
	if (number == "")
		return "-"
	if (number >= 1e9)
		return sprintf("%.2fG", number / 1e9)
	if (number >= 1e6)
		return sprintf("%.2fM", number / 1e6)
	if (number >= 1e4)
		return sprintf("%.1fk", number / 1e3)
	return sprintf(number == int(number) ? "%d" : "%.1f", number)
}

# A figure of a subject's in the group that is being printed.
function of(subject, metric)
{
	return value[scenario "/" subject "/" threads "/" metric variant]
}

function table(group,    parts, names, count, metrics, width, ours, i, j, ratio)
{
	split(group, parts, SUBSEP)
	scenario = parts[1]
	threads = parts[2]
	variant = parts[3]
	count = split(members[group], names, " ")
	width = split(columns[group], metrics, " ")
	ours = of("pooltoy", "ns")
	printf "\n%s%s%s\n", scenario, variant == "" ? "" : " " substr(variant, 2),
		(threads > 0 ? ", " threads (threads > 1 ? " threads" : " thread") : "")
	printf "  %-18s %9s %9s %9s %9s", "subject", "ns", "min", "max", "pooltoy/"
	for (j = 1; j <= width; j++)
		printf " %13s", metrics[j]
	print ""
	for (i = 1; i <= count; i++) {
		ratio = "-"
		if (ours != "" && of(names[i], "ns") > 0)
			ratio = sprintf("%.2f", ours / of(names[i], "ns"))
		printf "  %-18s %9s %9s %9s %9s", names[i], show(of(names[i], "ns")),
			show(of(names[i], "ns_min")), show(of(names[i], "ns_max")), ratio
		for (j = 1; j <= width; j++)
			printf " %13s", show(of(names[i], metrics[j]))
		print ""
	}
}

function holds(reached, bound,    parts)
{
	split(bound, parts, " ")
	if (parts[1] == "<=")
		return reached <= parts[2] + 0
	if (parts[1] == "<")
		return reached < parts[2] + 0
	return reached >= parts[2] + 0
}

END {
	print "Nanoseconds: the median of the rounds, the least, the most; pooltoy/: pooltoy's median by the subject's."
	for (i = 1; i <= groups; i++)
		table(order[i])
	print "\nGoals"
	for (i = 1; i <= goals; i++) {
		if (!(figure[i] in value) || (by[i] != "" && !(value[by[i]] > 0)))
			continue
		reached = by[i] == "" ? value[figure[i]] : value[figure[i]] / value[by[i]]
		printf "  %-7s %10.2f  %-8s %s\n", holds(reached, bound[i]) ? "reached" : "missed", reached,
			bound[i], goal[i]
	}
}
