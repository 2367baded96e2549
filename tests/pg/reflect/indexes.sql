-- Methods, classes, orders, parameters; identical ones.
CREATE TABLE t (a integer, b text, c text COLLATE "C", d date, e jsonb, f tsvector,
  g point, h inet, i integer[], j varchar(10));
CREATE INDEX i1 ON t (a);
CREATE INDEX i1_again ON t (a);
CREATE UNIQUE INDEX i2 ON t (a DESC, b NULLS FIRST, c DESC NULLS LAST);
CREATE INDEX i3 ON t (b text_pattern_ops, c COLLATE "POSIX", (a + 1), j varchar_ops);
CREATE INDEX i4 ON t ((b || 'x') COLLATE "C" text_pattern_ops DESC, lower(c));
CREATE INDEX i5 ON t USING gin (e jsonb_path_ops) WITH (fastupdate = off);
CREATE INDEX i6 ON t USING gin (f, i) WITH (gin_pending_list_limit = 128);
CREATE INDEX i7 ON t USING gist (g) WITH (buffering = on);
CREATE INDEX i8 ON t USING spgist (g kd_point_ops);
CREATE INDEX i9 ON t USING hash (b);
CREATE INDEX i10 ON t USING brin (d date_minmax_multi_ops (values_per_range = 16), a)
  WITH (pages_per_range = 4, autosummarize = true);
CREATE INDEX i11 ON t USING gist (h inet_ops);
CREATE INDEX i12 ON t (a) INCLUDE (b, c) WHERE d > '2020-01-01' AND b IN ('x', 'y');
CREATE UNIQUE INDEX i13 ON t (a, b) NULLS NOT DISTINCT WITH (fillfactor = 60);
CREATE INDEX i14 ON t ((e ->> 'a'), ((e -> 'b') -> 'c'), date_part('year', d));
CREATE INDEX i15 ON t (((a)::bigint), (b IS NULL), COALESCE(c, ''));
ALTER INDEX i14 ALTER COLUMN 3 SET STATISTICS 100;
CREATE STATISTICS s1 ON a, d FROM t;
CREATE STATISTICS s2 (dependencies) ON a, (b || c) FROM t;
CREATE STATISTICS s3 ON (lower(b)) FROM t;
