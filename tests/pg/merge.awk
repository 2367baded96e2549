# One models file out of two that db inspect wrote, of SQLite and of
# PostgreSQL: awk -f merge.awk sqlite.c postgresql.c. What both have in the
# same words is written once, the rest with `.only`.

# All lines of one declaration or of one part of a table become one text.
function add(text, line) {
	sub(/^ +/, "", line)
	return text == "" ? line : text "\n            " line
}

function only(text, which) {
	sub(/\)[,;]*$/, ", .only = \"" which "\"&", text)
	return text
}

# What tells a part of a table from others: a column's name.
function key_of(text,    s) {
	if (text !~ /^COLUMN\(/)
		return text
	s = text
	sub(/^COLUMN\(/, "", s)
	return "COLUMN " substr(s, 1, index(substr(s, 2), "\"") + 1)
}

function keep(text,    k) {
	gsub(/,  +/, ", ", text)	# was lined up
	k = key_of(text)
	if (!((table, section, k) in part)) {
		n[table, section]++
		order[table, section, n[table, section]] = k
		part[table, section, k] = ""
	}
	if (which == "postgresql" && part[table, section, k] == text)
		part[table, section, k] = text
	else if (which == "postgresql" && part[table, section, k] != "")
		part[table, section, k] = only(part[table, section, k], "sqlite") \
			"\n        " only(text, which)
	else if (which == "postgresql")
		part[table, section, k] = only(text, which)
	else
		part[table, section, k] = text
	both[table, section, k] = both[table, section, k] which
}

FNR == 1 { which = which == "" ? "sqlite" : "postgresql" }
/^TABLE\(/ {
	table = $0
	sub(/^TABLE\("/, "", table)
	sub(/".*/, "", table)
	if (!(table in seen))
		tables[++n_tables] = table
	seen[table] = seen[table] which
	$0 = substr($0, length(table) + 10)
	in_head = 1
}
/^    COLUMNS\(/ { section = "COLUMNS"; in_head = 0; next }
/^    CONSTRAINTS\(/ { section = "CONSTRAINTS"; next }
/^    INDEXES\(/ { section = "INDEXES"; next }
in_head {
	sub(/,$/, "")
	if ($0 != "" && index(head[table], $0) == 0)
		head[table] = head[table] "," $0
	next
}
# a part ends where the next one or the end of all begins
table != "" && /^    (    )?[^ ]/ {
	if (text != "")
		keep(text)
	text = ""
}
/^    \)\);$/ { table = "" }
/^    \)/ { next }
table != "" && /^ / {
	text = add(text, $0)
	next
}
# other objects, whole
/^[A-Z_]+\(/ { table = ""; text = "" }
/^#/ { next }
table == "" && NF { text = text $0 "\n" }
table == "" && /\);$/ {
	sub(/\n$/, "", text)
	objects = objects "\n" only(text, which) "\n"
	text = ""
}
END {
	print "#include <retort/model.h>"
	for (i = 1; i <= n_tables; i++) {
		t = tables[i]
		printf "\nTABLE(\"%s\"%s", t, head[t]
		if (seen[t] == "sqlite" || seen[t] == "postgresql")
			printf ", .only = \"%s\"", seen[t]
		split("COLUMNS CONSTRAINTS INDEXES", s, " ")
		for (k = 1; k <= 3; k++) {
			if (!n[t, s[k]])
				continue
			printf ",\n    %s(", s[k]
			for (j = 1; j <= n[t, s[k]]; j++) {
				key = order[t, s[k], j]
				p = part[t, s[k], key]
				if (both[t, s[k], key] == "sqlite" &&
				    seen[t] != "sqlite")
					p = only(p, "sqlite")
				printf "\n        %s", p
			}
			printf "\n    )"
		}
		print ");"
	}
	printf "%s", objects
}
