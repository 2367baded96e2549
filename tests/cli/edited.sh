. "$REPOSITORY/tests/cli/lib.inc"
project
echo '-- a remark' >>migrations/versions/aaaaaaaaaaaa_users.sql
run db upgrade
run db status
run db downgrade
