#!/bin/sh
# What is said about statements that the server refuses, compared with
# errors.out: errors.sh [BUILD]; ACCEPT=1 rewrites it.
. "$(dirname "$0")/cluster.inc"
cluster main
start main || fail 'the server does not start'
mkdir "$work/project"
cd "$work/project"
db -q init
sql main postgres -c 'CREATE DATABASE app' -c 'CREATE ROLE reader LOGIN'
export DATABASE_URL
DATABASE_URL=$(url main app)

# Both sections of a revision come from standard input.
try() {
	revision bbbbbbbbbbbb aaaaaaaaaaaa
	echo "\$ $1"
	db upgrade 2>&1
	echo "exit $?"
	db stamp -q aaaaaaaaaaaa >/dev/null 2>&1
}
revision aaaaaaaaaaaa '' <<'S'
-- upgrade
CREATE TABLE t (a int PRIMARY KEY, b int);
CREATE TABLE child (a int REFERENCES t DEFERRABLE INITIALLY DEFERRED);
CREATE TYPE mood AS ENUM ('sad');
-- downgrade
S
{
db upgrade 2>&1
try 'a syntax error' <<'S'
-- upgrade
CREATE TABLE u (a int);

CREATE TABEL v (a int);
S
try 'a row that is there' <<'S'
-- upgrade
INSERT INTO t VALUES (1);
INSERT INTO t
VALUES (1);
S
try 'a foreign key at COMMIT' <<'S'
-- upgrade
INSERT INTO child VALUES (7);
S
try 'CONCURRENTLY in a transaction' <<'S'
-- upgrade
CREATE INDEX CONCURRENTLY i ON t (b);
S
try 'an enum value that is too new' <<'S'
-- upgrade
ALTER TYPE mood ADD VALUE 'happy';
CREATE TABLE m (m mood DEFAULT 'happy');
S
try 'the same, apart' <<'S'
-- upgrade transaction=off
ALTER TYPE mood ADD VALUE 'happy';
CREATE TABLE m (m mood DEFAULT 'happy');
S
try 'COMMIT in a transaction' <<'S'
-- upgrade
CREATE TABLE u (a int);
COMMIT;
S
try 'a transaction that stays open' <<'S'
-- upgrade transaction=off
CREATE TABLE w (a int);
BEGIN;
INSERT INTO w VALUES (1);
S
try 'half done' <<'S'
-- upgrade transaction=off
CREATE TABLE x (a int);
INSERT INTO x VALUES (1), (1);
CREATE UNIQUE INDEX CONCURRENTLY i ON x (a);
S
try 'rows for COPY' <<'S'
-- upgrade
CREATE TABLE u (a int);
COPY u FROM stdin;
1
\.
S
try 'a command of psql' <<'S'
-- upgrade

\connect other
S
try 'strings of old' <<'S'
-- upgrade
SET standard_conforming_strings = off;
S
try 'an open quote' <<'S'
-- upgrade
SELECT 1;
DO $x$ BEGIN END $$;
S
try 'a function that fails inside' <<'S'
-- upgrade
CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION 'not today' USING DETAIL = 'It rains.', HINT = 'Wait.';
END $$;
SELECT f();
S
try 'a procedure that commits' <<'S'
-- upgrade
DO $$ BEGIN COMMIT; END $$;
S
rm migrations/versions/bbbbbbbbbbbb_step.sql
echo '$ a role without rights'
DATABASE_URL="postgresql:///app?host=$work/main&user=reader" db current 2>&1
DATABASE_URL="postgresql:///app?host=$work/main&user=reader" db downgrade base 2>&1
echo "exit $?"
} | sed "s|$work|TMP|g" >"$work/out"
if [ -n "${ACCEPT-}" ]; then
	cp "$work/out" "$here/errors.out"
fi
if diff -u "$here/errors.out" "$work/out"; then ok; else bad errors; fi
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
