# SPDX-License-Identifier: MIT
# without_comments.awk: prints C files without their block comments and string literals, line by line.
FNR == 1 { inside = 0 }
{
	line = $0
	gsub(/"([^"\\]|\\.)*"/, "\"\"", line)
	if ($0 ~ /^[ \t]*#[ \t]*include/)
		line = $0
	kept = ""
	while (line != "") {
		mark = index(line, inside ? "*/" : "/*")
		if (!mark) {
			if (!inside)
				kept = kept line
			break
		}
		if (!inside)
			kept = kept substr(line, 1, mark - 1)
		line = substr(line, mark + 2)
		inside = !inside
	}
	sub(/\/\/.*/, "", kept)
	print kept
}
