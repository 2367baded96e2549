-- What an extension owns is left alone; what uses it comes after it.
-- schemas: public ext
CREATE SCHEMA ext;
CREATE EXTENSION citext;
CREATE EXTENSION pg_trgm WITH SCHEMA ext;
CREATE EXTENSION hstore;
CREATE TABLE t (c citext UNIQUE, h hstore DEFAULT ''::hstore, x text);
CREATE INDEX trgm ON t USING gist (x ext.gist_trgm_ops (siglen = 32));
CREATE INDEX trgm2 ON t USING gin (x ext.gin_trgm_ops);
CREATE INDEX hs ON t USING gin (h);
CREATE FUNCTION up(citext) RETURNS citext LANGUAGE sql AS 'SELECT upper($1)::citext';
CREATE TABLE owned (a integer);
CREATE FUNCTION owned_f() RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE VIEW similar_to AS SELECT ext.similarity(x, 'a') AS s FROM t WHERE c = 'x';
CREATE DOMAIN mail AS citext CHECK (VALUE LIKE '%@%');
