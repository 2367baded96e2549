# sql2c.awk - turn lib/dialect/*/*.sql into sql.h (-v h=1) or sql.c.
# Each directory is a dialect; all must name the same statements.
FNR == 1 {
	d = FILENAME; sub(/\/[^\/]*$/, "", d); sub(/.*\//, "", d)
	if (!(d in seen)) { seen[d] = 1; dial[++nd] = d }
	name = ""
}
/^-- name: [A-Z0-9_]+/ {
	name = $3
	if ((d, name) in text) bad(d ": two statements " name)
	if (nd == 1) order[++ns] = name
	else if (!((dial[1], name) in text)) bad(d ": unexpected " name)
	line[d, name] = FILENAME ":" FNR
	text[d, name] = ""
	next
}
name != "" && !/^[[:space:]]*(--.*)?$/ {
	gsub(/\\/, "\\\\"); gsub(/"/, "\\\"")
	text[d, name] = text[d, name] "\n\t\t\"" $0 "\\n\""
}
function bad(m) { print m > "/dev/stderr"; err = 1 }
END {
	for (i = 1; i <= ns; i++)
		for (j = 1; j <= nd; j++)
			if (text[dial[j], order[i]] == "")
				bad(dial[j] ": no " order[i])
	if (err) exit 1
	print "/* Generated from lib/dialect by tools/sql2c.awk; do not edit. */"
	if (h) {
		print "#ifndef SQL_H\n#define SQL_H\n\nenum stmt_id {"
		for (i = 1; i <= ns; i++) print "\tSTMT_" order[i] ","
		print "\tSTMT__COUNT\n};\n"
		for (j = 1; j <= nd; j++)
			print "extern const char *const sql_" dial[j] "[STMT__COUNT];"
		print "extern const char *const stmt_name[STMT__COUNT];\n\n#endif"
		exit
	}
	print "#include \"sql.h\""
	for (j = 1; j <= nd; j++) {
		print "\nconst char *const sql_" dial[j] "[STMT__COUNT] = {"
		for (i = 1; i <= ns; i++)
			print "\t[STMT_" order[i] "] =" text[dial[j], order[i]] ","
		print "};"
	}
	print "\nconst char *const stmt_name[STMT__COUNT] = {"
	for (i = 1; i <= ns; i++) print "\t[STMT_" order[i] "] = \"" order[i] "\","
	print "};"
}
