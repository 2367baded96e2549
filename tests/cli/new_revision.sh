# Every option of revision, migrate and merge.
. "$REPOSITORY/tests/cli/lib.inc"
user_models
db -q init --models models.c --url sqlite:app.db >/dev/null
mkdir migrations/more
sed -i 's/^; version_locations = versions$/version_locations = versions more/' migrations/db.ini
show() { db show "$1" | sed -n '/Create Date/d; /Rev:/,$p'; }
run db revision --message 'First step: a "quote" & more' --rev-id a1 --branch-label main
show a1
run db revision -m second --rev-id a2 --sql | mask
run db revision -m second --rev-id a2 --dry-run | mask
run db revision -m second --rev-id a2
run db revision -m side --rev-id b1 --head a1
run db revision -m side --rev-id b1 --head a1 --splice --branch-label side --version-path migrations/more
run db revision -m 'goes on beside its parent' --rev-id b2 --head side@head
run db revision -m needs --rev-id a3 --head main@head --depends-on side
run db revision -m needs --rev-id a3 --head a2 --depends-on side --depends-on b2 --format c
head -9 migrations/versions/a3_needs.c | mask
run db revision -m base --rev-id c1 --head base --branch-label apart
run db revision -m two --rev-id d1 --head a3 --head c1
run db heads
run db heads --resolve-dependencies
run db heads -v | mask
run db branches
run db branches -v | mask
run db history --indicate-current --rev-range a1:d1
echo '== merge'
run db merge --message both --rev-id m1 --branch-label joined --depends-on a1 --format sql --version-path migrations/more
show m1
run db merge -m again
run db merge -m same m1 m1
run db revision -m x --rev-id x1; run db revision -m y --rev-id y1 --head m1 --splice
run db merge --sql -m xy --rev-id z1 | mask
run db merge -m xy --rev-id z1 --head x1 --head y1
run db merge -m 'of no heads' --rev-id z2 --splice x1 b1
show z2
echo '== refused, and nothing is written'
ls migrations/versions migrations/more >before
run db revision -m n --rev-id a1
run db revision -m n --rev-id 'a b'
run db revision -m n --rev-id head
run db revision -m n --rev-id a-b
run db revision -m n --rev-id a,b
run db revision -m n --rev-id None
run db revision -m n --rev-id side
run db revision -m n --head z1 --rev-id n1 --branch-label n1
run db revision -m n --head z1 --branch-label a1
run db revision -m n --head z1 --branch-label a,b
run db revision -m n --head z1 --branch-label none
run db revision -m n --head z1 --branch-label lib-2
run db revision -m n --head z1 --branch-label -lib
run db revision -m n --head z1 --branch-label main
run db revision -m n --head z1 --branch-label 'no@label'
run db revision -m n --head z1 --branch-label ''
run db revision -m n --head nosuch
run db revision -m n --head z1 --depends-on base
run db revision -m n --head z1 --depends-on nosuch
run db revision -m n --head z1 --version-path elsewhere
run db revision -m n --head z1 --format perl
run db revision -m n --head z1 --head z1
run db merge -m n nosuch z1
run db merge -m n z1
ls migrations/versions migrations/more | diff before - && echo 'nothing was written'
echo '== migrate takes them all'
run db -q upgrade
run db migrate --message users --rev-id u1 --head z1 --branch-label users --depends-on apart --version-path migrations/more --format sql --no-verify --dry-run | mask
run db migrate -m users --rev-id u1 --sql | mask | tail -6
run db migrate -m users --rev-id u1 --head x1 --splice
run db migrate -m users --rev-id u1
run db -q upgrade heads
run db -q merge -m all --rev-id all
run db -q upgrade
sed -i 's/"name"/"nick"/' models.c
run db revision --autogenerate -m rename --rev-id u2 --rename user.name:nick --no-verify
sed -n '/^-- upgrade/,$p' migrations/*/u2_rename.sql
echo '== labels as people write them'
run db -q revision -m s1 --rev-id s1 --head base --branch-label user-service
run db -q revision -m f1 --rev-id f1 --head base --branch-label feature/1-more
run db heads
run db -q revision -m s2 --rev-id s2 --head user-service@head --depends-on feature/1-more
run db -q upgrade user-service@head
run db history -r user-service@base:user-service@head
run db downgrade user-service@-1
run db show feature/1 | mask
