. "$REPOSITORY/tests/cli/lib.inc"
# The log says which commit a revision came from, and git finds a file that
# the working tree no longer has.
git_() { git -c user.name=a -c user.email=a@example.org -c init.defaultBranch=main "$@"; }
commit() { git_ add -A; git_ commit -qm "$1"; }
project
mkdir other && mv migrations models.c app.db other && cd other
git_ init -q ..
commit 'users'
revision bbbbbbbbbbbb aaaaaaaaaaaa two <<'S'
-- upgrade
CREATE TABLE two (id INTEGER);
-- downgrade
DROP TABLE two;
S
git_ checkout -q -b feature
commit 'two "tables"'
db -q upgrade
[ "$(sqlite3 app.db "SELECT git_commit FROM db_version_log WHERE revision = 'bbbbbbbbbbbb'")" = "$(git rev-parse HEAD)" ] && echo 'the log names the commit'
git_ checkout -q main
head=$(git rev-parse feature | cut -c 1-12)
run db current 2>&1 | sed "s/$head/COMMIT/g"
git checkout "$head" -- :/other/migrations/versions/bbbbbbbbbbbb_step.sql
run db current
echo '== never committed'
rm migrations/versions/bbb*; git_ reset -q --hard
sqlite3 app.db "UPDATE db_version SET version_num = 'cccccccccccc'"
run db current
