# md2man.awk - a page of docs/commands as a manual page.
# Knows what those pages use: one title "# NAME - summary", headings, indented
# or fenced text, lists of "- ", `code`, **strong**, [links](to).
#	awk -v version=V -f md2man.awk docs/commands/upgrade.md >db-upgrade.1

function inline(s,    out, rest, at) {
	gsub(/\\/, "\\e", s)
	gsub(/-/, "\\-", s)
	while (match(s, /\[[^]]*\]\([^)]*\)/)) {
		rest = substr(s, RSTART, RLENGTH)
		at = index(rest, "](")
		s = substr(s, 1, RSTART - 1) link(substr(rest, 2, at - 2), \
			substr(rest, at + 2, length(rest) - at - 2)) \
			substr(s, RSTART + RLENGTH)
	}
	out = ""
	while (match(s, /`[^`]*`/)) {
		out = out substr(s, 1, RSTART - 1) "\\fB" \
			substr(s, RSTART + 1, RLENGTH - 2) "\\fR"
		s = substr(s, RSTART + RLENGTH)
	}
	s = out s
	while (match(s, /\*\*[^*]*\*\*/))
		s = substr(s, 1, RSTART - 1) "\\fB" \
			substr(s, RSTART + 2, RLENGTH - 4) "\\fR" \
			substr(s, RSTART + RLENGTH)
	return s
}

# A page beside this one is a manual page; what lies elsewhere keeps its name.
function link(text, to) {
	if (to !~ /\.md$/ || to ~ /\//)
		return text
	sub(/\.md$/, "", to)
	return "\\fBdb" (to == "db" ? "" : "\\-" to) "\\fR(1)"
}

function flush() {
	if (text == "") return
	if (text ~ /^[.']/) text = "\\&" text
	print inline(text)
	text = ""
}

function close_code() { if (code) print ".EE\n.RE"; code = 0 }
function open_code() { if (!code) print ".PP\n.RS 4\n.EX"; code = 1 }
function raw(s) {
	gsub(/\\/, "\\e", s); gsub(/-/, "\\-", s)
	if (s ~ /^[.']/) s = "\\&" s
	print s
}

NR == 1 {
	name = $2
	if ($3 != "-") name = name "-" $3
	summary = $0
	sub(/^[^-]* - |^# db [a-z-]* - /, "", summary)
	printf ".TH %s 1 \"\" \"Retort %s\" \"Retort\"\n", toupper(name), version
	print ".nh\n.ad l"
	gsub(/-/, "\\-", name)
	print ".SH NAME\n" name " \\- " inline(summary)
	next
}
/^```/ { flush(); fenced = !fenced; if (fenced) open_code(); else close_code(); next }
fenced { raw($0); next }
/^    / && !item {
	flush()
	if (!body && !synopsis) { print ".SH SYNOPSIS"; synopsis = 1 }
	open_code()
	raw(substr($0, 5))
	next
}
/^$/ { flush(); close_code(); item = 0; para = 1; next }
/^## / { flush(); close_code(); print ".SH " toupper(inline(substr($0, 4))); body = 1; para = 0; next }
/^### / { flush(); close_code(); print ".SS " inline(substr($0, 5)); para = 0; next }
!body { print ".SH DESCRIPTION"; body = 1; para = 0 }
/^- / {
	flush(); close_code()
	item = 1; para = 0
	head = substr($0, 3)
	rest = ""
	if (at = index(head, " - ")) {
		rest = substr(head, at + 3)
		head = substr(head, 1, at - 1)
		print ".TP\n" inline(head)
	} else {
		print ".IP \\(bu 2"
		rest = head
	}
	text = rest
	next
}
{
	close_code()
	if (para && text == "") print item ? "" : ".PP"
	para = 0
	line = $0
	sub(/^ +/, "", line)
	text = text == "" ? line : text "\n" line
}
END { flush(); close_code() }
