# SPDX-License-Identifier: MIT
# report.awk: what llvm-cov shows, as figures: lines, branches and MC/DC, for each file and each layer.
#
# awk -v rows=FILE -v uncovered=FILE -f report.awk input=layers lib/local.mk input=exclusions exclusions \
#	input=shown OUTPUT-OF-LLVM-COV-SHOW
#
# llvm-cov show prints each line of a file as `number|count|text`, and below it, boxed, the branches and the decisions
# that stand there; those inside a macro in a box within the box. A branch has two outcomes, and each of them counts; a
# function in a header comes once for each file that includes it, and counts once. Folded conditions, which are
# constant, do not count. Of a decision with several conditions, each that was shown to decide it alone counts: MC/DC.
BEGIN {
	FS = "\t"
	limit["structures", "line"] = 100
	limit["structures", "branch"] = 95
	limit["rest", "branch"] = 90
	printf "" >uncovered
}

# The layers: each list of lib/local.mk is one.
input == "layers" {
	if (match($0, /^lib_[a-z]+[ \t]*=/)) {
		name = $0
		sub(/^lib_/, "", name)
		sub(/[ \t]*=.*/, "", name)
		layer = name == "sources" ? "" : name
		if (layer)
			layers[++layer_count] = layer
	} else if (/^$/) {
		layer = ""
	}
	if (layer && match($0, /%D%\/[a-z_]+\.[ch]/)) {
		file = "lib/" substr($0, RSTART + 4, RLENGTH - 4)
		layer_of[file] = layer
		files[++file_count] = file
	}
	next
}

# The exclusions: file, function, what (line, true or false), the line's text, reason.
input == "exclusions" {
	if (/^#/ || /^$/)
		next
	if (NF != 5)
		fault("exclusions:" FNR ": five columns are wanted")
	place = $1 SUBSEP $2 SUBSEP $3 SUBSEP $4
	excluded[place] = FNR
	next
}

/^\/.*:$/ {
	file = substr($0, 1, length($0) - 1)
	sub(/^.*\/lib\//, "lib/", file)
	shown = file in layer_of
	function_name = ""
	next
}

!shown { next }

# A line of the file.
/^ *[0-9]+\|/ {
	split($0, part, "|")
	line = part[1] + 0
	text = $0
	sub(/^[^|]*\|[^|]*\|/, "", text)
	if (text ~ /^[a-z].*\(/ && text !~ /;$/) {
		function_name = text
		sub(/\(.*/, "", function_name)
		sub(/.*[ *]/, "", function_name)
	}
	sub(/^[ \t]+/, "", text)
	if (part[2] ~ /[0-9]/)
		count("line", line, "line", part[2] !~ /^ *0$/, "")
	next
}

/Branch \([0-9]+:[0-9]+\): \[True: / {
	at = $0
	sub(/^.*Branch \(/, "", at)
	sub(/\).*/, "", at)
	count("branch", line ":" at ":true", "true", $0 !~ /True: 0,/, "is never true")
	count("branch", line ":" at ":false", "false", $0 !~ /False: 0\]/, "is never false")
	next
}

/MC\/DC Decision Region \(/ {
	decision = $0
	sub(/^.*Region \(/, "", decision)
	sub(/\).*/, "", decision)
	next
}

/ C[0-9]+-Pair: / {
	at = $0
	sub(/^.* C/, "", at)
	sub(/-.*/, "", at)
	if (!/constant folded/)
		count("mcdc", line ":" decision ":" at, "condition", !/not covered/, "")
	next
}

# An item is met once for each instantiation; one of them suffices.
function count(kind, at, what, is_covered, story,    item, place)
{
	item = file SUBSEP kind SUBSEP at
	place = file SUBSEP function_name SUBSEP what SUBSEP text
	if (place in excluded) {
		used[place] = 1
		return
	}
	if (!(item in known)) {
		known[item] = 1
		total[file, kind]++
	}
	if (is_covered && !(item in covered)) {
		covered[item] = 1
		good[file, kind]++
	}
	if (kind != "mcdc" && !(item in story_of)) {
		stories[++story_count] = item
		story_of[item] = file ":" line ": " (what == "line" ? "" : what == "true" ? \
			"never true at " column(at) ": " : "never false at " column(at) ": ") text
	}
}

function column(at,    part)
{
	split(at, part, ":")
	return part[2] ":" part[3]
}

function fault(text)
{
	print text
	faulty = 1
}

function add(to, from,    kind)
{
	for (kind in kinds) {
		total[to, kind] += total[from, kind]
		good[to, kind] += good[from, kind]
	}
}

function percent(of, kind)
{
	return total[of, kind] ? sprintf("%.2f", 100 * good[of, kind] / total[of, kind]) : "-"
}

function print_figures(name, of)
{
	printf "%-26s %5d %8s %9d %8s %7d %8s\n", name, total[of, "line"], percent(of, "line"),
		total[of, "branch"], percent(of, "branch"), total[of, "mcdc"], percent(of, "mcdc")
}

function row(of, kind, item,    figure)
{
	figure = percent(of, kind)
	printf "%s\t%s\t%s\t%%\n", item, (of, kind) in limit && (figure == "-" || \
		good[of, kind] * 100 < limit[of, kind] * total[of, kind]) ? "fail" : "pass", figure >rows
}

END {
	kinds["line"] kinds["branch"] kinds["mcdc"]
	for (i = 1; i <= story_count; i++)
		if (!(stories[i] in covered))
			print story_of[stories[i]] >uncovered
	for (place in excluded)
		if (!(place in used))
			fault("exclusions:" excluded[place] ": excludes nothing")
	printf "%-26s %5s %8s %9s %8s %7s %8s\n", "", "lines", "%", "outcomes", "%", "MC/DC", "%"
	for (i = 1; i <= layer_count; i++) {
		layer = layers[i]
		for (j = 1; j <= file_count; j++) {
			if (layer_of[files[j]] != layer || !total[files[j], "line"])
				continue
			print_figures(files[j], files[j])
			add(layer, files[j])
			if (layer != "structures")
				add("rest", files[j])
			add("all", files[j])
		}
		print_figures("  layer " layer, layer)
	}
	print_figures("  all but structures", "rest")
	print_figures("  all", "all")
	row("structures", "line", "structures line")
	row("structures", "branch", "structures branch")
	row("rest", "line", "rest line")
	row("rest", "branch", "rest branch")
	row("structures", "mcdc", "MC/DC structures")
	row("all", "mcdc", "MC/DC all")
	exit faulty
}
