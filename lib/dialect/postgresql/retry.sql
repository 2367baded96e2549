-- What a statement left that was stopped while it worked on an index. Names
-- are as written in the statement.

-- private: index_of_table
SELECT i.indexrelid::regclass::text, i.indisvalid
FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
WHERE i.indrelid = pg_catalog.to_regclass($2)
  AND c.relname = (pg_catalog.parse_ident($1))[pg_catalog.array_upper(
                   pg_catalog.parse_ident($1), 1)]::name

-- private: index_named
SELECT i.indexrelid::regclass::text, i.indisvalid
FROM pg_catalog.pg_index i
WHERE i.indexrelid = pg_catalog.to_regclass($1) AND $2::text IS NULL

-- private: index_rebuilt
-- REINDEX CONCURRENTLY builds beside the index, or leaves the old one beside.
SELECT i.indexrelid::regclass::text, i.indisvalid
FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
WHERE NOT i.indisvalid AND c.relname ~ '_cc(new|old)[0-9]*$'
  AND i.indrelid IN (SELECT pg_catalog.to_regclass($2)::oid UNION ALL
                     SELECT o.indrelid FROM pg_catalog.pg_index o
                     WHERE o.indexrelid = pg_catalog.to_regclass($1))
