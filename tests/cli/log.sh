. "$REPOSITORY/tests/cli/lib.inc"
# times, durations and users differ from run to run
mask_log() {
	sed -E 's/20[0-9-]{8} [0-9:.]+/TIME/; s/ +[0-9]+ ms/ N ms/; s/ by [^ ,]+/ by USER/; s/(User: +).*/\1USER/;
		s/"(started|finished)": "[^"]*"/"\1": "TIME"/; s/"duration_ms": [0-9]+/"duration_ms": N/; s/"user": "[^"]*"/"user": "USER"/'
}
bare
run db log
rev aaaaaaaaaaaa; rev bbbb aaaaaaaaaaaa
db -q upgrade
db -q downgrade
db -q stamp head
run db log | mask_log
run db log -2 | mask_log
run db log --max-count 1 -v | mask_log
run db log --json -1 | mask_log
echo '== what has no file any more, and what is half done'
rm migrations/versions/bbbb*
db -q stamp --purge head
sqlite3 app.db "INSERT INTO db_version_log (revision, direction, started, statements, retort_version) VALUES ('bbbb', 'upgrade', '2026-01-01 00:00:00.000', 3, '0.1.0')"
run db log -3 | mask_log
run db log -1 -v | mask_log
sqlite3 app.db "UPDATE db_version_log SET finished = '2026-01-01 01:00:00.000', duration_ms = 3723004 WHERE finished IS NULL"
run db log -1 | sed -E 's/20[0-9-]{8} [0-9:.]+/TIME/'
sqlite3 app.db "UPDATE db_version_log SET duration_ms = 1570 WHERE duration_ms = 3723004"
run db log -1 | sed -E 's/20[0-9-]{8} [0-9:.]+/TIME/'
echo '== in a git repository'
git init -q .; git add -A; git -c user.name=a -c user.email=a@example.org commit -qm one
rev cccc aaaaaaaaaaaa
db -q upgrade
head=$(git rev-parse HEAD | cut -c 1-12)
run db log -1 | mask_log | sed "s/$head/COMMIT/"
run db log -v -1 | mask_log | sed "s/$head.*/COMMIT/"
echo '== no such number, no such database'
run db log -0
run db log five
run db log --max-count=
run db log --max-count 3x
run db --url sqlite:none.db log
ls none.db 2>&1
