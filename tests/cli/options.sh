# Options that no other test needs: each does what its help says.
. "$REPOSITORY/tests/cli/lib.inc"
user_models
echo '== init'
run db init --package
run db init sqlproject --format sql --models models.c
run db init --format c --models models.c cproject
grep '^format' sqlproject/db.ini cproject/db.ini
run db init --format perl other
cp -r sqlproject template; echo 'of our own' >>template/README
run db init -t template own
run db init --template template own2
tail -n 1 own/README own2/README
run db init --template nosuch own3
run db init sqlproject
run db init a b
ls
echo '== the project, however it is named'
run db --directory cproject --url sqlite:app.db heads
run db -d cproject --config cproject/db.ini --url sqlite:app.db heads
run db -d cproject -c nosuch.ini heads
run db --directory nosuch heads
run db heads -d cproject --name nosuch
run db --name= heads -d cproject
cd cproject && run db --url sqlite:app.db -d . heads; cd ..
echo '== how much is said'
mv sqlproject migrations
sed -i 's/^url.*/url = sqlite:app.db/' migrations/db.ini
rev a1; rev a2 a1
run db upgrade --quiet a1
run db upgrade --verbose --quiet a2 --tag release
DB_LOG=warning run db downgrade
DB_LOG=debug run db upgrade
DB_LOG=nonsense run db downgrade --tag back --dry-run
run db downgrade --lock-timeout 2s --statement-timeout 500ms a1
run db upgrade --lock-timeout=1min --statement-timeout=2min
run db upgrade --statement-timeout 5h
run db --color=sometimes heads
run db --color never heads
run db heads --no-json
echo '== several times, in any order, mistyped'
run db history --rev-range a1:a2 --rev-range a2:
run db history --rev-rang a1:
run db history --rev a1:
run db -x k heads
run db -x k=v -x k2=v2 heads
run db heads extra
run db stamp --tag t --sql a1
run db show a1 a2
run db upgrade --to-commit
run db -1
echo '== one of the last'
run db edit nosuch
EDITOR=false run db edit
EDITOR='cat' run db edit a1 | head -n 3
VISUAL=true EDITOR=false run db edit
DB_EDITOR=true VISUAL=false run db edit
# Ctrl-C in the editor is for the editor
cat >editor <<'S'
#!/bin/sh
kill -INT $PPID; sleep 0.3; echo "edited $(basename "$1")"
S
chmod +x editor; EDITOR=./editor run db edit a1; rm editor
run db create-all --stamp --sql
run db --url sqlite:new.db create-all --stamp
run db --url sqlite:new.db current
run db inspect --table user --table nosuch --format sql
run db inspect --format perl
run db --url sqlite:new.db inspect --table user --format sql
run db list-templates | sed 's|TMP.*|SHARE|; s|/.*|SHARE|'
run db current --check-heads
run db --url sqlite:old.db current --check-heads
