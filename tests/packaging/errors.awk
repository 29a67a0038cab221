# SPDX-License-Identifier: MIT
# errors.awk: given the public headers and then a manual page, prints where the two list other errors for a function.
# In a header those are the items ` *  - POOLTOY_E...` in the comment before it, and "those of" another function, or
# "what" that does. In a page: what is .Er under ERRORS, and, outside of lists, all of a function's that is .Xr. An
# item that begins with `.Fn NAME :` is of that function, and of those that follow in it likewise; else of any.
function add_all(name, text,    code)
{
	while (match(text, /POOLTOY_E[A-Z]+/)) {
		code = substr(text, RSTART, RLENGTH)
		listed[name, code] = codes[code] = 1
		text = substr(text, RSTART + RLENGTH)
	}
}

function read_comment(name,    lines, count, i, line)
{
	count = split(comment, lines, "\n")
	for (i = 1; i <= count; i++) {
		line = lines[i]
		if (line ~ /^ \*  - POOLTOY_E/) {
			sub(/[:;].*/, "", line)
			add_all(name, line)
		} else if (match(line, /(those of|what) pooltoy_[a-z_]+/)) {
			line = substr(line, RSTART, RLENGTH)
			sub(/.* /, "", line)
			others[name] = others[name] " " line
		}
	}
}

function has(name, code,    list, count, i)
{
	count = split(others[name], list, " ")
	for (i = 1; i <= count; i++)
		if (has(list[i], code))
			return 1
	return (name, code) in listed
}

function say(what) { print page ": " what }

function end_item(    code, name)
{
	for (code in item) {
		if (is_general)
			said[code] = 1
		for (name in attributed) {
			told[code, name] = 1
			if (!has(name, code))
				say(code " is none of " name "'s")
		}
	}
	split("", item)
	split("", attributed)
}

function is_told(name, code,    other)
{
	for (other in referred)
		if (has(other, code))
			return 1
	return code in said || (code, name) in told
}

FNR == 1 { is_header = FILENAME ~ /\.h$/ }
is_header && /^\/\*/ {
	comment = declaration = ""
	is_comment = 1
}
is_header && is_comment {
	comment = comment $0 "\n"
	is_comment = !/\*\//
	next
}
is_header {
	declaration = declaration $0
	if (/;/ && declaration ~ /POOLTOY_API/ && match(declaration, /pooltoy_[a-z_]+\(/))
		read_comment(substr(declaration, RSTART, RLENGTH - 1))
	if (/;/)
		declaration = ""
	next
}
{ page = FILENAME }
/^\.Sh/ { section = $2 }
section == "NAME" && $1 == ".Nm" { functions[$2] = 1 }
section != "ERRORS" { next }
/^\.(It|El)/ { end_item() }
/^\.It/ {
	in_item = is_first = 1
	for (i = 3; i <= NF; i++)
		if ($i ~ /^POOLTOY_E/)
			item[$i] = 1
	next
}
/^\.El/ {
	in_item = 0
	next
}
in_item {
	is_of_one = $1 == ".Fn" && $3 == ":"
	if (is_of_one)
		attributed[$2] = 1
	if (is_first)
		is_general = !is_of_one
	is_first = 0
	next
}
$1 == ".Er" { said[$2] = 1 }
$1 == ".Xr" { referred[$2] = 1 }
END {
	for (name in functions)
		for (code in codes) {
			if (has(name, code) && !is_told(name, code))
				say("lacks " code " of " name)
			if (has(name, code))
				known[code] = 1
		}
	for (code in said)
		if (!(code in known))
			say(code " is of none of its functions, by the headers")
}
