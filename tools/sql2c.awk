# sql2c.awk - turn lib/dialect/*/*.sql into sql.h (-v h=1) or sql.c.
# Each directory is a dialect. "-- name: X" starts a statement that every
# dialect has, "-- optional: X" one that is NULL where it is not;
# "-- private: x" one of this dialect alone.
FNR == 1 {
	d = FILENAME; sub(/\/[^\/]*$/, "", d); sub(/.*\//, "", d)
	if (!(d in seen)) { seen[d] = 1; dial[++nd] = d }
	name = ""
}
/^-- name: [A-Z0-9_]+/ {
	name = $3
	if ((d, name) in text) bad(d ": two statements " name)
	if (!(name in known)) { known[name] = 1; order[++ns] = name }
	text[d, name] = ""
	next
}
/^-- optional: [A-Z0-9_]+/ {
	name = $3
	if ((d, name) in text) bad(d ": two statements " name)
	if (!(name in known)) { known[name] = 1; order[++ns] = name }
	optional[name] = 1
	text[d, name] = ""
	next
}
/^-- private: [a-z0-9_]+/ {
	name = $3
	if ((d, name) in text) bad(d ": two statements " name)
	np[d]++
	private[d, np[d]] = name
	text[d, name] = ""
	next
}
name != "" && !/^[[:space:]]*(--.*)?$/ {
	gsub(/\\/, "\\\\&"); gsub(/"/, "\\\"")
	text[d, name] = text[d, name] "\n\t\t\"" $0 "\\n\""
}
function bad(m) { print m > "/dev/stderr"; err = 1 }
END {
	for (i = 1; i <= ns; i++)
		for (j = 1; j <= nd; j++)
			if (text[dial[j], order[i]] == "" && !optional[order[i]])
				bad(dial[j] ": no " order[i])
	for (j = 1; j <= nd; j++)
		for (i = 1; i <= np[dial[j]]; i++)
			if (text[dial[j], private[dial[j], i]] == "")
				bad(dial[j] ": " private[dial[j], i] " is empty")
	if (err) exit 1
	print "/* Generated from lib/dialect by tools/sql2c.awk; do not edit. */"
	if (h) header(); else source()
}
function header() {
	print "#ifndef SQL_H\n#define SQL_H\n\nenum stmt_id {"
	for (i = 1; i <= ns; i++) print "\tSTMT_" order[i] ","
	print "\tSTMT__COUNT\n};\n"
	print "/* A statement of one dialect alone; a NULL ends a list of them. */"
	print "struct private_sql {\n\tconst char *name, *sql;\n};\n"
	for (j = 1; j <= nd; j++) {
		d = dial[j]
		print "extern const char *const sql_" d "[STMT__COUNT];"
		print "extern const struct private_sql sql_" d "_private[];"
		for (i = 1; i <= np[d]; i++)
			print "extern const char sql_" d "_" private[d, i] "[];"
	}
	print "extern const char *const stmt_name[STMT__COUNT];\n\n#endif"
}
function source() {
	print "#include <stddef.h>\n\n#include \"sql.h\""
	for (j = 1; j <= nd; j++) {
		d = dial[j]
		print "\nconst char *const sql_" d "[STMT__COUNT] = {"
		for (i = 1; i <= ns; i++)
			print "\t[STMT_" order[i] "] =" (text[d, order[i]] == "" ? " NULL" : text[d, order[i]]) ","
		print "};"
		for (i = 1; i <= np[d]; i++)
			print "\nconst char sql_" d "_" private[d, i] "[] =" text[d, private[d, i]] ";"
		print "\nconst struct private_sql sql_" d "_private[] = {"
		for (i = 1; i <= np[d]; i++)
			print "\t{ \"" private[d, i] "\", sql_" d "_" private[d, i] " },"
		print "\t{ NULL, NULL }\n};"
	}
	print "\nconst char *const stmt_name[STMT__COUNT] = {"
	for (i = 1; i <= ns; i++) print "\t[STMT_" order[i] "] = \"" order[i] "\","
	print "};"
}
