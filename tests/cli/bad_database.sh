. "$REPOSITORY/tests/cli/lib.inc"
project
say "a definition that cannot be read"
sqlite3 app.db "PRAGMA writable_schema = on; CREATE TABLE odd(a);
UPDATE sqlite_schema SET sql = 'CREATE TABLE odd(a CHECK)' WHERE name = 'odd'" 2>/dev/null
run db check
say "a page that is not one"
rm app.db
sqlite3 app.db "PRAGMA page_size = 1024; CREATE TABLE t(a)"
printf 'xxxxxxxxxxxx' | dd of=app.db bs=1 seek=100 conv=notrunc 2>/dev/null
run db check
run db upgrade
say "a folder"
mkdir folder
run db --url sqlite:folder current
say "URLs"
run db --url sqlite: current
run db --url sqlite://app.db current
run db --url 'sqlite:///app.db?colour=red' current
