. "$REPOSITORY/tests/cli/lib.inc"
project
revision abababababab aaaaaaaaaaaa two </dev/null
revision bbbbbbbbbbbb abababababab three <<'S'
-- upgrade
-- downgrade
S
run db show a
run db show ab | mask
run db show base
run db show head-1 | mask
run db show current | mask
run db upgrade +1
run db upgrade +5
run db downgrade -2
run db upgrade nosuch
run db history -r aaaaaaaaaaaa:
run db history -r :ab
run db history -r current:head
run db history -i
run db upgrade bbbb
