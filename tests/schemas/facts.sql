-- What SQLite's own pragmas say of every table, as sorted lines: a second
-- opinion beside our own reflection. Names of indexes that SQLite makes for a
-- constraint say nothing and are left out, as are virtual tables with theirs.
CREATE TEMP VIEW own AS
SELECT l.name, l.wr, l.strict FROM pragma_table_list l
WHERE l.schema = 'main' AND l.type = 'table' AND l.name NOT LIKE 'sqlite\_%' ESCAPE '\'
	AND l.name NOT IN ('db_version', 'db_version_log');

SELECT line FROM (
	SELECT 'table ' || name || ' ' || wr || strict AS line FROM own
	UNION ALL
	SELECT 'column ' || t.name || '.' || c.cid || ' ' || c.name || ' '
		|| lower(replace(c.type, ' ', '')) || ' ' || c."notnull" || ' '
		|| coalesce(c.dflt_value, '-') || ' ' || c.pk || ' ' || c.hidden
	FROM own t, pragma_table_xinfo(t.name) c
	UNION ALL
	SELECT 'index ' || t.name || ' '
		|| CASE i.origin WHEN 'c' THEN i.name ELSE '-' END || ' '
		|| i."unique" || i.origin || i.partial || ' '
		|| (SELECT group_concat(coalesce(x.name, '(' || x.cid || ')') || ' '
			|| lower(x.coll) || ' ' || x."desc" || ' ' || x."key", ', ')
			FROM pragma_index_xinfo(i.name) x)
	FROM own t, pragma_index_list(t.name) i
	UNION ALL
	SELECT 'key ' || t.name || ' ' || (
		SELECT group_concat(f."from" || '>' || lower(f."table") || '.'
			|| coalesce(lower(f."to"), '-') || ' ' || f.on_update || ' '
			|| f.on_delete || ' ' || f."match", ', ')
		FROM pragma_foreign_key_list(t.name) f WHERE f.id = k.id)
	FROM own t, (SELECT DISTINCT t2.name AS name, f2.id AS id
		FROM own t2, pragma_foreign_key_list(t2.name) f2) k
	WHERE k.name = t.name
	UNION ALL
	SELECT type || ' ' || name || ' ' || tbl_name || ' ' || sql
	FROM sqlite_schema WHERE type IN ('view', 'trigger')
) ORDER BY line;
