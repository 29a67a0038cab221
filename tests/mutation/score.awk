# SPDX-License-Identifier: MIT
# score.awk: what became of the mutants: a table of who noticed, the survivors, the score.
BEGIN { FS = "\t" }

input == "mutants" {
	mutant[FNR] = $0
	next
}

mutant[$1] {
	split(mutant[$1], part, "\t")
	if (part[3] == "none" || $2 == "stillborn" || $2 == "equivalent")
		next
	layer = index(structures, part[1] " ") ? "structures" : "rest"
	tried[layer]++
	if ($2 == "survived")
		print part[1] ":" part[2] ": " part[3] ": " part[4] " -> " part[5] >survivors
	else
		killed[layer]++
	fate = $2
	sub(/.*\//, "", fate)
	by[fate]++
}

function report(layer)
{
	printf "%s\t%d\t%d\n", layer, killed[layer], tried[layer] >figures
	if (tried[layer])
		printf "%-30s %5d of %5d killed: %.1f %%\n", layer, killed[layer], tried[layer],
			100 * killed[layer] / tried[layer]
}

END {
	printf "" >survivors
	for (fate in by)
		printf "%-30s %5d\n", fate, by[fate] | "sort -k 2nr"
	close("sort -k 2nr")
	report("structures")
	report("rest")
}
