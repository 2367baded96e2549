# The messages that people search the web for: their words, and a hint.
. "$REPOSITORY/tests/cli/lib.inc"
user_models
db -q init --models models.c --url sqlite:app.db >/dev/null
echo '== autogenerate'
run db check
run db -q migrate -m users --rev-id a1
run db migrate -m users
run db upgrade
run db migrate -m nothing
run db check
run db downgrade
echo '== one that is not there, or names several'
rev b1 a1; rev b2 a1
run db upgrade nosuch
run db show b
run db upgrade
run db upgrade heads
run db revision -m more
run db revision -m more --head a1
run db merge -m again a1 b1
run db merge -m again --splice a1 b1
run db stamp a1 b1
run db stamp --sql a1 b1
run db stamp nosuch b1
run db current
echo '== relative'
run db -q stamp a1
run db downgrade -7
run db upgrade +7
run db downgrade -1
run db upgrade a1
run db upgrade +1
run db downgrade +1
run db upgrade -1
run db downgrade -- -5
echo '== places that do not lie there'
rev c1 b1
run db downgrade a1
run db downgrade b2
run db downgrade c1
run db -q stamp c1
run db upgrade b1
run db upgrade b1@head
run db downgrade b2@base
run db upgrade a1@-1
run db history -r b2:c1
run db history -r b2
run db history -r a1:b1:c1
run db history -r nosuch:
echo '== graphs that are none'
rev d1 nosuch; run db heads; rm migrations/versions/d1*
rev d1 d2; rev d2 d1; run db heads; rm migrations/versions/d?_*
rev d1 d1; run db heads; rm migrations/versions/d1*
rev d1 c1 '' d2; rev d2 d1; run db heads; rm migrations/versions/d?_*
rev d1 c1 '' nosuch; run db heads; rm migrations/versions/d1*
rev d1 c1; cp migrations/versions/d1_step.sql migrations/versions/again.sql; run db heads; rm migrations/versions/again.sql
rev d2 c1 one; rev d3 c1 one; run db heads; rm migrations/versions/d[23]*
rev d2 c1 a1; run db heads; rm migrations/versions/d2*
rev head c1; run db heads; rm migrations/versions/head*
rev x@y c1; run db heads; rm migrations/versions/x*
rev d2 '' 'x+y'; run db heads; rm migrations/versions/d2*
echo '== rows of the version table that are none'
db -q stamp --purge c1
sqlite3 app.db "INSERT INTO db_version VALUES ('b1')"
for c in current 'upgrade heads' downgrade 'stamp d1' 'history -i' status; do run db $c; done
run db stamp --purge c1
sqlite3 app.db "INSERT INTO db_version VALUES ('gone')"
for c in current 'upgrade heads' downgrade 'stamp d1' 'history -i' status; do run db $c; done
run db -q stamp --purge c1
run db current
