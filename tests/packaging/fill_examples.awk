# SPDX-License-Identifier: MIT
# fill_examples.awk: prints a manual page or a Markdown file with the text of its examples as the programs
# in the folder `examples` have it. In a page, the comment `.\" example: FILE NAME` stands before a .Bd
# block; in Markdown, `<!-- example: FILE NAME -->` before a ```c or ```cpp block. In the program, the text stands
# between `/* example: NAME */` and `/* end */`, each alone on its line.
function example(file, name,    path, line, inside, found)
{
	path = examples "/" file
	while ((getline line <path) > 0) {
		if (line == "/* example: " name " */")
			inside = found = 1
		else if (line == "/* end */")
			inside = 0
		else if (inside)
			print is_page ? escaped(line) : line
	}
	close(path)
	if (!found)
		fail(path " has no example " name)
}

function escaped(line)
{
	gsub(/\\/, "\\e", line)
	gsub(/'/, "\\(aq", line)
	if (line ~ /^\./)
		line = "\\\\&" line
	return line
}

function fail(why)
{
	print FILENAME ":" FNR ": " why | "cat >&2"
	failed = 1
}

skipping {
	if ($0 != (is_page ? ".Ed" : "```"))
		next
	skipping = 0
}
{ print }
is_opening {
	is_opening = 0
	if (is_page ? $1 != ".Bd" : $0 !~ /^```c(pp)?$/)
		fail("no block follows the example's name")
	example(file, name)
	skipping = 1
}
/^(\.\\"|<!--) example: / {
	is_page = /^\./
	file = $3
	name = $4
	is_opening = 1
}
END {
	if (skipping || is_opening)
		fail("the block of example " name " has no end")
	exit failed
}
