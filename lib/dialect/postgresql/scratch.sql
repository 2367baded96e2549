-- Databases for trying things out.

-- private: scratch_maker
-- What tells this session from every other of the server.
SELECT pg_backend_pid(), to_hex((extract(epoch FROM backend_start) * 1000000)::bigint)
FROM pg_catalog.pg_stat_activity WHERE pid = pg_backend_pid()

-- private: scratch_left
-- Databases of such a name that no session uses and whose maker has gone.
SELECT d.datname
FROM pg_catalog.pg_database d
WHERE d.datname LIKE 'retort\_scratch\_%' AND NOT d.datistemplate
  AND pg_catalog.pg_has_role(d.datdba, 'USAGE')
  AND NOT EXISTS (
    SELECT FROM pg_catalog.pg_stat_activity a
    WHERE a.datid = d.oid
       OR a.pid::text = split_part(d.datname, '_', 3)
          AND coalesce(to_hex((extract(epoch FROM a.backend_start) * 1000000)::bigint)
                       = split_part(d.datname, '_', 4), true))

-- private: scratch_like
-- What a copy of this database has to be made with, and what its sessions
-- look for names in where that is not what a new database has.
SELECT pg_encoding_to_char(encoding), datcollate, datctype,
  to_jsonb(d) ->> 'datlocprovider',
  coalesce(to_jsonb(d) ->> 'daticulocale', to_jsonb(d) ->> 'datlocale'),
  (SELECT string_agg(quote_ident(n), ', ' ORDER BY i)
   FROM unnest(current_schemas(false)) WITH ORDINALITY p (n, i)
   HAVING array_agg(n ORDER BY i) <> '{public}')
FROM pg_catalog.pg_database d WHERE datname = current_database()

-- private: scratch_surroundings
-- Schemas and extensions are not for a migration to make: they come first.
SELECT format('CREATE SCHEMA IF NOT EXISTS %I', nspname)
FROM pg_catalog.pg_namespace n
WHERE EXISTS (SELECT FROM pg_catalog.pg_extension WHERE extnamespace = n.oid)
    AND nspname NOT LIKE 'pg\_%'
  OR nspname = current_schema()
UNION ALL
SELECT format('CREATE EXTENSION IF NOT EXISTS %I SCHEMA %I', extname, nspname)
FROM pg_catalog.pg_extension e
JOIN pg_catalog.pg_namespace n ON n.oid = extnamespace
WHERE nspname <> 'pg_catalog'
