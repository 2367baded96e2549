-- Prints queries that print every row of every table, rowid first where there
-- is one, by the columns the tables have in this database.
SELECT 'SELECT ''' || replace(t.name, '''', '''''') || ''', '
	|| CASE WHEN t.wr THEN '' ELSE 'rowid, ' END
	|| (SELECT group_concat('quote("' || replace(c.name, '"', '""') || '")')
		FROM pragma_table_xinfo(t.name) c WHERE c.hidden <> 1)
	|| ' FROM "' || replace(t.name, '"', '""') || '" ORDER BY '
	|| CASE WHEN t.wr THEN '2, 3' ELSE 'rowid' END || ';'
FROM pragma_table_list t
WHERE t.schema = 'main' AND t.type = 'table' AND t.name NOT LIKE 'sqlite\_%' ESCAPE '\'
	AND t.name NOT LIKE 'db\_version%' ESCAPE '\'
ORDER BY t.name;
