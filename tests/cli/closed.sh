. "$REPOSITORY/tests/cli/lib.inc"
project
# standard error is closed: what would go there must not go into a file
say "db migrate 2>&-"
sed -i 's/NOT_NULL)/NOT_NULL), COLUMN("age", INTEGER)/' models.c
db migrate -m age --rev-id bbbbbbbbbbbb 2>&-
mask <migrations/versions/bbbbbbbbbbbb_age.sql
db --json upgrade 2>&-
say "db status >&-"
db status >&-
echo "exit $?"
