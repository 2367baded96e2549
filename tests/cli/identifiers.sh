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
echo '== where a new revision goes may be where the database is'
revision abababababab aaaaaaaaaaaa two <<'S'
-- upgrade
-- downgrade
S
run db stamp aaaa
run db revision -m apart --rev-id dddd --head base --depends-on +1
run db revision -m side --rev-id cccc --head current --splice
run db -q upgrade heads
run db downgrade -1
run db merge -m both --rev-id eeee current
run db show eeee | mask
run db merge -m past --rev-id ffff +1
# a label with "current" in it is no question to the database
run db revision -m own --rev-id a1a1 --head base --branch-label current-api
run db --url bogus:x show current-api@head | mask
run db --url bogus:x history -r current-api@base:current-api@head
