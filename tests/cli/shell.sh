. "$REPOSITORY/tests/cli/lib.inc"
bare
rev aaaa; db -q upgrade
run db shell -- 'SELECT * FROM db_version'
run db shell -- -header 'SELECT version_num FROM db_version'
db shell -- 'SELECT * FROM nope' 2>/dev/null; echo "exit $?"
echo 'SELECT 1 + 1;' | db shell
echo '== where the file lies: relative to the project, with a dash, as a URI'
mkdir below; (cd below && run db shell -- 'SELECT * FROM db_version')
cp app.db ./-dash.db; run db --url sqlite:-dash.db shell -- 'SELECT * FROM db_version'
run db --url 'sqlite:app.db?mode=ro' shell -- 'DELETE FROM db_version' 2>&1 | sed 's/ (8)//'
run db --url sqlite:////$PWD/app.db shell -- 'SELECT * FROM db_version'
echo '== a server: nothing secret is an argument'
mkdir bin; cat >bin/psql <<'S'
#!/bin/sh
echo "psql $*"; env | grep ^PG | sort; exit 7
S
chmod +x bin/psql
PATH=$PWD/bin:$PATH; unset PGPASSWORD PGHOST PGUSER PGPORT PGDATABASE
run db --url 'postgresql://me:p%40ss@one:5433/my%20db?sslmode=require' shell
run db --url 'postgresql+psycopg2://me@one,two/d' shell -- -c 'SELECT 1' -1
run db --url "host=one password='it\\'s' keepalives=0 application_name=x" shell
run db --url 'postgresql://me@one,two/d?target_session_attrs=any' shell -- --version
run db --url 'postgresql://me@one/d?sslpassword=secret' shell
run db --url 'postgresql://me:se@cret@one/d' shell
echo '== not there'
rm bin/psql
PATH=$(dirname "$(command -v db)") command db shell; echo "exit $?"
run db --json shell 2>&1 | tail -1
run db --url bogus:x shell
