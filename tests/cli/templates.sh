# What db init copies: by name, by directory, one's own.
. "$REPOSITORY/tests/cli/lib.inc"
user_models
share() { sed "s|$(dirname "$(dirname "$(command -v db)")")/migrations_template|SHARE|"; }
say db list-templates
db list-templates | share
db list-templates --json | share

say the same by --multidb and by name
db init --multidb one users bills
db init -t multidb two users bills
diff -r one two && echo same
run ls one one/versions
sed -n '/users/,$p' one/db.ini
run db init -t multidb three
grep '^\[' three/db.ini
run db init -t multidb --models models.c --format c four a
sed -n '/"a"/,$p' four/db.ini
grep '^format' four/db.ini

say "one's own"
own=$HOME/.config/retort/templates
mkdir -p $own/ours $own/many $own/nothing
cp "$REPOSITORY"/migrations_template/script.*.in $own/ours
cat >$own/ours/db.ini <<'I'
; ours, for me@example.org
[db]
url = @URL@
models = @MODELS@
format = @FORMAT@
version_table = @NOTHING@
I
printf '\n[db "@NAME@"]\nurl = postgresql://localhost/@NAME@\n' >$own/many/section.ini
cp $own/ours/db.ini $own/many
sed -i 's/^-- Depends-on.*/&\n-- X-Ticket: none/' $own/ours/script.sql.in
db list-templates | share
run db init -t ours ours --url sqlite:app.db
cat ours/db.ini
sed -i '/version_table/d' ours/db.ini
db -d ours migrate -m first --rev-id aaaaaaaaaaaa 2>/dev/null
grep X-Ticket ours/versions/*
run db init -t many many x y
sed -n '/^\[db "/,$p' many/db.ini
ls many
cp -r $own/ours here
run db init -t here/ fromhere
run db init -t nosuch there
run db init -t $own/nothing there
sed -i 's/\${message}/${massage}/' ours/script.sql.in
run db -d ours revision -m wrong
