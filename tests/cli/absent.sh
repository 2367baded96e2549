# What only reads makes no database.
. "$REPOSITORY/tests/cli/lib.inc"
user_models
db -q init --models models.c --url sqlite:app.db >/dev/null
revision aaaaaaaaaaaa '' one <<'S'
-- upgrade
CREATE TABLE user (id INTEGER PRIMARY KEY);

-- downgrade
DROP TABLE user;
S
run db current
run db current --check-heads
run db check
run db status
run db history -i
run db history -r current:
run db diff database models
run db diff sqlite:app.db models
run db upgrade --dry-run
run db migrate -m users
run db inspect
run db --url 'sqlite:file:app.db?mode=rwc' current
run db --url 'file:app.db?mode=rwc' current
run db --url sqlite:no/app.db current
run ls
rm migrations/versions/*
run db check
run db -q migrate -m users --rev-id bbbbbbbbbbbb
run ls
run db -q upgrade
run ls
