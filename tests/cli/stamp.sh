. "$REPOSITORY/tests/cli/lib.inc"
project
revision bbbbbbbbbbbb aaaaaaaaaaaa two </dev/null
run db stamp head
run db current
run db stamp nosuch
run db current
run db stamp base
run db current
run db stamp aaaaaaaaaaaa
run db --url sqlite:other.db stamp head
run sqlite3 other.db "SELECT * FROM db_version"
sqlite3 app.db "UPDATE db_version SET version_num = 'ffffffffffff'"
run db current
run db upgrade
run db stamp head
run db stamp --purge head
run db current
