. "$REPOSITORY/tests/cli/lib.inc"
user_models
run db init --models models.c --url sqlite:app.db
run db init
run ls -A migrations
run db migrate -m "first: users" --rev-id aaaaaaaaaaaa
mask <migrations/versions/aaaaaaaaaaaa_first_users.sql
run db check
run db upgrade
run db upgrade
run db migrate -m nothing
run db check
run db current
run db history
run db heads
run db show | mask
run db status
run db downgrade
run db current
run sqlite3 app.db .tables
