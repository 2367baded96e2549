. "$REPOSITORY/tests/cli/lib.inc"
project
sqlite3 b.db "CREATE TABLE user (id INTEGER PRIMARY KEY, name TEXT NOT NULL, age INT)"
run db diff sqlite:app.db sqlite:b.db
run db diff --sql sqlite:b.db models.c
run db diff database models
run db diff aaaaaaaaaaaa models.c
run db diff aaaaaaaaaaaa nosuch
run db --json diff sqlite:app.db sqlite:b.db
