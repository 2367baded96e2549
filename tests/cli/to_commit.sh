. "$REPOSITORY/tests/cli/lib.inc"
git_() { git -c user.name=a -c user.email=a@example.org -c init.defaultBranch=main "$@"; }
commit() { git_ add -A; git_ commit -qm "$1"; git tag "$2"; }
bare
run db upgrade --to-commit v1
git_ init -q
echo '*.db' >.gitignore
commit 'nothing but the project' v0
rev aaaaaaaaaaaa
commit one v1
rev bbbbbbbbbbbb aaaaaaaaaaaa left; rev cccccccccccc aaaaaaaaaaaa '' bbbbbbbbbbbb
commit two v2
rev dddddddddddd bbbbbbbbbbbb
commit three v3
run db upgrade --to-commit v0
run db upgrade --to-commit nosuch
run db upgrade --to-commit v1 --dry-run
run db upgrade --to-commit v1
run db current
run db upgrade --to-commit v2
run db current
run db upgrade --to-commit v2
run db upgrade --to-commit v2 --sql
run db upgrade --to-commit HEAD
run db current
run db downgrade --to-commit v3
run db downgrade --to-commit v1
run db current
run db downgrade --to-commit v1
run db downgrade --to-commit v3
echo '== its files are not here'
git checkout -q v1
run db upgrade --to-commit v3
run db upgrade --to-commit main~1
run db upgrade head --to-commit v1
run db current
echo '== versions at the top of the repository'
git checkout -q main
mkdir top && cd top && bare && git_ init -q migrations/versions
rev eeeeeeeeeeee
git_ -C migrations/versions add -A; git_ -C migrations/versions commit -qm one
run db upgrade --to-commit HEAD
