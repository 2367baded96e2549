-- Prints statements that put up to 1,000 rows into each table: numbers for
-- numbers, text for text, a NULL now and then where it may be. Keys of
-- different tables fit together because equal rows get equal values.
SELECT 'WITH RECURSIVE n(i) AS (SELECT 3 UNION ALL SELECT i + 2 FROM n WHERE i < 2001) '
	|| 'INSERT OR IGNORE INTO "' || replace(t.name, '"', '""') || '"('
	|| (SELECT group_concat('"' || replace(c.name, '"', '""') || '"')
		FROM pragma_table_xinfo(t.name) c WHERE c.hidden = 0)
	|| ') SELECT '
	|| (SELECT group_concat(
		CASE WHEN c."notnull" OR c.pk THEN '' ELSE 'CASE WHEN i % 10 < 9 THEN ' END
		|| CASE WHEN c.type LIKE '%BOOL%' THEN 'i / 2 % 2'
			WHEN c.type LIKE '%INT%' THEN 'i'
			WHEN c.type LIKE '%CHAR%' OR c.type LIKE '%TEXT%'
				OR c.type LIKE '%CLOB%' THEN '''v'' || i'
			WHEN c.type LIKE '%REAL%' OR c.type LIKE '%DOUB%'
				OR c.type LIKE '%FLOA%' THEN '-i - 0.25'
			WHEN c.type = '' OR c.type LIKE '%BLOB%' THEN 'CAST(''b'' || i AS BLOB)'
			ELSE 'i' END
		|| CASE WHEN c."notnull" OR c.pk THEN '' ELSE ' END' END)
		FROM pragma_table_xinfo(t.name) c WHERE c.hidden = 0)
	|| ' FROM n;'
FROM pragma_table_list t
WHERE t.schema = 'main' AND t.type = 'table' AND t.name NOT LIKE 'sqlite\_%' ESCAPE '\'
	AND t.name NOT LIKE 'db\_version%' ESCAPE '\';
