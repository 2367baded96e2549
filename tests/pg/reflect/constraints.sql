-- What is not valid yet, keys of all kinds, cycles.
CREATE EXTENSION btree_gist;
CREATE TABLE a (id integer PRIMARY KEY, b_id integer, x integer, y integer,
  UNIQUE (x, y), CONSTRAINT pos CHECK (x > 0));
CREATE TABLE b (id integer CONSTRAINT b_key PRIMARY KEY DEFERRABLE INITIALLY
  DEFERRED, a_id integer REFERENCES a, x integer, y integer,
  CONSTRAINT to_unique FOREIGN KEY (x, y) REFERENCES a (x, y) MATCH FULL
    ON UPDATE CASCADE ON DELETE SET NULL DEFERRABLE);
ALTER TABLE a ADD CONSTRAINT a_b FOREIGN KEY (b_id) REFERENCES a (id)
  ON DELETE SET DEFAULT NOT VALID;
ALTER TABLE a ADD CONSTRAINT later CHECK (y > 0) NOT VALID;
ALTER TABLE a ADD CONSTRAINT never CHECK (y < 9) NO INHERIT NOT VALID;
COMMENT ON CONSTRAINT later ON a IS 'not yet';
COMMENT ON CONSTRAINT to_unique ON b IS 'by unique';
CREATE TABLE c (id integer PRIMARY KEY, next integer REFERENCES c
  DEFERRABLE INITIALLY DEFERRED, d integer);
CREATE TABLE d (id integer PRIMARY KEY REFERENCES c, c_id integer);
ALTER TABLE c ADD FOREIGN KEY (d) REFERENCES d ON DELETE SET NULL;
CREATE TABLE part_null (t integer, u integer, v integer, PRIMARY KEY (t, u),
  FOREIGN KEY (t, v) REFERENCES part_null (t, u) ON DELETE SET NULL (v));
CREATE TABLE part_default (t integer, u integer, v integer DEFAULT 0,
  FOREIGN KEY (t, v) REFERENCES part_null ON DELETE SET DEFAULT (v));
CREATE TABLE room (id integer, during tsrange, gone boolean,
  EXCLUDE USING gist (id WITH =, during WITH &&) WHERE (NOT gone)
    DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT near EXCLUDE USING gist (int4range(id, id + 1) WITH &&)
    WITH (fillfactor = 60));
COMMENT ON CONSTRAINT near ON room IS 'apart';
CREATE TABLE u (a integer, b integer, c text,
  CONSTRAINT one UNIQUE NULLS NOT DISTINCT (a) INCLUDE (c),
  CONSTRAINT two UNIQUE (b) WITH (fillfactor = 50) DEFERRABLE,
  CHECK (a > b), CHECK (a < 100), CHECK (c ~ '^[a-z]+$' AND c LIKE '%x'),
  CONSTRAINT lit CHECK (c = ANY (ARRAY['a'::text, 'b'])),
  CONSTRAINT many CHECK (c IN ('x', 'y') OR a BETWEEN 1 AND 2 OR b IS DISTINCT FROM 3));
