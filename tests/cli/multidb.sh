. "$REPOSITORY/tests/cli/lib.inc"
table() {	# FILE TABLE
	printf '#include <retort/model.h>\nTABLE("%s", COLUMNS(COLUMN("id", INTEGER, PRIMARY_KEY)));\n' "$2" >"$1"
}
run db init --multidb migrations users billing
run ls . migrations migrations/versions
sed -n '/^\[db "users/,$p' migrations/db.ini
grep '^url' migrations/db.ini
run db upgrade
run db -n user upgrade
run db -n nothing upgrade
table models_users.c account
table models_billing.c invoice
run db --all migrate -m first --rev-id aaaaaaaaaaaa
run ls migrations/versions/users migrations/versions/billing
run db --all current --check-heads
run db --all upgrade
run db --all upgrade
run db --all current
run db -n billing current
run db --all --json current | mask
say databases
sqlite3 users.db .tables
sqlite3 billing.db .tables
run db --all check
table models_billing.c receipt
run db --all check
run db --all status
run db --all history
run db --all heads
run db --all -n users heads
run db --all --url sqlite:x.db heads
run db --all init again
run db --all revision -m second --rev-id bbbbbbbbbbbb
run db --all stamp head
run db --all downgrade
run db --all --json upgrade --sql base:aaaaaaaaaaaa
say a section that cannot be reached
sed -i 's|^url = sqlite:users.db|url = sqlite:/nowhere/users.db|' migrations/db.ini
run db --all current
run db --all --continue-on-error current
run env DATABASE_URL_USERS=sqlite:users.db db --all current
run env DATABASE_URL=sqlite:main.db db -n billing current
