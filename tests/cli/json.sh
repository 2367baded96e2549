. "$REPOSITORY/tests/cli/lib.inc"
project
run db --json current | mask
run db --json heads | mask
run db --json check
run db --json history | mask
run db --json status | mask
run db --json version
