# The disk is full where a project, a revision, a compiled library or the pages of
# a COMMIT are to be written: one error, nothing half written.
. "$(dirname "$0")/lib.sh"
[ "$(id -u)" -eq 0 ] || { echo "only root may mount"; exit 77; }
mkdir small
mount -t tmpfs -o size=600k none small 2>/dev/null || { echo "no mount here"; exit 77; }
trap 'cd ..; umount small' EXIT
cd small || exit 1

# fill KB: so much is left.
fill() {
	rm -f fill
	left=$(df -k --output=avail . | tail -n 1)
	head -c $(( (left - $1) * 1024 )) /dev/zero >fill
}
nothing_but() {
	there=$(ls -A "$1" | tr '\n' ' ')
	[ "$there" = "$2" ] || die "$1 has \"$there\", not \"$2\""
}

fill 8
must_fail 1 'No space left' db init --url sqlite:app.db
rm fill log
nothing_but . ''
must db init --url sqlite:app.db
cat >models.c <<'C'
#include <retort/model.h>
TABLE("item", COLUMNS(COLUMN("id", INTEGER, PRIMARY_KEY), COLUMN("name", TEXT)));
C

fill 0
db migrate -m full >../log 2>&1 && die "wrote a revision to a full disk"
grep -q 'No space left' ../log || { cat ../log; die "does not say why"; }
nothing_but migrations/versions ''
fill 0
XDG_CACHE_HOME=$PWD/cache db check >../log 2>&1 && die "compiled on a full disk"
grep -q 'No space left' ../log || { cat ../log; die "does not say why"; }
rm fill
[ -z "$(find . -name '*.so' -o -name '*.tmp' -o -name '*.d')" ] || die "left: $(find .)"
XDG_CACHE_HOME=$PWD/cache db check >../log 2>&1
[ $? -eq 3 ] || { cat ../log; die "the cache is of no use after it"; }
rm -r cache

must db migrate --rev-id aaaaaaaaaaa1 -m one
must db upgrade
# So little that it is written at COMMIT alone.
sql_revision aaaaaaaaaaa2 aaaaaaaaaaa1 <<'S'
-- upgrade
INSERT INTO item (name) VALUES (hex(zeroblob(60000)));

-- downgrade
DELETE FROM item;
S
fill 16
db upgrade >../log 2>&1 && die "wrote to a full disk"
grep -q 'disk is full' ../log || { cat ../log; die "does not say why"; }
rm fill
sound
[ "$(sql 'SELECT version_num FROM db_version')" = aaaaaaaaaaa1 ] || die "the version"
nothing_but . 'app.db log migrations models.c '
must db upgrade
[ "$(sql 'SELECT length(name) FROM item')" = 120000 ] || die "the row"

# A revision in C has to be compiled first.
cat >migrations/versions/aaaaaaaaaaa3.c <<'C'
/*
 * three
 *
 * Revision: aaaaaaaaaaa3
 * Revises: aaaaaaaaaaa2
 */
#include <retort/revision.h>
void upgrade(retort_op *op) { retort_drop_table(op, "item"); }
void downgrade(retort_op *op) { (void)op; }
C
mkdir cache
fill 0
XDG_CACHE_HOME=$PWD/cache db upgrade >../log 2>&1 && die "compiled on a full disk"
grep -q 'No space left' ../log || { cat ../log; die "does not say why"; }
[ "$(sql 'SELECT version_num FROM db_version')" = aaaaaaaaaaa2 ] || die "the version"
rm fill
XDG_CACHE_HOME=$PWD/cache must db upgrade
sound
echo "a full disk: no half of a project, a revision, a library or a commit"
