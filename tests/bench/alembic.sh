# Beside Alembic, where it is installed: included by run, which has measure(),
# the projects "small", "thousand", "many" and "wide" and their files.

# alembic_project DIR: one that upgrades, with the same settings as DIR/db.ini.
alembic_project() {
	mkdir -p "alembic_$1/versions"
	printf '[alembic]\nscript_location = %s\nsqlalchemy.url = sqlite:///%s\n' \
		"$work/alembic_$1" "$work/alembic_$1.db" >"alembic_$1.ini"
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

# alembic_history DIR N: the revisions of history(), in Python.
alembic_history() {
	alembic_project "$1"
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

# The models of "wide" in Python, and what `alembic check` (1.9) does with them.
alembic_models() {
	awk -v url="sqlite:///$work/wide.db" 'BEGIN {
		print "from alembic.autogenerate import compare_metadata"
		print "from alembic.migration import MigrationContext"
		print "from sqlalchemy import *\n\nmetadata = MetaData()"
		for (i = 0; i < 3000; i++) {
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

alembic_check() {
	alembic_models
	python=$(sed -n '1s/^#!//p' "$(command -v alembic)")
	measure "check of 3,000, beside Alembic" "-" 1 "" \
		"db -d wide check" "$python alembic_check.py"
}
