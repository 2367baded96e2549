. "$REPOSITORY/tests/cli/lib.inc"
durations() { sed 's/  [0-9]*\.[0-9][0-9] s$/  TIME/; s/"ms": [0-9]*/"ms": 0/'; }
# One at a time, so that the order is that of the list.
run() { say "$@"; "$@" >../result; rc=$?; durations <../result; [ $rc = 0 ] || echo "exit $rc"; }
project
revision bbbbbbbbbbbb aaaaaaaaaaaa two <<'S'
-- upgrade
CREATE TABLE two (id INTEGER PRIMARY KEY);
-- downgrade
DROP TABLE two;
S
mkdir t
for i in 1 2 3 4; do : >t/$i.db; done
cat >list <<'L'
# the tenants

t/1.db
   sqlite:t/2.db
name=three t/3.db
  name="no. 4"  sqlite:///t/4.db
L
run db upgrade -j 1 --dry-run --targets list
run db upgrade -j 1 --targets list aaaaaaaaaaaa
run db current -j 1 --targets list
run db current -j 1 --targets list --check-heads
run db status -j 1 --targets list
run db downgrade -q --url sqlite:t/3.db base
run sqlite3 t/4.db "UPDATE db_version SET version_num = 'eeeeeeeeeeee'"
run db status -j 1 --targets list
run db status -j 1 --targets list --json
run sqlite3 t/4.db "UPDATE db_version SET version_num = 'aaaaaaaaaaaa'"
run db upgrade -q --url sqlite:t/3.db aaaaaaaaaaaa
sqlite3 t/2.db 'CREATE TABLE two (x)'
run db upgrade -j 1 --targets list
run db upgrade -j 1 --targets list --continue-on-error
run db upgrade -j 1 --targets list -q
run db --json upgrade -j 1 --targets list | sed "s|$PWD|TMP|"
sqlite3 t/2.db 'DROP TABLE two'
run db upgrade --targets - -j 1 <list
run db upgrade -j 1 --targets list -q
say 'a list as Windows writes it'
printf '\357\273\277t/1.db\r\n\r\n# two\r\nt/2.db\r\n' | run db current -j 1 --targets -
run db check -j 1 --targets list
run db downgrade -j 1 --targets list
run db stamp -j 1 --targets list head
run db stamp -j 1 --targets list --purge base
run sqlite3 app.db "CREATE TABLE tenant (name, path); INSERT INTO tenant VALUES ('one', 't/1.db'), ('gone', 't/9.db')"
run db current -j 1 --targets-query "SELECT path FROM tenant WHERE name = 'one'"
run db current -j 1 --targets-query "SELECT name, path FROM tenant ORDER BY name" --continue-on-error
run db upgrade -j 1 --targets-query "SELECT path FROM tenant WHERE name = 'gone'"
run ls t
run db current --targets-query "SELECT path FROM tenant WHERE 0"
run db current --targets-query "SELECT NULL"
run db current --targets-query "DELETE FROM tenant"
run db current --targets-query "SELECT 1; SELECT 2"
run db current --targets-query "SELECT nothing FROM tenant"

say wrong lists
wrong() {
	say "$1"
	printf "$1" | db upgrade --targets -
	echo "exit $?"
}
ln -s 1.db t/link
ln t/1.db t/hard
wrong 't/1.db\n\nt/link\n'
wrong 't/1.db\nt/hard\n'
wrong 't/8.db\nt/../t/8.db\n'
wrong 'name=a t/1.db\nname=a t/2.db\n'
wrong 'name= t/1.db\n'
wrong 'name=a\n'
wrong 'schema=a t/1.db\n'
wrong 'schema="a\n'
wrong 'sqlite://\n'
wrong 'mysql://me:secret@host/x\n'
wrong 't/1.db\000x\n'
wrong 'postgresql://me:se@cret@host/x\n'
run db upgrade --targets nowhere
run db upgrade --targets t
run db upgrade --targets - <&-
run db upgrade --targets /dev/null
run db --json upgrade --targets /dev/null
run db upgrade --targets list --targets-query x
run db upgrade --targets list -j none
run db upgrade --targets list -j 0
run db upgrade --targets list --sql
run db upgrade -j 2
run db upgrade --continue-on-error
run db --all upgrade --targets list

say 'a revision in C that crashes harms its target alone'
for i in 1 2 3 4; do rm t/$i.db; : >t/$i.db; done
db -q upgrade --targets list
cat >migrations/versions/cccccccccccc_crash.c <<'C'
/* crash
 *
 * Revision: cccccccccccc
 * Revises: bbbbbbbbbbbb
 */
#include <retort/revision.h>
#include <stdlib.h>

static int crash(retort_op *op, void *payload)
{
	(void)op, (void)payload;
	abort();
}

void upgrade(retort_op *op)
{
	retort_call(op, crash, NULL);
}

void downgrade(retort_op *op)
{
	(void)op;
}
C
run db upgrade -j 1 --targets list --continue-on-error
