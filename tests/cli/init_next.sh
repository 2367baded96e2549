# What is left to be done after init: only what was not named.
. "$REPOSITORY/tests/cli/lib.inc"
user_models
run db init none
run db init url --url sqlite:app.db
run db init models --models models.c
run db init both --url sqlite:app.db --models models.c
run db init several one two --multidb --url sqlite:app.db --models models.c
run db --json init again --url sqlite:app.db --models models.c
grep -n '^url' several/db.ini
