#!/bin/sh
# Labels of enums and sequences that get another name: renames.sh [BUILD].
# They are renamed, not made again: the rows and the counting stay.
. "$(dirname "$0")/cluster.inc"
cluster main
start main || fail 'the server does not start'
mkdir "$work/project"
cd "$work/project"
db -q init --models models.c
old='#include <retort/model.h>
ENUM_TYPE("mood", LABELS("glad", "sad", "it'"'"'s.odd"));
SQL_OBJECT("counter", "CREATE SEQUENCE counter INCREMENT BY 5",
    "DROP SEQUENCE counter", .word_);
TABLE("person",
    COLUMNS(
        COLUMN("id",    INTEGER, PRIMARY_KEY, .server_default = "nextval('"'counter'"'::regclass)"),
        COLUMN("mood",  TYPE("mood"), NOT_NULL, .server_default = "'"'glad'"'"),
        COLUMN("kind",  ENUM("kind", "a", "b"), 0, .server_default = "'"'a'"'"),
        COLUMN("moods", ARRAY_OF(TYPE("mood"))),
        COLUMN("both",  ARRAY_OF(TYPE("mood")), 0, .server_default = "'"'{glad,sad}'"'"),
    ),
    CONSTRAINTS(CHECK("mood <> '"'glad'"' or id > 0", .name = "ck_mood")),
    INDEXES(INDEX_ON(LIST("id"), .name = "ix_glad", .where = "mood = '"'glad'"'")));
VIEW("gladly", "SELECT id FROM person WHERE mood IN ('"'glad', 'sad'"')");
'
old=$(printf '%s' "$old" | sed 's/, \.word_//')

begin() {	# DATABASE
	rm -f migrations/versions/*
	fresh main "$1"
	DATABASE_URL=$(url main "$1")
	export DATABASE_URL
	printf '%s' "$old" >models.c
	db -q migrate -m one && db -q upgrade || bad "$1: the beginning"
	sql main "$1" -c "INSERT INTO person (moods) VALUES
		(ARRAY['glad', 'sad']::mood[]), (ARRAY['it''s.odd']::mood[])"
	sql main "$1" -c "SELECT oid FROM pg_class WHERE relname = 'counter'" >oid
}
rows() { sql main "$1" -c 'SELECT id, mood, kind, moods FROM person ORDER BY id' | tr '\n' ' '; }
goes() {	# DATABASE WHAT [OPTIONS]: migrate and upgrade, nothing left
	base=$1 what=$2
	shift 2
	out=$(db migrate -m two "$@" 2>&1)
	same "$what: migrate" 0 $?
	case $out in
	*'be proved'*) bad "$what: $out" ;;
	*) ok ;;
	esac
	file=$(ls migrations/versions/*_two.sql)
	out=$(db upgrade 2>&1)
	same "$what: upgrade" 0 $?
	out=$(db check 2>&1)
	same "$what: check ($out)" 0 $?
}
only() {	# WHAT PATTERN…: there is no other statement in the upgrade
	what=$1 pattern=$2
	got=$(sed -n '/^-- upgrade/,/^-- downgrade/p' "$file" |
		grep -v '^--' | grep -v '^$')
	same "$what" "$pattern" "$got"
}
back() {	# DATABASE WHAT
	db -q downgrade -1 || bad "$2: downgrade"
	same "$2: back" "1|glad|a|{glad,sad} 6|glad|a|{it's.odd} " "$(rows "$1")"
}

renamed=$(printf '%s' "$old" | sed "s/glad'/happy'/g; s/{glad,/{happy,/; s/\"glad\"/\"happy\"/")
begin told
printf '%s' "$renamed" >models.c
goes told 'a label by --rename' --rename mood.glad:happy
only 'a label by --rename' "ALTER TYPE mood RENAME VALUE 'glad' TO 'happy';"
same 'a label by --rename: rows' "1|happy|a|{happy,sad} 6|happy|a|{it's.odd} " \
	"$(rows told)"
same 'a label by --rename: an array' "{happy,sad}" "$(sql main told \
	-c 'SELECT "both" FROM person WHERE id = 1')"
back told 'a label by --rename'

begin tricky
sed "s/it's\.odd/it''s \\\\\\\\ even/" models.c >m && mv m models.c
goes tricky 'quotes and dots' --rename "mood.it's.odd:it''s \\ even"
only 'quotes and dots' "ALTER TYPE mood RENAME VALUE 'it''s.odd' TO 'it''''s \\ even';"
db -q downgrade -1
same 'quotes and dots: back' "1|glad|a|{glad,sad} 6|glad|a|{it's.odd} " \
	"$(rows tricky)"

begin of_column
sed 's/"kind", "a", "b"/"kind", "z", "b"/; s/'"'a'"'/'"'z'"'/' models.c >m && mv m models.c
goes of_column 'of an enum in a column' --rename kind.a:z
only 'of an enum in a column' "ALTER TYPE kind RENAME VALUE 'a' TO 'z';"
back of_column 'of an enum in a column'

# in the models, where it may stay
begin model
printf '%s' "$renamed" | sed 's/^ENUM_TYPE.*/ENUM_TYPE("mood", LABELS("happy", "new", "sad", "it'"'"'s.odd"),\n    RENAMED_LABELS("glad", "happy"));/' >models.c
goes model 'a label by the model, and another'
contains 'a label by the model' "RENAME VALUE 'glad' TO 'happy'" "$(cat "$file")"
contains 'a label by the model' "ADD VALUE 'new' BEFORE 'sad'" "$(cat "$file")"
same 'a label by the model: rows' "1|happy|a|{happy,sad} 6|happy|a|{it's.odd} " \
	"$(rows model)"
back model 'a label by the model, and another'

begin sequence
sed 's/"DROP SEQUENCE counter"/"DROP SEQUENCE \\"The Counter\\"", .was = "counter"/
	s/CREATE SEQUENCE counter/CREATE SEQUENCE \\"The Counter\\"/
	s/SQL_OBJECT("counter"/SQL_OBJECT("The Counter"/
	s/nextval(.counter/nextval('"'"'\\"The Counter\\"/' models.c >m && mv m models.c
grep -q 'The Counter.*regclass' models.c || bad "the models: $(cat models.c)"
goes sequence 'a sequence by .was'
only 'a sequence by .was' 'ALTER SEQUENCE counter RENAME TO "The Counter";'
same 'a sequence by .was: it goes on' 11 "$(sql main sequence -c \
	'INSERT INTO person DEFAULT VALUES RETURNING id')"
same 'a sequence by .was: the same' "$(cat oid)" "$(sql main sequence \
	-c "SELECT oid FROM pg_class WHERE relname = 'The Counter'")"
sql main sequence -c 'DELETE FROM person WHERE id = 11'
back sequence 'a sequence by .was'

begin changed
sed 's/counter/tally/g; s/INCREMENT BY 5/INCREMENT BY 2/' models.c >m && mv m models.c
goes changed 'a sequence by --rename, and changed' --rename counter:tally
contains 'a sequence by --rename' 'ALTER SEQUENCE counter RENAME TO tally;' "$(cat "$file")"
contains 'a sequence by --rename' 'ALTER SEQUENCE tally' "$(cat "$file")"
case $(cat "$file") in *'DROP SEQUENCE'*) bad "dropped: $(cat "$file")" ;; *) ok ;; esac
back changed 'a sequence by --rename, and changed'

# what cannot be
begin wrong
for r in mood.glad:happy mood.nix:sad mood.glad:sad counter:tally; do
	out=$(db migrate -m x --rename "$r" 2>&1)
	same "$r: exit" 1 $?
	contains "$r" "cannot rename \"${r%%:*}\"" "$out"
	contains "$r" 'hint: ' "$out"
done
sed 's/^ENUM_TYPE.*/ENUM_TYPE("mood", LABELS("glad", "sad"), RENAMED_LABELS("x"));/' \
	models.c >m && mv m models.c
out=$(db check 2>&1)
same 'half a rename: exit' 1 $?
contains 'half a rename' 'does not say the new name' "$out"

echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
