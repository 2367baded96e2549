. "$REPOSITORY/tests/cli/lib.inc"
user_models
db -q init --models models.c --url sqlite:app.db >/dev/null
run db create-all --sql
run db create-all
run db create-all
run db check
run db ensure-version --sql
run db ensure-version
run sqlite3 app.db .tables
