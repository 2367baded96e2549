#!/bin/sh
# Roles that may little, and search paths that do not begin with public:
# roles.sh [BUILD]
. "$(dirname "$0")/cluster.inc"
cluster main
start main || fail 'the server does not start'
sql main postgres -c 'CREATE ROLE reader LOGIN' -c 'CREATE ROLE nobody LOGIN' \
	-c 'CREATE ROLE maker LOGIN CREATEDB' -c 'CREATE ROLE app LOGIN' \
	-c 'CREATE ROLE app_reader LOGIN'
mkdir "$work/project"
cd "$work/project"
db -q init --models models.c

run() {		# COMMAND…: sets $rc, $out
	out=$(db "$@" 2>&1)
	rc=$?
}
as() {		# ROLE DATABASE [OPTIONS]
	DATABASE_URL="postgresql://$1@/$2?host=$work/main${3:+&options=$3}"
	export DATABASE_URL
}
says() {	# WHAT RC TEXT COMMAND…
	what=$1 wanted=$2 text=$3
	shift 3
	run "$@"
	same "$what: exit" "$wanted" $rc
	contains "$what" "$text" "$out"
}

# Everything there is, read by a role that owns nothing.
fresh main everything
sql main everything -f "$here/all.sql" >/dev/null 2>&1
sql main everything -c 'REVOKE TEMP ON DATABASE everything FROM PUBLIC' \
	-c 'GRANT USAGE ON SCHEMA public TO reader'
sql main everything -c 'CREATE TABLE d (id int PRIMARY KEY, a int DEFAULT (1 = 1)::int,
	CHECK ((a > 0)))'
as postgres everything
db inspect >models.c
as reader everything
db inspect >as_reader.c
same 'a role that may not select' "$(cat models.c)" "$(cat as_reader.c)"
says 'it checks' 0 'No new upgrade operations detected.' check
says 'and has nothing to upgrade' 0 '' upgrade
says 'it may not stamp' 1 'permission denied for schema public' ensure-version
contains 'it may not stamp' 'hint: ' "$out"
sed -i 's/(id > 0)/id > 0/; s/"((1 = 1))::integer"/"cast(1 = 1 as int)"/' models.c
grep -q 'cast(1 = 1' models.c || bad "no text to have spelled: $(grep '1 = 1' models.c)"
says 'texts that only the server can compare' 1 'GRANT TEMP ON DATABASE' check
contains 'and says why' 'permission denied to create temporary tables' "$out"
sql main everything -c 'GRANT TEMP ON DATABASE everything TO reader'
says 'temporary tables will do' 0 'No new upgrade operations detected.' check
case $out in *NOTICE*) bad "notices of what is only tried: $out" ;; *) ok ;; esac
sql main everything -c 'CREATE TABLE db_version (version_num varchar(255) NOT NULL)'
says 'versions it may not read' 1 'permission denied for table db_version' current

# Without the schema nothing is there: that must not pass for an empty one.
sql main everything -c 'REVOKE USAGE ON SCHEMA public FROM PUBLIC'
as nobody everything
for c in current status check inspect upgrade 'stamp head' 'migrate --dry-run'; do
	says "no right to the schema, $c" 1 \
		'role "nobody" may not use schema public' $c
	contains "no right to the schema, $c" 'hint: GRANT USAGE' "$out"
done

cat >one.c <<'M'
#include <retort/model.h>
MODEL(User, .table = "users",
    COLUMNS(
        COLUMN("id",   INTEGER, PRIMARY_KEY),
        COLUMN("kind", ENUM("kind", "a", "b")),
        COLUMN("n",    SERIAL),
        COLUMN("x",    INTEGER, 0, .server_default = "1 + 1"),
    ), CONSTRAINTS(CHECK("id > 0 and kind = 'a'")));
MODEL(Post,
    COLUMNS(
        COLUMN("id",      INTEGER, PRIMARY_KEY),
        COLUMN("user_id", INTEGER, 0, .references = "users.id"),
        COLUMN("t",       TEXT, INDEX),
    ));
VIEW("v", "SELECT id FROM users WHERE kind = 'a'");
M
sed 's/TEXT, INDEX/TEXT, INDEX | NOT_NULL/; s/"a", "b"/"a", "b", "c"/' one.c >two.c

# WHAT SCHEMA: models go there, change there and away again
there() {
	rm -f migrations/versions/*
	cp one.c models.c
	says "$1: migrate" 0 '' migrate -m one
	case $DATABASE_URL in
	*//maker@*) case $out in *'be proved'*) bad "$1: $out" ;; esac ;;
	esac
	says "$1: upgrade" 0 'Running upgrade' upgrade
	says "$1: check" 0 'No new upgrade operations detected.' check
	same "$1: tables" "$2.db_version $2.db_version_log $2.post $2.users" \
		"$(sql main "$3" -c "SELECT string_agg(schemaname || '.' ||
		tablename, ' ' ORDER BY tablename) FROM pg_tables
		WHERE schemaname NOT IN ('pg_catalog', 'information_schema')")"
	cp two.c models.c
	says "$1: migrate again" 0 '' migrate -m two
	says "$1: upgrade again" 0 'Running upgrade' upgrade
	says "$1: check again" 0 'No new upgrade operations detected.' check
	db inspect >inspected.c
	cp inspected.c models.c
	says "$1: check what inspect says" 0 \
		'No new upgrade operations detected.' check
	says "$1: downgrade" 0 'Running downgrade' downgrade base
}

fresh main by_url
sql main by_url -c 'CREATE SCHEMA shop AUTHORIZATION app'
as app by_url '-csearch_path%3Dshop'
there 'search_path of the URL' shop by_url

fresh main by_database
sql main by_database -c 'CREATE SCHEMA shop AUTHORIZATION maker' \
	-c 'ALTER DATABASE by_database SET search_path = shop, public'
as maker by_database
there 'search_path of the database' shop by_database

fresh main by_role
sql main by_role -c 'CREATE SCHEMA "Shop" AUTHORIZATION maker' \
	-c 'ALTER ROLE maker IN DATABASE by_role SET search_path = nix, "Shop"'
as maker by_role
there 'a schema that is not there, and one that is' Shop by_role

fresh main by_user
sql main by_user -c 'CREATE SCHEMA AUTHORIZATION maker'
as maker by_user
there '"$user"' maker by_user

# The same as somebody who looks elsewhere: read what is there, by its name.
fresh main elsewhere
sql main elsewhere -c 'CREATE SCHEMA shop AUTHORIZATION app' \
	-c 'GRANT USAGE ON SCHEMA shop TO app_reader'
as app elsewhere '-csearch_path%3Dshop'
rm -f migrations/versions/*
cp one.c models.c
db -q migrate -m one 2>/dev/null
db -q upgrade
sql main elsewhere -c 'GRANT SELECT ON ALL TABLES IN SCHEMA shop TO app_reader' \
	2>/dev/null
as app_reader elsewhere '-csearch_path%3Dshop'
says 'a reader: current' 0 '(head)' current
says 'a reader: status' 0 'Up to date' status
says 'a reader: upgrade' 0 '' upgrade

# A type of a schema further back in the path.
fresh main behind
sql main behind -c 'CREATE SCHEMA shop AUTHORIZATION maker' \
	-c 'CREATE EXTENSION citext' \
	-c 'ALTER DATABASE behind SET search_path = shop, public'
sql main behind -c "SET ROLE maker; CREATE TABLE shop.e (a citext DEFAULT 'x')"
as maker behind
rm -f migrations/versions/*
db inspect >models.c
says 'behind: check' 0 'No new upgrade operations detected.' check
sed -i 's/COLUMN("a"/COLUMN("c", TYPE("citext"), 0, .server_default = "lower('"'Y'"')"), &/' models.c
run migrate -m c
same 'behind: migrate' 0 $rc
case $out in *'be proved'*) bad "behind: $out" ;; *) ok ;; esac
says 'behind: upgrade' 0 '' upgrade
says 'behind: check again' 0 'No new upgrade operations detected.' check

# No schema to be in: said, and not taken for an empty database.
rm -f migrations/versions/*
cp one.c models.c
fresh main nowhere
for path in nix %22%22 ''; do
	as maker nowhere "-csearch_path%3D$path"
	for c in current check 'migrate -m x' upgrade ensure-version; do
		says "search_path=$path, $c" 1 \
			'no schema of the search path exists' $c
		contains "search_path=$path, $c" 'hint: ' "$out"
	done
done
same 'nothing was made' '' "$(ls migrations/versions)"

# An empty one, and every name written: as a guarded server wants it.
sql main nowhere -c 'CREATE SCHEMA shop AUTHORIZATION maker'
sed -i '/^\[db\]/a include_schemas = shop\nversion_table_schema = shop' migrations/db.ini
as maker nowhere '-csearch_path%3D'
cat >models.c <<'M'
#include <retort/model.h>
TABLE("users", .schema = "shop",
    COLUMNS(
        COLUMN("id",   INTEGER, PRIMARY_KEY),
        COLUMN("x",    INTEGER, 0, .server_default = "1 + 1"),
    ));
M
says 'all names written: migrate' 0 '' migrate -m one
case $out in *'be proved'*) bad "all names written: $out" ;; *) ok ;; esac
says 'all names written: upgrade' 0 '' upgrade
says 'all names written: check' 0 'No new upgrade operations detected.' check
same 'all names written: tables' 'db_version db_version_log users' \
	"$(sql main nowhere -c "SELECT string_agg(tablename, ' ' ORDER BY tablename)
	FROM pg_tables WHERE schemaname = 'shop'")"

# A schema that is not looked at would be created again and again.
for listed in public 'sh*'; do
	sed -i "s/^include_schemas.*/include_schemas = $listed/" migrations/db.ini
	for c in check 'migrate -m again' create-all; do
		says "$listed, $c" 1 'schema "shop" is not looked at' $c
		contains "$listed, $c" 'include_schemas in db.ini' "$out"
	done
done
sed -i 's/^include_schemas.*/include_schemas = shop/' migrations/db.ini
says 'all names written: downgrade' 0 '' downgrade base

echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
