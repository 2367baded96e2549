. "$REPOSITORY/tests/cli/lib.inc"
project
chmod a-w app.db . 2>/dev/null
# root may write anywhere, so the file is opened read-only by its URI
run db --url 'file:app.db?mode=ro' current
revision bbbbbbbbbbbb aaaaaaaaaaaa two <<'S'
-- upgrade
CREATE TABLE x (id INTEGER);
S
run db --url 'file:app.db?mode=ro' upgrade
run sqlite3 app.db .tables
