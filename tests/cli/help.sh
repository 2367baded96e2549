. "$REPOSITORY/tests/cli/lib.inc"
run db
run db help
run db upgrade --help
run db upgrade -h
run db help stamp
run db bogus
run db upgrde
run db upgrade --bogus
run db upgrade --lock-timeout soon
run db upgrade --tag
run db upgrade a b
run db diff a
run db version
run db help bogus
