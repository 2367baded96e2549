# Beside Alembic, where it is installed: included by run, which has measure(),
# the projects "small", "thousand", "many" and "wide" and their files.

# alembic_project DIR [URL]: one that upgrades, with the settings of DIR/db.ini.
alembic_project() {
	mkdir -p "alembic_$1/versions"
	printf '[alembic]\nscript_location = %s\nsqlalchemy.url = %s\n' \
		"$work/alembic_$1" "${2:-sqlite:///$work/alembic_$1.db}" \
		>"alembic_$1.ini"
	cat >"alembic_$1/env.py" <<-'PY'
		from alembic import context
		from sqlalchemy import engine_from_config

		engine = engine_from_config(context.config.get_section("alembic"))
		with engine.connect() as connection:
		    context.configure(connection=connection,
		                      transaction_per_migration=True)
		    with context.begin_transaction():
		        context.run_migrations()
	PY
}

# alembic_history DIR N [URL]: the revisions of history(), in Python.
alembic_history() {
	alembic_project "$1" "${3:-}"
	awk -v n="$2" -v dir="alembic_$1/versions/" 'BEGIN {
		for (i = 0; i < n; i++) {
			id = sprintf("%012d", i + 1)
			down = i ? sprintf("\"%012d\"", i) : "None"
			t = "t" int(i / 5)
			if (i % 5 == 0) {
				up = "CREATE TABLE " t " (id INTEGER PRIMARY KEY, name VARCHAR(50) NOT NULL, created TIMESTAMP)"
				back = "DROP TABLE " t
			} else {
				up = "ALTER TABLE " t " ADD COLUMN c" i % 5 " INTEGER"
				back = "ALTER TABLE " t " DROP COLUMN c" i % 5
			}
			f = dir id "_step.py"
			printf "\"\"\"step %d\"\"\"\nfrom alembic import op\n\nrevision = \"%s\"\ndown_revision = %s\n\n\ndef upgrade():\n    op.execute(\"%s\")\n\n\ndef downgrade():\n    op.execute(\"%s\")\n", i, id, down, up, back >f
			close(f)
		}
	}'
}

# alembic_models URL N: the models of "wide" in Python, and what `alembic check`
# (1.9) does with them.
alembic_models() {
	awk -v url="$1" -v n="$2" 'BEGIN {
		print "from alembic.autogenerate import compare_metadata"
		print "from alembic.migration import MigrationContext"
		print "from sqlalchemy import *\n\nmetadata = MetaData()"
		for (i = 0; i < n; i++) {
			t = sprintf("tab%04d", i); p = sprintf("tab%04d", int(i / 2))
			printf "Table(\"%s\", metadata, Column(\"id\", Integer, nullable=False), Column(\"parent_id\", Integer), Column(\"code\", String(20), nullable=False), Column(\"title\", String(200)), Column(\"body\", Text), Column(\"qty\", Integer, server_default=text(\"0\"), nullable=False), Column(\"price\", Numeric(10, 2)), Column(\"active\", Boolean, nullable=False), Column(\"created_at\", TIMESTAMP, nullable=False), Column(\"ratio\", Float), PrimaryKeyConstraint(\"id\", name=\"pk_%s\"), ForeignKeyConstraint([\"parent_id\"], [\"%s.id\"], name=\"fk_%s_parent\"), Index(\"ux_%s_code\", \"code\", unique=True), Index(\"ix_%s_parent\", \"parent_id\", \"created_at\"))\n", t, t, p, t, t, t
		}
		print "with create_engine(\"" url "\").connect() as connection:"
		print "    context = MigrationContext.configure(connection)"
		print "    print(compare_metadata(context, metadata))"
	}' >alembic_check.py
}

alembic_startup() {
	alembic_history small 3
	alembic -c alembic_small.ini upgrade head >/dev/null 2>&1
	measure "startup, beside Alembic" "-" 5 "" \
		"db -d small current" "alembic -c alembic_small.ini current"
}

alembic_upgrade() {
	alembic_history thousand 1000
	measure "1,000 revisions, beside Alembic" "-" 1 \
		"rm -f thousand.db alembic_thousand.db" \
		"db -q -d thousand upgrade" \
		"alembic -c alembic_thousand.ini upgrade head"
}

alembic_graph() {
	alembic_history many 10000
	measure "heads of 10,000, beside Alembic" "-" 3 "" \
		"db -d many heads" "alembic -c alembic_many.ini heads"
}

python=$(sed -n '1s/^#!//p' "$(command -v alembic)")

alembic_check() {
	alembic_models "sqlite:///$work/wide.db" 3000
	measure "check of 3,000, beside Alembic" "-" 1 "" \
		"db -d wide check" "$python alembic_check.py"
}

# On the server of postgresql.sh, where psycopg2 is installed, too.
alembic_pg_url() {
	"$python" -c 'import psycopg2' 2>/dev/null || {
		echo '  beside Alembic: not run: psycopg2 is not installed'
		return 1
	}
	alembic_url="postgresql+psycopg2://postgres@/bench?host=$pg_host"
}

alembic_pg_startup() {
	alembic_pg_url || return 0
	pg_fresh
	alembic_history small 3 "$alembic_url"
	alembic -c alembic_small.ini upgrade head >/dev/null 2>&1
	db -q -d small --url "$pg_url" upgrade 2>/dev/null ||
		db -q -d small --url "$pg_url" stamp head
	measure '  beside Alembic' '-' 5 '' \
		"db -d small --url '$pg_url' current" \
		'alembic -c alembic_small.ini current'
}

alembic_pg_upgrade() {
	alembic_pg_url || return 0
	alembic_history thousand 1000 "$alembic_url"
	measure '  beside Alembic' '-' 1 "$clean" \
		"db -q -d thousand --url '$pg_url' upgrade" \
		'alembic -c alembic_thousand.ini upgrade head'
}

alembic_pg_check() {
	alembic_pg_url || return 0
	alembic_models "$alembic_url" "$n"
	measure '  beside Alembic' '-' 1 '' \
		"db -d pg --url '$pg_url' check" "$python alembic_check.py"
}
