# What somebody sees who has not got everything yet: every command says what is
# missing and what to type next.
. "$REPOSITORY/tests/cli/lib.inc"
export EDITOR=true
every() {
	for c in migrate revision upgrade 'upgrade head' downgrade current check \
		'diff database models' history heads branches show status log stamp \
		merge edit shell ensure-version create-all inspect; do
		rm -rf ../try
		cp -a . ../try
		(cd ../try && run db $c) 2>&1 | mask | sed 's/[0-9a-f]\{12\}/ID/g'
	done
}
part() { echo; echo "== $*"; }

part an empty directory
mkdir none && cd none
every
cd ..

part a directory that is no project
mkdir -p bare/migrations/versions && cd bare
run db upgrade 2>&1
run db -d migrations current 2>&1
run db init 2>&1
cd ..

part nothing but the project
mkdir new && cd new
db init --url sqlite:app.db
every
cd ..

part no database
mkdir nowhere && cd nowhere
db -q init >/dev/null
sed -i 's/^url = .*/url =/' migrations/db.ini
every
cd ..

part no models
mkdir tables && cd tables
db -q init --url sqlite:app.db >/dev/null
sed -i 's/^models = .*/models =/' migrations/db.ini
for c in migrate check 'diff database models' create-all; do run db $c 2>&1; done
sed -i 's/^models =/models = ..\/gone.c/' migrations/db.ini
for c in migrate check 'diff database models' create-all; do run db $c 2>&1; done
cd ..

part no place for revisions
mkdir lost && cd lost
db -q init --url sqlite:app.db >/dev/null
rm -r migrations/versions migrations/script.sql.in
run db upgrade 2>&1
mkdir migrations/versions
run db revision -m first 2>&1
