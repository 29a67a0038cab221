# SPDX-License-Identifier: MIT
# mutants.awk: the mutants of C sources: each one line that is slightly wrong.
#
# awk -f mutants.awk FILE...: a line for each, in columns parted by a tab: file, line number, what was done, the
# line as it is, and as it becomes, both without their indentation.
#
# It knows C as clang-format lays it out: a binary operator has space on both sides, a unary one none behind it. Not
# mutated are comments, strings, preprocessor lines, declarations, asserts and what is compiled for debug builds alone.
BEGIN {
	split("< <= > >= == != && || + - * / & | << >> += -= |= &=", from, " ")
	split("<= < >= > != == || && - + + * | & >> << -= += &= |=", to, " ")
	for (i in from)
		binary[from[i]] = to[i]
	operators = "^(<<=|>>=|->|[+][+]|--|<<|>>|<=|>=|==|!=|&&|[|][|]|[-+*/%|&^]=|[-+*/%<>!~&|^=?:.,])"
	types = "^(struct|enum|union|unsigned|int|long|char|const|static|extern|bool|void|double|size_t|u?int[0-9]+_t|" \
		"uintptr_t|slot_word|typedef|va_list|sigset_t|cpu_set_t|pthread_[a-z]*_t|pid_t|sync_atomic)[^a-z_]"
}

FNR == 1 {
	in_comment = skipped = 0
	last = ";"
	returned = ""
}

# Debug builds' own.
/^#ifdef POOLTOY_DEBUG/ { skipped = 1 }
/^#(else|endif)/ { skipped = 0 }

{
	code = masked($0)
	match($0, /^\t*/)
	indentation = RLENGTH
	code = substr(code, indentation + 1)
	text = substr($0, indentation + 1)
	sub(/[ \t]+$/, "", code)
}

code == "" || /^[ \t]*#/ || skipped { next }

# At the margin: the beginning of a function, from which its type is known.
indentation == 0 {
	if (code ~ /^[a-z].*\(/)
		returned = code
	last = code
	next
}

code ~ /^(assert|check_move)\(/ || code ~ types {
	if (code !~ /^(assert|check_move)\(/ && code ~ / = /)
		mutate_expressions(index(code, " = ") + 3)
	last = code
	next
}

{
	mutate_expressions(1)
	mutate_statement()
	last = code
}

# The line with comments and literals blanked out, so that each character stays in its place.
function masked(line,    i, c, out, quote)
{
	out = ""
	quote = ""
	for (i = 1; i <= length(line); i++) {
		c = substr(line, i, 1)
		if (in_comment) {
			if (substr(line, i, 2) == "*/") {
				in_comment = 0
				i++
				out = out " "
			}
			c = " "
		} else if (quote != "") {
			if (c == "\\") {
				i++
				out = out "\""
			} else if (c == quote) {
				quote = ""
			}
			c = "\""
		} else if (c == "\"" || c == "'") {
			quote = c
			c = "\""
		} else if (substr(line, i, 2) == "/*") {
			in_comment = 1
			i++
			out = out " "
			c = " "
		}
		out = out c
	}
	return out
}

function emit(what, changed)
{
	print FILENAME "\t" FNR "\t" what "\t" text "\t" changed
}

# In place of the `length` characters at `at`.
function replace(what, at, length_, by)
{
	emit(what, substr(text, 1, at - 1) by substr(text, at + length_))
}

function mutate_expressions(at,    rest, token)
{
	while (at <= length(code)) {
		rest = substr(code, at)
		if (match(rest, /^[A-Za-z_][A-Za-z0-9_]*/)) {
			token = substr(rest, 1, RLENGTH)
			if (token == "true" || token == "false")
				replace("constant", at, RLENGTH, token == "true" ? "false" : "true")
		} else if (match(rest, /^[0-9][0-9A-Za-z]*/)) {
			token = substr(rest, 1, RLENGTH)
			if (token ~ /^[0-9]+[uU]?$/)
				replace("constant", at, RLENGTH, token == "1" ? "0" : token + 1)
		} else if (match(rest, operators)) {
			token = substr(rest, 1, RLENGTH)
			mutate_operator(token, at, substr(rest, RLENGTH + 1, 1))
		} else {
			RLENGTH = 1
		}
		at += RLENGTH
	}
}

function mutate_operator(token, at, next_character)
{
	if (token in binary && (next_character == " " || next_character == ""))
		replace("operator", at, length(token), binary[token])
	else if (token == "++" || token == "--")
		replace("operator", at, 2, token == "++" ? "--" : "++")
	else if (token == "!" || token == "~")
		replace("operator", at, 1, "")
	RLENGTH = length(token)
}

# Whether the line begins a statement, rather than going on with one.
function begins()
{
	return last ~ /[;{}:]$/ || last ~ /^(else|do)$/ || last ~ /^(if|while|for|else if|} else if) \(.*\)$/
}

function mutate_statement(    condition)
{
	if (match(code, /^(} )?(else )?(if|while) \(/)) {
		condition = RLENGTH
		if (match(code, /\)( \{|;)?$/) && negatable(substr(code, condition + 1, RSTART - condition - 1)))
			emit("condition", substr(text, 1, condition) "!(" \
				substr(text, condition + 1, RSTART - condition - 1) ")" substr(text, RSTART))
	} else if (code ~ /^return .*;$/) {
		if (code !~ /^return (true|false|[0-9]+);$/)
			emit("return", "return 0;")
		if (returned ~ /^(static )?(inline )?bool / && code !~ /^return (true|false);$/)
			emit("return", "return !(" substr(text, 8, index(text, ";") - 8) ");")
	} else if (begins() && code ~ /^[a-z_*(+-].*[;,(]$/ && code !~ /^(return|for|switch|case|default|do|else|goto)[^a-z_]/) {
		emit("deletion", "while (0) " text)
	} else if (code ~ /^goto /) {
		emit("deletion", "while (0) " text)
	}
}

# Whether it is a whole condition, whose negation is not made by a change of its one operator already.
function negatable(expression,    i, depth, c)
{
	if (expression ~ /!|==/ && expression !~ /&&|[|][|]/)
		return 0
	for (i = 1; i <= length(expression); i++) {
		c = substr(expression, i, 1)
		depth += (c == "(") - (c == ")")
		if (depth < 0)
			return 0
	}
	return depth == 0
}
