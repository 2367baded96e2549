#!/bin/sh
# The main job on SQLite in front of the user: quickstart.sh BUILD
# Everything happens in a temporary directory.
set -eu
export PATH="$1:$PATH"
d=$(mktemp -d)
trap 'rm -rf "$d"' EXIT
export HOME="$d" XDG_CACHE_HOME="$d/cache"
unset DATABASE_URL
mkdir "$d/app"
cd "$d/app"

if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
	bold=$(printf '\033[1m') plain=$(printf '\033[0m')
else
	bold='' plain=''
fi

say() { printf '\n%s%s%s\n' "$bold" "$*" "$plain"; }

run() {
	printf '%s$' "$bold"
	for word do
		case $word in
		*[\ \;\(]*) printf ' "%s"' "$word" ;;
		*) printf ' %s' "$word" ;;
		esac
	done
	printf '%s\n' "$plain"
	"$@" 2>&1
}

rows() { run sqlite3 -header -column app.db 'SELECT * FROM user'; }

say 'A new project, and models in C'
run db init --url sqlite:app.db --models models.c
cat >models.c <<'MODELS'
#include <retort/model.h>

MODEL(User,
    COLUMNS(
        COLUMN("id",    INTEGER,      PRIMARY_KEY),
        COLUMN("name",  VARCHAR(80),  NOT_NULL),
        COLUMN("email", VARCHAR(120)),
    ));
MODELS
run cat models.c

say 'The first revision: db compares the models with the database'
run db migrate -m 'create users' --rev-id 0001
run cat migrations/versions/0001_create_users.sql
run db upgrade
run sqlite3 app.db "INSERT INTO user (name, email) VALUES ('Ada', 'ada@example.org'), ('Grace', 'grace@example.org')"

say 'The models change: email is unique and not null, and users write posts'
cat >models.c <<'MODELS'
#include <retort/model.h>

MODEL(User,
    COLUMNS(
        COLUMN("id",    INTEGER,      PRIMARY_KEY),
        COLUMN("name",  VARCHAR(80),  NOT_NULL),
        COLUMN("email", VARCHAR(120), NOT_NULL | UNIQUE),
    ));

MODEL(Post,
    COLUMNS(
        COLUMN("id",      INTEGER,     PRIMARY_KEY),
        COLUMN("title",   VARCHAR(80), NOT_NULL | INDEX),
        COLUMN("user_id", INTEGER,     NOT_NULL, .references = "user.id", .on_delete = CASCADE),
    ));
MODELS
run cat models.c
run db migrate -m 'add posts' --rev-id 0002
run cat migrations/versions/0002_add_posts.sql
run db upgrade
run db history -v
run db check

say 'The rows are there, through the rebuild of their table'
rows

say 'One step back, and they still are'
run db downgrade
run db current
rows
[ "$(sqlite3 app.db 'SELECT count(*) FROM user')" = 2 ] || { echo 'rows were lost'; exit 1; }

say 'Try next'
cat <<NEXT
  export PATH=$1:\$PATH
  mkdir app && cd app
  db init                    a project of your own, with a starter models.c
  db migrate -m 'first'      write a revision; read it, then: db upgrade
  db status                  where the database is and what is pending
  db inspect                 the models of a database that you already have
  db help                    every command; db COMMAND --help says more
  README.md                  five minutes, and how it compares with Alembic
NEXT
