#!/bin/sh
# What --sql prints runs unchanged through psql and does what the command does
# on the database itself: offline.sh [BUILD]. Each script stops at the first
# error; the outcome is what pg_dump and db check say.
. "$(dirname "$0")/cluster.inc"
export PATH="$bin:$PATH" PGHOST="$work/main" PGUSER=postgres DATABASE_URL

cluster main
start main || fail 'the server does not start'
sql main postgres -c 'CREATE ROLE retort_reader'
mkdir "$work/project"
cd "$work/project" || exit 1
db -q init

# run WHAT DATABASE: script.sql through psql; a warning is a failure too.
run() {
	psql -XAtq -v ON_ERROR_STOP=1 -d "$2" -f script.sql >out 2>&1
	same "$1: exit" 0 $?
	same "$1: messages" '' "$(grep -v NOTICE out | head -n 5)"
}
dump() {
	pg_dump --schema-only --no-owner --exclude-table='*.db_version_log*' \
		"$1" 2>&1 | grep -v '^\\\(un\)\?restrict' >"$1.dump"
}
# equal WHAT A B: the schemas of two databases.
equal() {
	dump "$2"
	dump "$3"
	[ -s "$2.dump" ] && same "$1" '' "$(diff "$2.dump" "$3.dump" 2>&1)"
}
clean() {	# WHAT DATABASE
	out=$(db --url "$(url main "$2")" check 2>&1)
	same "$1: check" '0' "$?"
}
# offline WHAT COMMAND...: into script.sql, without a server; a revision in C
# wants one, to try things out on.
offline() {
	what=$1 server=/nowhere
	shift
	[ "$format" = sql ] || server=$PGHOST
	PGHOST=$server db --url postgresql:///postgres "$@" >script.sql 2>err
	same "$what: exit $(cat err)" 0 $?
}
empty() {	# WHAT DATABASE
	same "$1" '' "$(sql main "$2" -c "SELECT oid::regclass FROM pg_class
		WHERE relnamespace = 'public'::regnamespace AND relname NOT
		LIKE 'db\_version%' UNION ALL SELECT NULL FROM pg_type t WHERE
		typtype IN ('e', 'd') AND typnamespace >= 16384 UNION ALL
		SELECT NULL FROM pg_proc WHERE pronamespace =
		'public'::regnamespace" | head -n 5)"
}

first() { cp "$here/offline.c" models.c; }
second() { { echo '#define SECOND'; cat "$here/offline.c"; } >models.c; }

# Of both formats: what the runner does, and what its SQL does.
sed -i '/^\[db\]/a include_schemas = public, farm' migrations/db.ini
for format in sql c; do
	rm -f migrations/versions/*
	for db in a b; do
		fresh main $db
	done
	DATABASE_URL=$(url main a)
	first
	out=$(db migrate --format $format -m first --rev-id 111111111111 2>&1)
	same "$format: migrate $out" 0 $?
	case $out in *'not be proved'*) bad "$format: $out" ;; esac
	out=$(db upgrade 2>&1)
	same "$format: upgrade $out" 0 $?
	second
	out=$(db migrate --format $format -m second --rev-id 222222222222 2>&1)
	same "$format: migrate again $out" 0 $?
	case $out in *'not be proved'*) bad "$format: $out" ;; esac
	if [ $format = sql ]; then
		cat >migrations/versions/333333333333_step.sql <<-'S'
		-- concurrently
		--
		-- Revision: 333333333333
		-- Revises: 222222222222
		-- Created: 2026-01-01 00:00:00 UTC

		-- upgrade transaction=off
		CREATE INDEX CONCURRENTLY "By text" ON hen (text);
		BEGIN;
		INSERT INTO hen (id) VALUES (1), (2);
		COMMIT;
		ALTER TABLE hen ADD CONSTRAINT late CHECK (id < 100) NOT VALID;
		ALTER TABLE hen VALIDATE CONSTRAINT late;
		ALTER TABLE hen DROP CONSTRAINT late;
		DROP INDEX CONCURRENTLY "By text";
		-- downgrade transaction=off
		DELETE FROM hen;
		S
	else
		cat >migrations/versions/333333333333_step.c <<-'S'
		/*
		 * concurrently
		 *
		 * Revision: 333333333333
		 * Revises: 222222222222
		 * Created: 2026-01-01 00:00:00 UTC
		 */
		#include <retort/revision.h>

		void upgrade(retort_op *op)
		{
			retort_create_index(op, "hen", LIST("text"), .name = "By text",
				.concurrently = true);
			retort_execute(op, "INSERT INTO hen (id) VALUES (1), (2)");
			retort_drop_index(op, "hen", "By text", .concurrently = true);
		}

		void downgrade(retort_op *op)
		{
			retort_execute(op, "DELETE FROM hen");
		}
		S
	fi
	out=$(db upgrade 2>&1)
	same "$format: upgrade again $out" 0 $?
	offline "$format: upgrade --sql" upgrade --sql
	run "$format: upgrade --sql" b
	equal "$format: the same schema" a b
	same "$format: version" 333333333333 \
		"$(db --url "$(url main b)" current 2>&1 | cut -c1-12)"
	clean "$format: a" a
	clean "$format: b" b
	for range in 333333333333:111111111111 111111111111:base; do
		offline "$format: downgrade --sql" downgrade --sql $range
		run "$format: downgrade --sql" b
		out=$(db downgrade ${range#*:} 2>&1)
		same "$format: downgrade $out" 0 $?
		equal "$format: the same below, $range" a b
	done
	empty "$format: nothing is left" b
	# half of the way by the runner, the rest by psql
	db -q upgrade 111111111111
	offline "$format: from the first" upgrade --sql 111111111111:head
	run "$format: from the first" a
	clean "$format: from the first" a
done

format=sql
rm -f migrations/versions/*

# create-all, and the whole schema of a live database
fresh main a
fresh main b
second
DATABASE_URL=$(url main a)
out=$(db create-all 2>&1)
same "create-all $out" 0 $?
offline create-all create-all --sql
run create-all b
equal 'create-all: the same schema' a b
clean create-all b
fresh main b
db inspect --format sql >script.sql 2>err
run inspect b
equal 'inspect: the same schema' a b
clean inspect b

# everything that a server can hold
fresh main whole
fresh main b
psql -XAtq -v ON_ERROR_STOP=1 -d whole -f "$here/all.sql" >out 2>&1
same "all: $(cat out)" '' "$(grep -v NOTICE out)"
sed -i 's/^include_schemas.*/include_schemas = public, other/' migrations/db.ini
db --url "$(url main whole)" inspect --format sql >script.sql 2>err
same "inspect of all: $(cat err)" "" "$(cat err)"
run 'inspect of all' b
equal 'all: the same schema' whole b
sed -i 's/^include_schemas.*/include_schemas = public, farm/' migrations/db.ini

# the version table alone
for id in 111111111111: 222222222222:111111111111; do
	revision ${id%:*} ${id#*:} <<-'S'
	-- upgrade
	CREATE TABLE IF NOT EXISTS one ();
	CREATE TABLE "Egg" ();
	-- downgrade
	S
done
table="SELECT version_num FROM db_version"
fresh main b
offline ensure-version ensure-version --sql
run ensure-version b
run 'ensure-version twice' b
DATABASE_URL=$(url main a)
fresh main a
db -q ensure-version
sql main a -c 'DROP TABLE IF EXISTS db_version_log' >/dev/null
equal 'the same version table' a b
for at in 111111111111 head base 222222222222; do
	offline "stamp $at" stamp --sql $at
	run "stamp $at" b
	out=$(db stamp $at 2>&1)
	same "stamp $at $out" "$(sql main a -c "$table")" \
		"$(sql main b -c "$table")"
	fresh main c
	run "stamp $at of nothing" c
	same "stamp $at of nothing" "$(sql main a -c "$table")" \
		"$(sql main c -c "$table")"
done

# a script that fails in the middle says so, and nothing of its revision stays
fresh main b
sql main b -c 'CREATE TABLE "Egg" ()' >/dev/null
offline 'in vain' upgrade --sql
psql -XAtq -v ON_ERROR_STOP=1 -d b -f script.sql >out 2>&1
same 'in vain: exit' 3 $?
sql main b -c 'DROP TABLE "Egg"'
empty 'in vain: nothing is left' b

echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
