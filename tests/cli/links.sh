# Symbolic links: to the migrations, to the database, to where nothing is.
. "$REPOSITORY/tests/cli/lib.inc"
project
mkdir -p far/away sub
mv migrations far/away/here && ln -s far/away/here migrations
sed -i "s|^models.*|models = ../../../models.c|" migrations/db.ini
mv app.db far/real.db && ln -s far/real.db app.db
run db current
(cd sub && run db -d ../migrations heads)
sed -i 's/VARCHAR(80)/VARCHAR(80), .collation = "NOCASE"/; s/, UNIQUE | NOT_NULL//' models.c
run db migrate -m changed --rev-id bbbbbbbbbbbb
run db upgrade
run sqlite3 far/real.db "SELECT * FROM user"
ls far
[ -L app.db ] && [ -L migrations ] && echo "the links are links"
ln -s missing/app.db lost.db
run db --url sqlite:lost.db current
run db --url sqlite:lost.db upgrade
ln -s far/new.db new.db
run db --url sqlite:new.db upgrade aaaaaaaaaaaa
ls far
ln -s loop.db loop.db
run db --url sqlite:loop.db upgrade
ln -s nowhere gone
run db init gone
run db -d gone current
