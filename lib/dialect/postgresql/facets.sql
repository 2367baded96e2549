-- What relations and objects have beside what they are; as catalog.sql.

-- Facets: class and oid of what has it, the key, the statement that sets it
-- and the one that takes it back.

-- private: facets (schemas)
SELECT f.class, f.oid, f.key, f.set_sql, f.reset_sql
FROM (SELECT k.*, k.oid::regclass::text AS name FROM pg_class k
  WHERE relnamespace = ANY ($1::oid[]) AND relkind IN ('r', 'p', 'm')
    AND (relrowsecurity OR relforcerowsecurity OR relreplident <> 'd'
      OR reloftype <> 0 OR relam NOT IN (0, 2))) c,
LATERAL (
  SELECT 'pg_class' AS class, c.oid, 'row security' AS key,
    format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', c.name) AS set_sql,
    format('ALTER TABLE %s DISABLE ROW LEVEL SECURITY', c.name) AS reset_sql
  WHERE c.relrowsecurity
  UNION ALL
  SELECT 'pg_class', c.oid, 'force row security',
    format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', c.name),
    format('ALTER TABLE %s NO FORCE ROW LEVEL SECURITY', c.name)
  WHERE c.relforcerowsecurity
  UNION ALL
  SELECT 'pg_class', c.oid, 'replica identity',
    format('ALTER TABLE %s REPLICA IDENTITY %s', c.name,
      CASE c.relreplident WHEN 'n' THEN 'NOTHING' WHEN 'f' THEN 'FULL'
      ELSE (SELECT format('USING INDEX %I', ic.relname)
        FROM pg_index i JOIN pg_class ic ON ic.oid = i.indexrelid
        WHERE i.indrelid = c.oid AND i.indisreplident) END),
    format('ALTER TABLE %s REPLICA IDENTITY DEFAULT', c.name)
  WHERE c.relreplident <> 'd'
  UNION ALL
  SELECT 'pg_class', c.oid, 'of type',
    format('ALTER TABLE %s OF %s', c.name, c.reloftype::regtype),
    format('ALTER TABLE %s NOT OF', c.name)
  WHERE c.reloftype <> 0
  UNION ALL
  SELECT 'pg_class', c.oid, 'access method',
    format('ALTER TABLE %s SET ACCESS METHOD %I', c.name,
      (SELECT amname FROM pg_am WHERE oid = c.relam)),
    format('ALTER TABLE %s SET ACCESS METHOD heap', c.name)
  WHERE c.relam NOT IN (0, 2)) f
ORDER BY f.oid, f.key

-- private: index_facets (schemas)
SELECT 'pg_class', i.indrelid, x.key, x.set_sql, x.reset_sql
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid,
LATERAL (
  SELECT 'cluster' AS key,
    format('ALTER TABLE %s CLUSTER ON %I', i.indrelid::regclass, c.relname)
      AS set_sql,
    format('ALTER TABLE %s SET WITHOUT CLUSTER', i.indrelid::regclass)
      AS reset_sql
  WHERE i.indisclustered
  UNION ALL
  SELECT format('statistics %s %s', c.relname, a.attnum),
    format('ALTER INDEX %s ALTER COLUMN %s SET STATISTICS %s', c.oid::regclass,
      a.attnum, a.attstattarget),
    format('ALTER INDEX %s ALTER COLUMN %s SET STATISTICS -1',
      c.oid::regclass, a.attnum)
  FROM pg_attribute a
  WHERE i.indexprs IS NOT NULL AND a.attrelid = c.oid AND a.attstattarget >= 0
) x
WHERE c.relnamespace = ANY ($1::oid[])
  AND (i.indisclustered OR i.indexprs IS NOT NULL)
ORDER BY 2, 3

-- private: column_facets (schemas)
-- What a partition took over from its parent is set again: it costs nothing.
-- pg_attver is an option that some servers keep for themselves.
SELECT 'pg_class', a.attrelid, f.key || ' ' || a.attname,
  a.alter || f.set_sql, a.alter || f.reset_sql
FROM (SELECT a.*, t.typstorage, c.relkind, format('ALTER %s %s ALTER COLUMN %I ',
    CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW'
      ELSE 'TABLE' END, c.oid::regclass, a.attname) AS alter
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
  JOIN pg_type t ON t.oid = a.atttypid
  WHERE c.relnamespace = ANY ($1::oid[])
    AND c.relkind IN ('r', 'p', 'v', 'm') AND a.attnum > 0
    AND NOT a.attisdropped
    AND (a.attstorage <> t.typstorage OR a.attcompression <> ''
      OR a.attstattarget >= 0 OR a.attoptions[2] IS NOT NULL
      OR a.attoptions[1] NOT LIKE 'pg\_attver=%'
      OR a.atthasdef AND c.relkind = 'v')
  OFFSET 0) a,
LATERAL (
  SELECT 'storage' AS key, 'SET STORAGE ' || s.word AS set_sql,
    'SET STORAGE ' || d.word AS reset_sql
  FROM (VALUES ('p', 'PLAIN'), ('e', 'EXTERNAL'), ('x', 'EXTENDED'),
      ('m', 'MAIN')) s (letter, word),
    (VALUES ('p', 'PLAIN'), ('e', 'EXTERNAL'), ('x', 'EXTENDED'),
      ('m', 'MAIN')) d (letter, word)
  WHERE s.letter = a.attstorage AND d.letter = a.typstorage
    AND a.attstorage <> a.typstorage AND a.relkind <> 'v'
  UNION ALL
  SELECT 'compression', 'SET COMPRESSION ' ||
      CASE a.attcompression WHEN 'p' THEN 'pglz' ELSE 'lz4' END,
    'SET COMPRESSION DEFAULT'
  WHERE a.attcompression <> ''
  UNION ALL
  SELECT 'statistics', 'SET STATISTICS ' || a.attstattarget,
    'SET STATISTICS -1'
  WHERE a.attstattarget >= 0
  UNION ALL
  SELECT 'options', format('SET (%s)',
      string_agg(option_name || '=' || option_value, ', ')),
    format('RESET (%s)', string_agg(option_name, ', '))
  FROM pg_options_to_table(a.attoptions)
  WHERE option_name <> 'pg_attver'
  HAVING count(*) > 0
  UNION ALL
  SELECT 'default', 'SET DEFAULT ' || pg_get_expr(d.adbin, d.adrelid),
    'DROP DEFAULT'
  FROM pg_attrdef d
  WHERE a.relkind = 'v' AND d.adrelid = a.attrelid AND d.adnum = a.attnum) f
ORDER BY 2, 3

-- private: state_facets (schemas)
-- How triggers and rules fire; constraints that are not valid yet; comments on
-- what is part of a type.
SELECT 'pg_type', c.reltype, 'comment attribute ' || a.attname,
  format('COMMENT ON COLUMN %s.%I IS %L', c.reltype::regtype, a.attname,
    d.description),
  format('COMMENT ON COLUMN %s.%I IS NULL', c.reltype::regtype, a.attname)
FROM pg_class c
JOIN pg_description d ON d.classoid = 'pg_class'::regclass AND d.objoid = c.oid
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.objsubid
WHERE c.relkind = 'c' AND c.relnamespace = ANY ($1::oid[])
UNION ALL
SELECT 'pg_trigger', t.oid, 'state', format('ALTER TABLE %s %s TRIGGER %I',
    c.oid::regclass, s.word, t.tgname),
  format('ALTER TABLE %s ENABLE TRIGGER %I', c.oid::regclass, t.tgname)
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
JOIN (VALUES ('D', 'DISABLE'), ('A', 'ENABLE ALWAYS'), ('R', 'ENABLE REPLICA'))
  s (letter, word) ON s.letter = t.tgenabled
WHERE c.relnamespace = ANY ($1::oid[]) AND NOT t.tgisinternal
  AND t.tgparentid = 0
UNION ALL
SELECT 'pg_rewrite', r.oid, 'state', format('ALTER TABLE %s %s RULE %I',
    c.oid::regclass, s.word, r.rulename),
  format('ALTER TABLE %s ENABLE RULE %I', c.oid::regclass, r.rulename)
FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class
JOIN (VALUES ('D', 'DISABLE'), ('A', 'ENABLE ALWAYS'), ('R', 'ENABLE REPLICA'))
  s (letter, word) ON s.letter = r.ev_enabled
WHERE c.relnamespace = ANY ($1::oid[])
UNION ALL
SELECT 'pg_type', k.contypid, 'constraint ' || k.conname,
  format('ALTER DOMAIN %s ADD CONSTRAINT %I %s', k.contypid::regtype,
    k.conname, pg_get_constraintdef(k.oid)),
  format('ALTER DOMAIN %s DROP CONSTRAINT %I', k.contypid::regtype, k.conname)
FROM pg_constraint k
WHERE k.connamespace = ANY ($1::oid[]) AND k.contypid <> 0
  AND k.contype = 'c' AND NOT k.convalidated
UNION ALL
SELECT 'pg_type', k.contypid, 'comment constraint ' || k.conname,
  format('COMMENT ON CONSTRAINT %I ON DOMAIN %s IS %L', k.conname,
    k.contypid::regtype, d.description),
  format('COMMENT ON CONSTRAINT %I ON DOMAIN %s IS NULL', k.conname,
    k.contypid::regtype)
FROM pg_constraint k JOIN pg_description d
  ON d.classoid = 'pg_constraint'::regclass AND d.objoid = k.oid
WHERE k.connamespace = ANY ($1::oid[]) AND k.contypid <> 0
UNION ALL
SELECT 'pg_statistic_ext', s.oid, 'statistics',
  format('ALTER STATISTICS %s SET STATISTICS %s', CASE
    WHEN pg_statistics_obj_is_visible(s.oid) THEN quote_ident(s.stxname)
    ELSE s.stxnamespace::regnamespace || '.' || quote_ident(s.stxname) END,
    s.stxstattarget), NULL
FROM pg_statistic_ext s
WHERE s.stxnamespace = ANY ($1::oid[]) AND s.stxstattarget >= 0
ORDER BY 2, 3

-- private: unread (schemas)
-- What no model can say and no operation changes, to be told of.
SELECT kind || ' ' || name
FROM (
  SELECT 'pg_event_trigger'::regclass AS class, oid, 'event trigger' AS kind,
    format('"%s"', evtname) AS name FROM pg_event_trigger
  UNION ALL
  SELECT 'pg_publication'::regclass, oid, 'publication',
    format('"%s"', pubname) FROM pg_publication
  UNION ALL
  SELECT 'pg_subscription'::regclass, oid, 'subscription',
    format('"%s"', subname) FROM pg_subscription
  WHERE subdbid = (SELECT oid FROM pg_database
    WHERE datname = current_database())
  UNION ALL
  SELECT 'pg_cast'::regclass, oid, 'cast', format('from %s to %s',
    castsource::regtype, casttarget::regtype) FROM pg_cast WHERE oid >= 16384
  UNION ALL
  SELECT 'pg_foreign_data_wrapper'::regclass, oid, 'foreign data wrapper',
    format('"%s"', fdwname) FROM pg_foreign_data_wrapper
  UNION ALL
  SELECT 'pg_foreign_server'::regclass, oid, 'server', format('"%s"', srvname)
  FROM pg_foreign_server
  UNION ALL
  SELECT 'pg_language'::regclass, oid, 'language', format('"%s"', lanname)
  FROM pg_language WHERE oid >= 16384
  UNION ALL
  SELECT 'pg_am'::regclass, oid, 'access method', format('"%s"', amname)
  FROM pg_am WHERE oid >= 16384
  UNION ALL
  SELECT 'pg_transform'::regclass, oid, 'transform',
    format('of %s', trftype::regtype) FROM pg_transform
  UNION ALL
  SELECT 'pg_default_acl'::regclass, oid, 'default privileges',
    format('of "%s"', pg_get_userbyid(defaclrole)) FROM pg_default_acl
  WHERE defaclnamespace = 0 OR defaclnamespace = ANY ($1::oid[])
  UNION ALL
  SELECT 'pg_ts_config'::regclass, oid, 'text search configuration',
    format('"%s"', cfgname) FROM pg_ts_config
  WHERE cfgnamespace = ANY ($1::oid[])
  UNION ALL
  SELECT 'pg_ts_dict'::regclass, oid, 'text search dictionary',
    format('"%s"', dictname) FROM pg_ts_dict
  WHERE dictnamespace = ANY ($1::oid[])
  UNION ALL
  SELECT 'pg_ts_parser'::regclass, oid, 'text search parser',
    format('"%s"', prsname) FROM pg_ts_parser
  WHERE prsnamespace = ANY ($1::oid[])
  UNION ALL
  SELECT 'pg_ts_template'::regclass, oid, 'text search template',
    format('"%s"', tmplname) FROM pg_ts_template
  WHERE tmplnamespace = ANY ($1::oid[])
  UNION ALL
  SELECT 'pg_opfamily'::regclass, oid, 'operator family',
    format('"%s"', opfname) FROM pg_opfamily
  WHERE opfnamespace = ANY ($1::oid[])
  UNION ALL
  SELECT 'pg_opclass'::regclass, oid, 'operator class', format('"%s"', opcname)
  FROM pg_opclass WHERE opcnamespace = ANY ($1::oid[])
  UNION ALL
  SELECT 'pg_conversion'::regclass, oid, 'conversion', format('"%s"', conname)
  FROM pg_conversion WHERE connamespace = ANY ($1::oid[])
  UNION ALL
  SELECT 'pg_type'::regclass, oid, 'base type', format('"%s"', typname)
  FROM pg_type WHERE typnamespace = ANY ($1::oid[])
    AND (typtype = 'p' OR typtype = 'b' AND typelem = 0 AND typrelid = 0)
) x
WHERE NOT EXISTS (SELECT FROM pg_depend d
  WHERE d.classid = x.class AND d.objid = x.oid AND d.deptype IN ('e', 'i'))
ORDER BY kind, name

-- private: comments
SELECT classoid::regclass, objoid, objsubid, description FROM pg_description
WHERE objoid >= 16384

-- private: grants (schemas, on columns as well)
-- What a role may beyond what the kind of object gives at first, and what it
-- may less. The owner's own rights come with the object.
WITH acl AS (
  SELECT 'pg_class' AS class, oid, relowner AS owner, relacl AS acl,
    acldefault(CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", relowner)
      AS was,
    CASE relkind WHEN 'S' THEN 'SEQUENCE ' ELSE 'TABLE ' END || oid::regclass
      AS ident, '' AS part, '' AS col
  FROM pg_class
  WHERE relnamespace = ANY ($1::oid[]) AND relacl IS NOT NULL
    AND relkind IN ('r', 'p', 'v', 'm', 'S')
  UNION ALL
  SELECT 'pg_class', a.attrelid, c.relowner, a.attacl, NULL,
    'TABLE ' || c.oid::regclass, ' (' || quote_ident(a.attname) || ')',
    ' on column ' || a.attname
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
  WHERE $2::bool AND c.relnamespace = ANY ($1::oid[])
    AND a.attacl IS NOT NULL AND NOT a.attisdropped
  UNION ALL
  SELECT 'pg_proc', oid, proowner, proacl, acldefault('f', proowner),
    CASE prokind WHEN 'p' THEN 'PROCEDURE ' ELSE 'FUNCTION ' END ||
      oid::regprocedure, '', ''
  FROM pg_proc
  WHERE pronamespace = ANY ($1::oid[]) AND proacl IS NOT NULL
  UNION ALL
  SELECT 'pg_type', oid, typowner, typacl, acldefault('T', typowner),
    'TYPE ' || oid::regtype, '', ''
  FROM pg_type
  WHERE typnamespace = ANY ($1::oid[]) AND typacl IS NOT NULL
  UNION ALL
  SELECT 'pg_namespace', oid, nspowner, nspacl, acldefault('n', nspowner),
    'SCHEMA ' || quote_ident(nspname), '', ''
  FROM pg_namespace WHERE oid = ANY ($1::oid[]) AND nspacl IS NOT NULL
), given AS (
  SELECT a.*, x.grantee, x.privilege_type, x.is_grantable
  FROM acl a, aclexplode(a.acl) x
  WHERE x.grantee <> a.owner AND (x.grantee, x.privilege_type, x.is_grantable)
    NOT IN (SELECT w.grantee, w.privilege_type, w.is_grantable
      FROM aclexplode(a.was) w)
), taken AS (
  SELECT a.*, w.grantee, w.privilege_type FROM acl a, aclexplode(a.was) w
  WHERE (w.grantee, w.privilege_type) NOT IN
    (SELECT x.grantee, x.privilege_type FROM aclexplode(a.acl) x)
), named AS (
  SELECT class, oid, true AS grants, is_grantable AS option, ident, col, part,
    privilege_type, CASE WHEN grantee = 0 THEN 'PUBLIC'
      ELSE quote_ident(pg_get_userbyid(grantee)) END AS role
  FROM given
  UNION ALL
  SELECT class, oid, false, false, ident, col, part, privilege_type,
    CASE WHEN grantee = 0 THEN 'PUBLIC'
      ELSE quote_ident(pg_get_userbyid(grantee)) END
  FROM taken
)
SELECT class, oid, CASE WHEN grants THEN 'grant ' ELSE 'revoke ' END || role ||
    col || CASE WHEN option THEN ' with grant option' ELSE '' END,
  CASE WHEN grants THEN format('GRANT %s ON %s TO %s', rights, ident, role) ||
      CASE WHEN option THEN ' WITH GRANT OPTION' ELSE '' END
    ELSE format('REVOKE %s ON %s FROM %s', rights, ident, role) END,
  CASE WHEN grants THEN format('REVOKE %s ON %s FROM %s', rights, ident, role)
    ELSE format('GRANT %s ON %s TO %s', rights, ident, role) END
FROM (SELECT class, oid, grants, option, ident, col, role,
    string_agg(privilege_type || part, ', ' ORDER BY privilege_type) AS rights
  FROM named GROUP BY 1, 2, 3, 4, 5, 6, 7) x
ORDER BY oid, 3

-- private: depends
-- What needs what: class and oid of each side. Views stand for their rules,
-- tables for their defaults, constraints and indexes, an array for its
-- element, a table for its row type, an extension for what it owns.
SELECT DISTINCT s.class, s.oid, t.class, t.oid
FROM pg_depend d
LEFT JOIN pg_rewrite r ON d.classid = 'pg_rewrite'::regclass
  AND r.oid = d.objid AND r.rulename = '_RETURN'
LEFT JOIN pg_attrdef f ON d.classid = 'pg_attrdef'::regclass
  AND f.oid = d.objid
LEFT JOIN pg_constraint k ON d.classid = 'pg_constraint'::regclass
  AND k.oid = d.objid
LEFT JOIN pg_index i ON d.classid = 'pg_class'::regclass
  AND i.indexrelid = d.objid
LEFT JOIN pg_type y ON d.refclassid = 'pg_type'::regclass
  AND y.oid = d.refobjid
LEFT JOIN pg_type e ON y.typcategory = 'A' AND e.oid = y.typelem
LEFT JOIN pg_range m ON y.typtype = 'm' AND m.rngmultitypid = y.oid
LEFT JOIN pg_class l ON l.oid = coalesce(e.typrelid, y.typrelid)
  AND l.relkind <> 'c'
LEFT JOIN pg_class b ON d.classid = 'pg_class'::regclass AND b.oid = d.objid
  AND b.relkind = 'c'
LEFT JOIN pg_depend o ON o.classid = d.refclassid AND o.deptype = 'e'
  AND o.objid = CASE WHEN d.refclassid = 'pg_type'::regclass
    THEN coalesce(e.oid, d.refobjid) ELSE d.refobjid END,
LATERAL (SELECT
    CASE WHEN coalesce(r.oid, f.oid, i.indexrelid) IS NOT NULL
        OR k.conrelid <> 0 THEN 'pg_class'::regclass
      WHEN k.contypid <> 0 OR b.oid IS NOT NULL THEN 'pg_type'::regclass
      ELSE d.classid::regclass END AS class,
    coalesce(r.ev_class, f.adrelid, i.indrelid, nullif(k.conrelid, 0),
      nullif(k.contypid, 0), b.reltype, d.objid) AS oid) s,
LATERAL (SELECT CASE WHEN o.objid IS NOT NULL THEN o.refclassid::regclass
      WHEN l.oid IS NOT NULL THEN 'pg_class'::regclass
      ELSE d.refclassid::regclass END AS class,
    coalesce(o.refobjid, l.oid, e.oid, m.rngtypid, d.refobjid) AS oid) t
WHERE d.refobjid >= 16384 AND d.deptype IN ('n', 'a')
  AND NOT (d.refclassid = 'pg_class'::regclass AND d.classid IN
    ('pg_class'::regclass, 'pg_constraint'::regclass))
  AND NOT (d.deptype = 'a' AND d.classid = 'pg_attrdef'::regclass)
  AND (s.class, s.oid) <> (t.class, t.oid)
