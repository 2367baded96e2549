-- How tables are stored, and columns; what is left of dropped columns.
CREATE UNLOGGED TABLE u (a integer) WITH (fillfactor = 33);
CREATE TABLE t (a text, gone integer, b text, c integer, gone2 text) WITH
  (autovacuum_enabled = false, toast.autovacuum_vacuum_cost_delay = 20,
   autovacuum_vacuum_scale_factor = 0.5, parallel_workers = 3, user_catalog_table = true);
ALTER TABLE t DROP gone, DROP gone2, ADD d text DEFAULT 'added';
ALTER TABLE t ALTER a SET STORAGE PLAIN, ALTER b SET STORAGE MAIN, ALTER b
  SET COMPRESSION pglz, ALTER c SET STATISTICS 0, ALTER a SET STATISTICS 1000,
  ALTER c SET (n_distinct = 100, n_distinct_inherited = -0.5);
ALTER TABLE t REPLICA IDENTITY FULL;
CREATE TABLE nothing ();
CREATE TABLE one_dropped (a integer);
ALTER TABLE one_dropped DROP a;
CREATE TABLE clustered (a integer CONSTRAINT key PRIMARY KEY, b integer NOT NULL UNIQUE);
ALTER TABLE clustered CLUSTER ON key;
ALTER TABLE clustered REPLICA IDENTITY USING INDEX clustered_b_key;
CREATE TABLE quiet (a integer);
ALTER TABLE quiet REPLICA IDENTITY NOTHING;
CREATE COLLATION german (PROVIDER = icu, LOCALE = 'de-u-co-phonebk');
CREATE COLLATION nd (PROVIDER = icu, LOCALE = 'und-u-ks-level2', DETERMINISTIC = false);
CREATE COLLATION libc (LC_COLLATE = 'C', LC_CTYPE = 'POSIX');
COMMENT ON COLLATION german IS 'phone book';
CREATE TABLE coll (a text COLLATE german UNIQUE, b varchar(9) COLLATE nd,
  c text COLLATE libc CHECK (c < 'x' COLLATE german), d text[] COLLATE "C");
CREATE INDEX ON coll (b COLLATE german);
