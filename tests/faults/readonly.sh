# Neither file nor directory can be written.
. "$(dirname "$0")/lib.sh"
[ "$(id -u)" -ne 0 ] || { command -v setpriv >/dev/null && setpriv --reuid=65534 --clear-groups true 2>/dev/null ||
	{ echo "root may write everything here, and setpriv(1) is not there"; exit 77; }; }

as_nobody() {
	if [ "$(id -u)" -eq 0 ]; then
		setpriv --reuid=65534 --clear-groups "$@"
	else
		"$@"
	fi
}

must db init --url sqlite:app.db
sql_revision aaaaaaaaaaa1 '' <<'S'
-- upgrade
CREATE TABLE t (x);

-- downgrade
DROP TABLE t;
S
sql_revision aaaaaaaaaaa2 aaaaaaaaaaa1 <<'S'
-- upgrade
CREATE TABLE u (x);

-- downgrade
DROP TABLE u;
S
must db upgrade aaaaaaaaaaa1
chmod -R a+rX . ..
chmod 444 app.db
before=$(cksum app.db)

chmod 555 .
must_fail 1 writable as_nobody db upgrade
[ "$(cksum app.db)" = "$before" ] || die "the database was written"
as_nobody db current >log 2>&1 || { cat log; die "could not read"; }
grep -q aaaaaaaaaaa1 log || die "current: $(cat log)"

chmod 777 .
must_fail 1 writable as_nobody db upgrade
[ "$(cksum app.db)" = "$before" ] || die "the database was written"
[ -z "$(ls -A | grep -- -retort-lock)" ] || die "the lock stayed"

# The file could be written, but not what has to stand beside it.
chmod 666 app.db
chmod 555 .
must_fail 1 writable as_nobody db upgrade
[ "$(cksum app.db)" = "$before" ] || die "the database was written"
chmod 755 .
sql 'PRAGMA journal_mode = WAL' >log
before=$(cksum app.db)
chmod 555 .
must_fail 4 'WAL mode' as_nobody db current
must_fail 4 'WAL mode' as_nobody db upgrade
[ "$(cksum app.db)" = "$before" ] || die "the database was written"
chmod 755 .
sql 'PRAGMA journal_mode = DELETE' >log

chmod 644 app.db
must db upgrade
mkdir -m 555 home
export HOME="$PWD/home" XDG_CACHE_HOME=
must_fail 1 'make directory.*Permission denied' as_nobody db check
echo "a database that cannot be written: refused, and read"
