# Branches in every command that takes a revision: labels, several rows.
. "$REPOSITORY/tests/cli/lib.inc"
bare
rev root0; rev l1 root0 left; rev l2 l1; rev l3 l2; rev r1 root0 right; rev r2 r1 '' l1
rev apart1 '' apart; rev apart2 apart1
at() { run db -q "$@"; db current 2>/dev/null | sed 's/^/  /'; }
run db heads
run db heads --resolve-dependencies
run db branches
run db show right@head | sed -n '1,4p'
run db show left@base
run db show heads | grep Rev:
run db show lef | grep Rev:
run db show left@root | grep Rev:
run db show r1@head | grep Rev:
run db show left@head-2 | grep Rev:
run db show l1+2 | grep Rev:
run db show left@r1
echo '== upgrade and downgrade'
at upgrade left@l1
at upgrade +1
at upgrade left@+1
at upgrade right@head
at upgrade left@head
at upgrade heads
at upgrade heads
at downgrade left@-1
at downgrade right@-2
at downgrade apart@base
at upgrade right@+1
at downgrade left@base
at downgrade base
at upgrade apart@heads
at upgrade l3 --dry-run
at upgrade l3
at downgrade -1
at downgrade left@-9
at downgrade --dry-run root0
echo '== stamp'
at stamp left@head right@head apart2
at stamp --purge heads
at stamp l1
at stamp apart@base
at stamp --purge l3 r1
at stamp r1 nosuch
at stamp --purge r1 nosuch
at stamp base
at stamp --tag release l2 r1
sqlite3 app.db "SELECT direction, revision FROM db_version_log ORDER BY id DESC LIMIT 2"
echo '== ranges of the history'
for range in : l1: :l1 l1:l3 root0:left@head right@base:right@head -2: :current current: -1:current -1:+1 current:+1 l1+1:heads base:r1 :heads left@: @left: r2-1:r2 head:; do
	run db history -r "$range"
done
run db history -i -v -r apart1:apart1
echo '== the same in one line'
rm migrations/versions/* app.db
rev a1; rev a2 a1; rev a3 a2; rev a4 a3; db -q upgrade a2
for range in -1:+1 +1:+2 -5:-1 -1:current current:+1 +1: :+1 -1: :-1 head-1:head; do
	run db history -r "$range"
done
