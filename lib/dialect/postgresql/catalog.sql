-- The live schema, out of pg_catalog alone. $1 is the list of oids of the
-- schemas to read. search_path holds the default schema only, so that names
-- are written without a schema exactly when they are in it. Servers from 14
-- on; a column of a later one stands in a LATERAL that falls back to a NULL.

-- private: place (home, search_path)
-- The default schema; and for the transaction: a search path that has nothing
-- else, what texts of the server depend on, and room to sort.
SELECT h, set_config('search_path', coalesce($2, quote_ident(nullif(h, '')) || ', pg_temp', ''), true),
  set_config('DateStyle', 'ISO', true),
  set_config('work_mem', '64MB', true), set_config('jit', 'off', true),
  set_config('IntervalStyle', 'postgres', true),
  set_config('TimeZone', 'UTC', true), set_config('bytea_output', 'hex', true),
  set_config('extra_float_digits', '1', true),
  set_config('quote_all_identifiers', 'off', true)
FROM (SELECT coalesce($1, current_schema(), '') AS h OFFSET 0) x

-- private: search_also (schema)
SELECT set_config('search_path', concat_ws(', ', $1::text,
  nullif(current_setting('search_path'), '')), true)

-- private: homeless
-- The search path, and the schemas of it that this role may not use.
SELECT current_setting('search_path'), current_user,
  (SELECT string_agg(quote_ident(n.nspname), ', ' ORDER BY p.i)
   FROM regexp_split_to_table(current_setting('search_path'), ' *, *')
     WITH ORDINALITY p (name, i)
   JOIN pg_namespace n ON n.nspname = CASE btrim(p.name, '"')
     WHEN '$user' THEN current_user::text ELSE btrim(p.name, '"') END)

-- private: schemas (names, home)
-- An empty name is that of the default one.
SELECT n.oid, n.nspname FROM pg_namespace n
WHERE n.nspname = ANY ($1::text[])
  OR '' = ANY ($1::text[]) AND n.nspname = coalesce($2, current_schema())

-- private: present (schemas)
-- The catalogs in which there is something to read: the others are not asked.
-- What is in a schema depends on it; what is in none is looked for one by one, by
-- the size of the catalog where it is empty at first: rows that can be seen have
-- a size, whatever else has.
-- pg_depend stands for tables that may need one another, by a type or a default.
SELECT DISTINCT CASE WHEN refclassid = 'pg_namespace'::regclass
  THEN classid::regclass ELSE 'pg_depend' END
FROM pg_depend
WHERE refclassid = 'pg_namespace'::regclass AND refobjid = ANY ($1::oid[])
  OR refobjid >= 16384 AND deptype IN ('n', 'a')
    AND (refclassid = 'pg_type'::regclass OR deptype = 'n'
      AND refclassid = 'pg_class'::regclass
      AND classid = 'pg_attrdef'::regclass)
UNION ALL
SELECT x.class
FROM (VALUES
  ('pg_trigger'::regclass,
    EXISTS (SELECT FROM pg_trigger WHERE NOT tgisinternal)),
  ('pg_rewrite', EXISTS (SELECT FROM pg_rewrite
    WHERE ev_class >= 16384 AND rulename <> '_RETURN')),
  ('pg_policy', pg_relation_size('pg_policy') > 0),
  ('pg_extension', EXISTS (SELECT FROM pg_extension
    WHERE extnamespace <> 'pg_catalog'::regnamespace)),
  ('pg_event_trigger', pg_relation_size('pg_event_trigger') > 0),
  ('pg_publication', pg_relation_size('pg_publication') > 0),
  ('pg_subscription', EXISTS (SELECT FROM pg_subscription
    WHERE subdbid = (SELECT oid FROM pg_database
      WHERE datname = current_database()))),
  ('pg_cast', EXISTS (SELECT FROM pg_cast WHERE oid >= 16384)),
  ('pg_foreign_data_wrapper', pg_relation_size('pg_foreign_data_wrapper') > 0),
  ('pg_foreign_server', pg_relation_size('pg_foreign_server') > 0),
  ('pg_language', EXISTS (SELECT FROM pg_language WHERE oid >= 16384)),
  ('pg_am', EXISTS (SELECT FROM pg_am WHERE oid >= 16384)),
  ('pg_transform', pg_relation_size('pg_transform') > 0),
  ('pg_default_acl', pg_relation_size('pg_default_acl') > 0)) x (class, there)
WHERE x.there

-- private: collations
-- Of the thousand that a server has those that something depends on, and those
-- on which dependencies are not written down.
SELECT c.oid, CASE WHEN c.collnamespace = 'pg_catalog'::regnamespace
    OR pg_collation_is_visible(c.oid) THEN collname::text
  ELSE format('"%s"."%s"', n.nspname, collname) END
FROM pg_collation c JOIN pg_namespace n ON n.oid = c.collnamespace
WHERE c.oid < 12000 OR c.oid IN (SELECT refobjid FROM pg_depend
  WHERE refclassid = 'pg_collation'::regclass)

-- private: opclasses
SELECT oid, CASE WHEN opcnamespace = 'pg_catalog'::regnamespace
    OR pg_opclass_is_visible(oid) THEN quote_ident(opcname)
  ELSE opcnamespace::regnamespace || '.' || quote_ident(opcname) END,
  opcdefault, opcintype,
  opcintype::regtype::text ~ '^any' OR opcintype IN ('text'::regtype, 'inet'::regtype)
FROM pg_opclass

-- private: relations (schemas)
-- Names in SQL are put together later, which is faster; those that the
-- server's own tables may hide, here. The last two: does it have facets, is
-- anything granted on it?
SELECT c.oid, c.relnamespace, c.relname, c.relkind,
  CASE WHEN c.relname LIKE 'pg\_%' THEN c.oid::regclass END,
  c.relpersistence = 'u',
  CASE WHEN c.reloptions IS NOT NULL OR tt.reloptions IS NOT NULL THEN
    (SELECT string_agg(o.prefix || quote_ident(o.option_name) || '=' ||
       CASE WHEN o.option_value ~ '^([a-z_]+|-?[0-9.]+)$' THEN o.option_value
       ELSE quote_literal(o.option_value) END, ', ')
     FROM (SELECT '' AS prefix, * FROM pg_options_to_table(c.reloptions)
           UNION ALL
           SELECT 'toast.', * FROM pg_options_to_table(tt.reloptions)) o) END,
  quote_ident(s.spcname),
  CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END,
  CASE WHEN c.relispartition THEN pg_get_expr(c.relpartbound, c.oid) END,
  CASE WHEN c.relkind IN ('v', 'm')
    THEN btrim(pg_get_viewdef(c.oid), E'; \n') END,
  c.relkind = 'm' AND NOT c.relispopulated,
  c.relkind IN ('r', 'p', 'm') AND (c.relrowsecurity OR c.relforcerowsecurity
    OR c.relreplident <> 'd' OR c.reloftype <> 0 OR c.relam NOT IN (0, 2)),
  c.relacl IS NOT NULL
FROM pg_class c
LEFT JOIN pg_class tt ON tt.oid = c.reltoastrelid
LEFT JOIN pg_tablespace s ON s.oid = c.reltablespace
WHERE c.relnamespace = ANY ($1::oid[])
  AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
  AND NOT EXISTS (SELECT FROM pg_depend d
    WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
      AND d.deptype = 'e')
ORDER BY c.relname

-- private: inherits
-- Also what is in other schemas, and is no table.
SELECT inhrelid, inhparent, inhparent::regclass FROM pg_inherits
ORDER BY inhrelid, inhseqno

-- private: columns (schemas)
-- In any order: to sort them here takes a fifth of the time. A default names
-- no column: without its table the server does not open that.
-- The last two: does it have facets, is anything granted on it alone?
SELECT a.attrelid, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod),
  a.attnotnull, a.attidentity, a.attgenerated,
  pg_get_expr(d.adbin, CASE WHEN a.attgenerated <> '' THEN d.adrelid ELSE 0 END),
  CASE WHEN a.attcollation <> t.typcollation THEN a.attcollation END,
  a.attcollation, a.attislocal,
  CASE WHEN t.typbasetype <> 0 THEN t.typbasetype ELSE a.atttypid END,
  a.attstorage <> t.typstorage OR a.attcompression <> ''
    OR a.attstattarget >= 0 OR a.attoptions[2] IS NOT NULL
    OR a.attoptions[1] NOT LIKE 'pg\_attver=%'
    OR a.atthasdef AND c.relkind = 'v',
  a.attacl IS NOT NULL
FROM pg_attribute a
JOIN pg_class c ON c.oid = a.attrelid
JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE c.relnamespace = ANY ($1::oid[]) AND c.relkind IN ('r', 'p', 'v', 'm')
  AND a.attnum > 0 AND NOT a.attisdropped

-- private: indexes (schemas)
-- pg_get_indexdef() is slow: only for expressions, and where an index is a
-- statement of its own. The last: may it have facets?
SELECT i.indrelid, i.indexrelid, c.relname, i.indisunique, i.indisvalid,
  CASE WHEN am.amname <> 'btree' THEN am.amname END, i.indnkeyatts,
  i.indkey, i.indclass, i.indcollation, i.indoption,
  i.indnullsnotdistinct,
  CASE WHEN i.indexprs IS NOT NULL THEN
    (SELECT array_agg(pg_get_indexdef(i.indexrelid, k, false) ORDER BY k)
     FROM generate_series(1, i.indnkeyatts) k WHERE i.indkey[k - 1] = 0) END,
  pg_get_expr(i.indpred, i.indrelid),
  CASE WHEN c.reloptions IS NOT NULL THEN
    (SELECT string_agg(quote_ident(o.option_name) || '=' ||
       CASE WHEN o.option_value ~ '^([a-z_]+|-?[0-9.]+)$' THEN o.option_value
       ELSE quote_literal(o.option_value) END, ', ')
     FROM pg_options_to_table(c.reloptions) o) END,
  CASE WHEN c.reltablespace <> 0 THEN (SELECT quote_ident(spcname)
    FROM pg_tablespace WHERE oid = c.reltablespace) END,
  c.relispartition,
  CASE WHEN t.relkind = 'm' THEN pg_get_indexdef(c.oid, 0, true) END,
  CASE WHEN am.amname NOT IN ('btree', 'hash') THEN
    (SELECT array_agg((SELECT string_agg(quote_ident(option_name) || '=' ||
         quote_literal(option_value), ', ') FROM pg_options_to_table(attoptions))
       ORDER BY attnum) FROM pg_attribute
     WHERE attrelid = i.indexrelid
     HAVING bool_or(attoptions IS NOT NULL)) END,
  i.indisclustered OR i.indexprs IS NOT NULL
FROM (SELECT NULL::bool AS indnullsnotdistinct) later,
LATERAL (SELECT indexrelid, indrelid, indisunique, indisvalid, indisclustered,
    indnkeyatts, indkey, indclass, indcollation, indoption, indexprs, indpred,
    indnullsnotdistinct
  FROM pg_index) i
JOIN pg_class c ON c.oid = i.indexrelid
JOIN pg_class t ON t.oid = i.indrelid
JOIN pg_am am ON am.oid = c.relam
WHERE c.relnamespace = ANY ($1::oid[])
  AND t.relkind IN ('r', 'p', 'm')
ORDER BY i.indrelid, c.relname

-- private: constraints (schemas)
SELECT k.conrelid, k.oid, k.conname, k.contype, k.condeferrable, k.condeferred,
  k.convalidated, k.connoinherit, k.conindid, k.conkey, k.confrelid, k.confkey,
  k.confupdtype, k.confdeltype, k.confmatchtype, k.confdelsetcols,
  CASE k.contype WHEN 'c' THEN pg_get_expr(k.conbin, k.conrelid)
    WHEN 'x' THEN pg_get_constraintdef(k.oid) END,
  n.nspname, f.relname,
  CASE WHEN f.oid IS NOT NULL THEN
    (SELECT array_agg(a.attname ORDER BY x.i)
     FROM unnest(k.confkey) WITH ORDINALITY x (num, i)
     JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = x.num) END
FROM (SELECT NULL::int2[] AS confdelsetcols) later,
LATERAL (SELECT oid, conrelid, conname, contype, condeferrable, condeferred,
    convalidated, connoinherit, conindid, conkey, confrelid, confkey,
    confupdtype, confdeltype, confmatchtype, confdelsetcols, conbin
  FROM pg_constraint
  WHERE connamespace = ANY ($1::oid[]) AND conrelid <> 0
    AND contype IN ('p', 'u', 'x', 'c', 'f')
    AND conparentid = 0 AND conislocal) k
LEFT JOIN pg_class f ON f.oid = k.confrelid
  AND f.relnamespace <> ALL ($1::oid[])
LEFT JOIN pg_namespace n ON n.oid = f.relnamespace
ORDER BY k.conrelid, strpos('puxcf', k.contype::text), k.conname

-- private: sequences (schemas)
-- The options as far as they are not what the type implies.
SELECT s.seqrelid, s.type,
  concat(
    CASE WHEN s.seqstart <> CASE WHEN s.seqincrement > 0 THEN s.seqmin
      ELSE s.seqmax END THEN ' START WITH ' || s.seqstart END,
    CASE WHEN s.seqincrement <> 1 THEN ' INCREMENT BY ' || s.seqincrement END,
    CASE WHEN s.seqmin <> CASE WHEN s.seqincrement > 0 THEN 1 ELSE -s.top - 1 END
      THEN ' MINVALUE ' || s.seqmin END,
    CASE WHEN s.seqmax <> CASE WHEN s.seqincrement > 0 THEN s.top ELSE -1 END
      THEN ' MAXVALUE ' || s.seqmax END,
    CASE WHEN s.seqcache <> 1 THEN ' CACHE ' || s.seqcache END,
    CASE WHEN s.seqcycle THEN ' CYCLE' END),
  d.refobjid, d.refobjsubid, d.deptype
FROM (SELECT *, format_type(seqtypid, NULL) AS type,
    CASE seqtypid WHEN 'int2'::regtype THEN 32767
      WHEN 'int4'::regtype THEN 2147483647
      ELSE 9223372036854775807 END AS top
  FROM pg_sequence) s
JOIN pg_class c ON c.oid = s.seqrelid
LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass
  AND d.objid = s.seqrelid AND d.objsubid = 0
  AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
WHERE c.relnamespace = ANY ($1::oid[])

-- Objects: class, oid, schema, name, word, what DROP calls it, relation, the
-- statement, labels.

-- private: object_types (schemas)
SELECT 'pg_type', t.oid, t.typnamespace, t.typname,
  CASE t.typtype WHEN 'd' THEN 'DOMAIN' ELSE 'TYPE' END, t.oid::regtype, NULL,
  CASE t.typtype
  WHEN 'e' THEN format('CREATE TYPE %s AS ENUM (%s)', t.oid::regtype,
    (SELECT string_agg('''' || replace(enumlabel, '''', '''''') || '''', ', '
       ORDER BY enumsortorder)
     FROM pg_enum WHERE enumtypid = t.oid))
  WHEN 'c' THEN format('CREATE TYPE %s AS (%s)', t.oid::regtype,
    (SELECT string_agg(format('%I %s', a.attname,
         format_type(a.atttypid, a.atttypmod)) ||
       CASE WHEN a.attcollation <> at.typcollation
         THEN ' COLLATE ' || a.attcollation::regcollation ELSE '' END,
       ', ' ORDER BY a.attnum)
     FROM pg_attribute a JOIN pg_type at ON at.oid = a.atttypid
     WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped))
  WHEN 'd' THEN format('CREATE DOMAIN %s AS %s', t.oid::regtype,
      format_type(t.typbasetype, t.typtypmod)) ||
    CASE WHEN t.typcollation <> bt.typcollation
      THEN ' COLLATE ' || t.typcollation::regcollation ELSE '' END ||
    coalesce(' DEFAULT ' || pg_get_expr(t.typdefaultbin, 0), '') ||
    CASE WHEN t.typnotnull THEN ' NOT NULL' ELSE '' END ||
    coalesce((SELECT string_agg(format(' CONSTRAINT %I %s', conname,
         pg_get_constraintdef(oid)), '' ORDER BY conname)
       FROM pg_constraint
       WHERE contypid = t.oid AND contype = 'c' AND convalidated), '')
  WHEN 'r' THEN (SELECT format('CREATE TYPE %s AS RANGE (SUBTYPE = %s',
      t.oid::regtype, r.rngsubtype::regtype) ||
      CASE WHEN NOT o.opcdefault OR o.opcintype <> r.rngsubtype
        THEN ', SUBTYPE_OPCLASS = ' || o.opcnamespace::regnamespace || '.' ||
          quote_ident(o.opcname) ELSE '' END ||
      CASE WHEN r.rngcollation <> st.typcollation
        THEN ', COLLATION = ' || r.rngcollation::regcollation ELSE '' END ||
      CASE WHEN r.rngcanonical <> 0
        THEN ', CANONICAL = ' || r.rngcanonical ELSE '' END ||
      CASE WHEN r.rngsubdiff <> 0
        THEN ', SUBTYPE_DIFF = ' || r.rngsubdiff ELSE '' END ||
      ', MULTIRANGE_TYPE_NAME = ' || r.rngmultitypid::regtype || ')'
    FROM pg_range r JOIN pg_opclass o ON o.oid = r.rngsubopc
    JOIN pg_type st ON st.oid = r.rngsubtype WHERE r.rngtypid = t.oid)
  END,
  CASE WHEN t.typtype = 'e' THEN
    (SELECT array_agg(enumlabel ORDER BY enumsortorder) FROM pg_enum
     WHERE enumtypid = t.oid) END
FROM pg_type t
LEFT JOIN pg_class c ON c.oid = t.typrelid
LEFT JOIN pg_type bt ON bt.oid = t.typbasetype
WHERE t.typnamespace = ANY ($1::oid[])
  AND (t.typtype IN ('e', 'd', 'r') OR c.relkind = 'c')
  AND NOT EXISTS (SELECT FROM pg_depend d
    WHERE d.classid = 'pg_type'::regclass AND d.objid = t.oid
      AND d.deptype = 'e')
ORDER BY t.typname

-- private: object_routines (schemas, home)
-- The server writes the schema always: taken off where it is the default.
SELECT 'pg_proc', p.oid, p.pronamespace,
  p.proname || '(' || coalesce((SELECT string_agg(format_type(x.type, NULL),
    ', ' ORDER BY x.i)
    FROM unnest(p.proargtypes) WITH ORDINALITY x (type, i)), '') || ')',
  CASE p.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END,
  p.oid::regprocedure, NULL,
  CASE WHEN n.nspname = $2 THEN
    overlay(p.def PLACING '' FROM strpos(p.def, quote_ident(n.nspname) || '.')
      FOR length(quote_ident(n.nspname)) + 1)
  ELSE p.def END, NULL
FROM (SELECT *, rtrim(pg_get_functiondef(oid), E'\n') AS def FROM pg_proc p
  WHERE pronamespace = ANY ($1::oid[]) AND prokind <> 'a'
    AND NOT EXISTS (SELECT FROM pg_depend d
      WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid
        AND d.deptype IN ('e', 'i'))
  OFFSET 0) p
JOIN pg_namespace n ON n.oid = p.pronamespace
ORDER BY p.proname, p.oid

-- private: object_aggregates (schemas)
SELECT 'pg_proc', p.oid, p.pronamespace, p.proname || '(' || args || ')',
  'AGGREGATE', p.oid::regproc || '(' || args || ')', NULL,
  format('CREATE AGGREGATE %s(%s) (SFUNC = %s, STYPE = %s', p.oid::regproc,
    args, g.aggtransfn, format_type(g.aggtranstype, NULL)) || concat(
    ', SSPACE = ' || nullif(g.aggtransspace, 0),
    ', FINALFUNC = ' || nullif(g.aggfinalfn::text, '-'),
    CASE WHEN g.aggfinalextra THEN ', FINALFUNC_EXTRA' END,
    CASE WHEN g.aggfinalfn <> 0 AND g.aggfinalmodify <>
        CASE g.aggkind WHEN 'n' THEN 'r' ELSE 'w' END THEN
      ', FINALFUNC_MODIFY = ' || CASE g.aggfinalmodify WHEN 'r'
        THEN 'READ_ONLY' WHEN 's' THEN 'SHAREABLE' ELSE 'READ_WRITE' END END,
    ', COMBINEFUNC = ' || nullif(g.aggcombinefn::text, '-'),
    ', SERIALFUNC = ' || nullif(g.aggserialfn::text, '-'),
    ', DESERIALFUNC = ' || nullif(g.aggdeserialfn::text, '-'),
    ', INITCOND = ' || quote_literal(g.agginitval),
    CASE WHEN g.aggmtransfn <> 0 THEN format(
      ', MSFUNC = %s, MINVFUNC = %s, MSTYPE = %s', g.aggmtransfn,
      g.aggminvtransfn, format_type(g.aggmtranstype, NULL)) END,
    ', MSSPACE = ' || nullif(g.aggmtransspace, 0),
    ', MFINALFUNC = ' || nullif(g.aggmfinalfn::text, '-'),
    CASE WHEN g.aggmfinalextra THEN ', MFINALFUNC_EXTRA' END,
    ', MINITCOND = ' || quote_literal(g.aggminitval),
    ', SORTOP = ' || (SELECT format('OPERATOR(%s.%s)',
        o.oprnamespace::regnamespace, o.oprname)
      FROM pg_operator o WHERE o.oid = g.aggsortop),
    CASE p.proparallel WHEN 's' THEN ', PARALLEL = SAFE'
      WHEN 'r' THEN ', PARALLEL = RESTRICTED' END,
    CASE WHEN g.aggkind = 'h' THEN ', HYPOTHETICAL' END, ')'),
  NULL
FROM pg_proc p JOIN pg_aggregate g ON g.aggfnoid = p.oid,
LATERAL (SELECT CASE WHEN p.pronargs = 0 THEN '*'
  ELSE pg_get_function_identity_arguments(p.oid) END AS args) x
WHERE p.pronamespace = ANY ($1::oid[])
  AND NOT EXISTS (SELECT FROM pg_depend d
    WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid
      AND d.deptype = 'e')
ORDER BY p.proname, p.oid

-- private: object_members (schemas, home)
-- What hangs on a relation. What a partition has from its parent is not its
-- own.
SELECT 'pg_trigger', t.oid, c.relnamespace, t.tgname, 'TRIGGER',
  format('%I ON %s', t.tgname, c.oid::regclass), c.oid,
  pg_get_triggerdef(t.oid, true), NULL
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE c.relnamespace = ANY ($1::oid[]) AND NOT t.tgisinternal
  AND t.tgparentid = 0
UNION ALL
SELECT 'pg_rewrite', r.oid, c.relnamespace, r.rulename, 'RULE',
  format('%I ON %s', r.rulename, c.oid::regclass), c.oid,
  btrim(pg_get_ruledef(r.oid, true), E'; \n'), NULL
FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class
WHERE c.relnamespace = ANY ($1::oid[]) AND r.rulename <> '_RETURN'
UNION ALL
SELECT 'pg_policy', p.oid, c.relnamespace, p.polname, 'POLICY',
  format('%I ON %s', p.polname, c.oid::regclass), c.oid,
  format('CREATE POLICY %I ON %s', p.polname, c.oid::regclass) || concat(
    CASE WHEN NOT p.polpermissive THEN ' AS RESTRICTIVE' END,
    CASE p.polcmd WHEN 'r' THEN ' FOR SELECT' WHEN 'a' THEN ' FOR INSERT'
      WHEN 'w' THEN ' FOR UPDATE' WHEN 'd' THEN ' FOR DELETE' END,
    CASE WHEN p.polroles <> '{0}' THEN ' TO ' ||
      (SELECT string_agg(CASE WHEN x.role = 0 THEN 'PUBLIC'
         ELSE quote_ident(pg_get_userbyid(x.role)) END, ', ' ORDER BY x.i)
       FROM unnest(p.polroles) WITH ORDINALITY x (role, i)) END,
    ' USING (' || pg_get_expr(p.polqual, p.polrelid) || ')',
    ' WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')'),
  NULL
FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
WHERE c.relnamespace = ANY ($1::oid[])
UNION ALL
SELECT 'pg_statistic_ext', s.oid, s.stxnamespace, s.stxname, 'STATISTICS',
  CASE WHEN n.nspname = $2 THEN quote_ident(s.stxname)
    ELSE format('%I.%I', n.nspname, s.stxname) END, s.stxrelid,
  CASE WHEN n.nspname = $2 THEN
    overlay(d.def PLACING '' FROM strpos(d.def, quote_ident(n.nspname) || '.')
      FOR length(quote_ident(n.nspname)) + 1)
  ELSE d.def END, NULL
FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = s.stxnamespace,
LATERAL (SELECT pg_get_statisticsobjdef(s.oid) AS def) d
WHERE s.stxnamespace = ANY ($1::oid[])
ORDER BY 4, 2

-- private: object_globals (schemas, home)
SELECT 'pg_namespace', n.oid, NULL::oid, n.nspname, 'SCHEMA',
  quote_ident(n.nspname), NULL, format('CREATE SCHEMA %I', n.nspname), NULL
FROM pg_namespace n
WHERE n.oid = ANY ($1::oid[]) AND n.nspname NOT IN ($2, 'public')
  AND NOT EXISTS (SELECT FROM pg_depend d
    WHERE d.classid = 'pg_namespace'::regclass AND d.objid = n.oid
      AND d.deptype = 'e')
UNION ALL
SELECT 'pg_extension', e.oid, NULL, e.extname, 'EXTENSION',
  quote_ident(e.extname), NULL,
  format('CREATE EXTENSION IF NOT EXISTS %I', e.extname) ||
  CASE WHEN n.nspname = $2 OR EXISTS (SELECT FROM pg_depend d
      WHERE d.classid = 'pg_namespace'::regclass AND d.objid = n.oid
        AND d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
        AND d.deptype = 'e')
    THEN '' ELSE format(' WITH SCHEMA %I', n.nspname) END, NULL
FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
WHERE n.nspname <> 'pg_catalog'
UNION ALL
SELECT 'pg_collation', c.oid, c.collnamespace, c.collname, 'COLLATION',
  c.oid::regcollation::text, NULL,
  format('CREATE COLLATION %s (', c.oid::regcollation) || CASE c.collprovider
    WHEN 'c' THEN CASE WHEN c.collcollate = c.collctype
      THEN format('LOCALE = %L', c.collcollate)
      ELSE format('LC_COLLATE = %L, LC_CTYPE = %L', c.collcollate, c.collctype)
      END
    ELSE format('PROVIDER = %s, LOCALE = %L',
      CASE c.collprovider WHEN 'i' THEN 'icu' ELSE 'builtin' END, c.locale) ||
      CASE WHEN c.collisdeterministic THEN '' ELSE ', DETERMINISTIC = false' END
    END || ')', NULL
FROM (SELECT *, coalesce(to_jsonb(k) ->> 'collcollate',
    to_jsonb(k) ->> 'colliculocale', to_jsonb(k) ->> 'colllocale') AS locale
  FROM pg_collation k WHERE collnamespace = ANY ($1::oid[])) c
WHERE NOT EXISTS (SELECT FROM pg_depend d
    WHERE d.classid = 'pg_collation'::regclass AND d.objid = c.oid
      AND d.deptype = 'e')
ORDER BY 1 DESC, 4

-- private: object_operators (schemas)
SELECT 'pg_operator', o.oid, o.oprnamespace, o.name, 'OPERATOR', o.ident, NULL,
  format('CREATE OPERATOR %s (FUNCTION = %s', o.spelled, o.oprcode) || concat(
    ', LEFTARG = ' || format_type(nullif(o.oprleft, 0), NULL),
    ', RIGHTARG = ' || format_type(nullif(o.oprright, 0), NULL),
    ', COMMUTATOR = ' || (SELECT format('OPERATOR(%s.%s)',
      oprnamespace::regnamespace, oprname) FROM pg_operator
      WHERE oid = o.oprcom),
    ', NEGATOR = ' || (SELECT format('OPERATOR(%s.%s)',
      oprnamespace::regnamespace, oprname) FROM pg_operator
      WHERE oid = o.oprnegate),
    ', RESTRICT = ' || nullif(o.oprrest::text, '-'),
    ', JOIN = ' || nullif(o.oprjoin::text, '-'),
    CASE WHEN o.oprcanmerge THEN ', MERGES' END,
    CASE WHEN o.oprcanhash THEN ', HASHES' END, ')'), NULL
FROM (SELECT *, oprname || format('(%s, %s)',
      coalesce(format_type(nullif(oprleft, 0), NULL), 'NONE'),
      coalesce(format_type(nullif(oprright, 0), NULL), 'NONE')) AS name,
    oid::regoperator::text AS ident,
    left(oid::regoperator::text, strpos(oid::regoperator::text, '(') - 1)
      AS spelled
  FROM pg_operator) o
WHERE o.oprnamespace = ANY ($1::oid[]) AND o.oprcode <> 0
  AND NOT EXISTS (SELECT FROM pg_depend d
    WHERE d.classid = 'pg_operator'::regclass AND d.objid = o.oid
      AND d.deptype = 'e')
ORDER BY o.name
