-- Several parents, columns merged, checks inherited or not, three levels.
-- schemas: public s
CREATE TABLE a (id integer NOT NULL DEFAULT 1, x text,
  CONSTRAINT x_set CHECK (x <> ''), CONSTRAINT here CHECK (id > 0) NO INHERIT);
CREATE TABLE b (id integer, y text DEFAULT 'y', CONSTRAINT x_set CHECK (y <> ''));
ALTER TABLE b DROP CONSTRAINT x_set;
CREATE TABLE ab (z date) INHERITS (a, b);
CREATE TABLE a2 (x text DEFAULT 'own', CONSTRAINT x_set CHECK (x <> ''),
  CONSTRAINT mine CHECK (id < 100)) INHERITS (a);
CREATE TABLE deep (w integer GENERATED ALWAYS AS IDENTITY, PRIMARY KEY (id))
  INHERITS (ab);
ALTER TABLE a2 ALTER id SET DEFAULT 5, ALTER x SET NOT NULL;
CREATE TABLE later (x text, id integer NOT NULL, CONSTRAINT x_set CHECK (x <> ''));
ALTER TABLE later INHERIT a;
COMMENT ON COLUMN ab.x IS 'inherited';
ALTER TABLE ab ALTER y SET STORAGE EXTERNAL;
CREATE SCHEMA s;
CREATE TABLE s.ab () INHERITS (public.a);
CREATE INDEX deep_x ON deep (x);
CREATE TABLE points_to (d integer REFERENCES deep);
CREATE TABLE gen (n integer, m integer GENERATED ALWAYS AS (n * 2) STORED);
CREATE TABLE gen_kid () INHERITS (gen);
