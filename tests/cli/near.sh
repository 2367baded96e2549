. "$REPOSITORY/tests/cli/lib.inc"
project
printf '[db "users"]\nurl = sqlite:app.db\n' >>migrations/db.ini
run db upgarde
run db rollback
run db help histroy
run db upgrade --lock-timout 5s
run db revision --autogenrate
run db revision --no-verfy
run db upgrade --xyzzy
run db upgrade headz
run db show aaaaaaaaaaab
run db -n user current
run db inspect --table usre
run db migrate --rename usr:people
run db migrate --rename user.nmae:nick
run db migrate --rename user.name:namen
run db history --garph
