-- Several schemas that use each other, the same names in all.
-- schemas: public app data
CREATE SCHEMA app AUTHORIZATION retort_reader;
CREATE SCHEMA data;
COMMENT ON SCHEMA data IS 'what is kept';
GRANT USAGE, CREATE ON SCHEMA data TO retort_reader;
GRANT USAGE ON SCHEMA app TO PUBLIC;
CREATE TABLE public.t (id serial PRIMARY KEY);
CREATE TABLE app.t (id serial PRIMARY KEY, p integer REFERENCES public.t);
CREATE TABLE data.t (id bigserial PRIMARY KEY, a integer REFERENCES app.t,
  p integer REFERENCES public.t);
CREATE TYPE app.mood AS ENUM ('a');
CREATE TYPE data.mood AS ENUM ('b');
CREATE FUNCTION app.f(integer) RETURNS integer LANGUAGE sql IMMUTABLE
  AS 'SELECT $1';
CREATE FUNCTION f(integer) RETURNS integer LANGUAGE sql IMMUTABLE
  AS 'SELECT $1 + 1';
CREATE TABLE data.u (m app.mood DEFAULT 'a', n data.mood, c integer
  CHECK (app.f(c) > public.f(c)), d integer DEFAULT app.f(1),
  s integer DEFAULT nextval('app.t_id_seq'));
CREATE INDEX i ON app.t (app.f(id));
CREATE INDEX i ON data.t (public.f(a));
CREATE VIEW app.v AS SELECT t.id, d.a FROM data.t d JOIN public.t ON t.id = d.p;
CREATE VIEW v AS SELECT * FROM app.v;
CREATE MATERIALIZED VIEW data.mv AS SELECT id FROM app.v;
CREATE INDEX mvi ON data.mv (id);
CREATE SEQUENCE data.loose;
CREATE STATISTICS data.st ON a, p FROM data.t;
CREATE DOMAIN data.d AS integer CHECK (app.f(VALUE) > 0);
CREATE AGGREGATE app.agg(integer) (SFUNC = int4pl, STYPE = integer);
CREATE FUNCTION data.tr() RETURNS trigger LANGUAGE plpgsql AS
  'BEGIN INSERT INTO app.t DEFAULT VALUES; RETURN NEW; END';
CREATE TRIGGER tr AFTER INSERT ON public.t FOR EACH ROW EXECUTE FUNCTION data.tr();
ALTER TABLE app.t OWNER TO retort_reader;
