. "$REPOSITORY/tests/cli/lib.inc"
run db current
run db -d nowhere upgrade
mkdir migrations
run db upgrade
echo '[db]' >migrations/db.ini
run db current
run db --url mysql://x current
run db --url sqlite:no/such/dir.db upgrade
echo 'this is not a database, and long enough to be looked at' >junk.db
run db --url sqlite:junk.db upgrade
printf '[db]\nurl sqlite:x.db\n' >migrations/db.ini
run db current
printf '[db]\nurl = sqlite:x.db\nmodel = a.c\n' >migrations/db.ini
run db heads
run db -n users heads
run db -x novalue heads
