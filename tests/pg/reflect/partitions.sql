-- Range, list, hash, default, several levels; keys, indexes and checks of
-- parents and of single partitions; foreign keys from and to them.
-- An attached index keeps its own name; made anew it has the server's.
-- kept: own_name|attached_who_idx
-- schemas: public parts
CREATE TABLE person (id integer PRIMARY KEY);
CREATE TABLE event (
  id bigint NOT NULL, at date NOT NULL, kind text DEFAULT 'x', who integer
    REFERENCES person ON DELETE CASCADE,
  note text, CONSTRAINT event_pk PRIMARY KEY (id, at, kind),
  CONSTRAINT event_kind CHECK (kind <> ''), CONSTRAINT other_way UNIQUE (at, kind, id)
) PARTITION BY RANGE (at);
CREATE INDEX event_who ON event (who) WHERE who IS NOT NULL;
CREATE INDEX ON event (lower(note), at DESC);
CREATE TABLE event_2020 PARTITION OF event (note DEFAULT 'old', kind NOT NULL,
  CONSTRAINT only_old CHECK (at < '2021-06-01'))
  FOR VALUES FROM (MINVALUE) TO ('2021-01-01');
CREATE TABLE event_2021 PARTITION OF event
  FOR VALUES FROM ('2021-01-01') TO ('2022-01-01') PARTITION BY LIST (kind);
CREATE TABLE event_2021_a PARTITION OF event_2021 FOR VALUES IN ('a', 'b')
  PARTITION BY HASH (id, at);
CREATE TABLE event_2021_a_0 PARTITION OF event_2021_a
  FOR VALUES WITH (MODULUS 2, REMAINDER 0) WITH (fillfactor = 70);
CREATE TABLE event_2021_a_1 PARTITION OF event_2021_a
  FOR VALUES WITH (MODULUS 2, REMAINDER 1);
CREATE UNLOGGED TABLE event_2021_z PARTITION OF event_2021 DEFAULT;
CREATE TABLE event_rest PARTITION OF event DEFAULT;
CREATE INDEX of_2020 ON event_2020 (note);
CREATE UNIQUE INDEX of_2020_id ON event_2020 (id);
ALTER TABLE event_2020 ADD CONSTRAINT self FOREIGN KEY (who) REFERENCES person
  ON DELETE SET NULL;
COMMENT ON TABLE event_2020 IS 'a partition';
COMMENT ON COLUMN event_2020.note IS 'of a partition';
COMMENT ON INDEX event_who IS 'of all';
-- Attached: other order of columns, an index that was there, of another name.
CREATE TABLE attached (note text, at date NOT NULL, who integer, kind text
  NOT NULL DEFAULT 'x', id bigint NOT NULL, CONSTRAINT event_kind CHECK (kind <> ''));
CREATE INDEX own_name ON attached (who) WHERE who IS NOT NULL;
ALTER TABLE event ATTACH PARTITION attached
  FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');
CREATE TABLE refers (event_id bigint, event_at date, k text, FOREIGN KEY
  (event_id, event_at, k) REFERENCES event ON DELETE CASCADE);
CREATE TABLE by_expr (a integer, b text COLLATE "C") PARTITION BY RANGE
  ((a + 1), b COLLATE "POSIX" text_pattern_ops);
CREATE TABLE by_expr_1 PARTITION OF by_expr
  FOR VALUES FROM (1, 'a') TO (10, MAXVALUE);
CREATE TABLE no_key (a integer, b integer) PARTITION BY LIST (a);
CREATE TABLE no_key_1 PARTITION OF no_key (PRIMARY KEY (a), UNIQUE (b))
  FOR VALUES IN (1);
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER of_all BEFORE INSERT ON event FOR EACH ROW EXECUTE FUNCTION f();
CREATE TRIGGER of_one BEFORE INSERT ON event_2020 FOR EACH ROW
  EXECUTE FUNCTION f();
CREATE VIEW through AS SELECT id FROM event_2021;
CREATE SCHEMA parts;
CREATE TABLE parts.far PARTITION OF event
  FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
