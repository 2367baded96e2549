-- Overloads, defaults, every kind of result, aggregates, operators, triggers.
CREATE TABLE t (id integer PRIMARY KEY, n integer, tx text);
CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION f(integer) RETURNS integer LANGUAGE sql IMMUTABLE STRICT PARALLEL
  SAFE COST 5 AS 'SELECT $1';
CREATE FUNCTION f(text, VARIADIC integer[]) RETURNS SETOF t LANGUAGE sql ROWS 5
  AS 'SELECT * FROM t';
CREATE FUNCTION f(a integer, OUT b integer, INOUT c text, d date DEFAULT now())
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
  AS $body$ BEGIN b := 1; c := $$x;y$$; END $body$;
CREATE FUNCTION tab(x integer) RETURNS TABLE (id integer, "N" text) LANGUAGE sql
  LEAKPROOF AS 'SELECT id, tx FROM t';
CREATE FUNCTION poly(anyelement, anyarray) RETURNS anyelement LANGUAGE sql
  AS 'SELECT $1';
CREATE FUNCTION atomic(r t) RETURNS integer LANGUAGE sql
  BEGIN ATOMIC SELECT (r).n; SELECT count(*)::integer FROM t; END;
CREATE FUNCTION win() RETURNS bigint LANGUAGE internal WINDOW AS 'window_row_number';
CREATE PROCEDURE p(INOUT a integer, b t) LANGUAGE plpgsql
  AS $$ BEGIN COMMIT; END $$;
CREATE FUNCTION first_sfunc(anyelement, anyelement) RETURNS anyelement
  LANGUAGE sql IMMUTABLE AS 'SELECT $1';
CREATE AGGREGATE first(anyelement) (SFUNC = first_sfunc, STYPE = anyelement);
CREATE AGGREGATE pctl(float8 ORDER BY anyelement) (SFUNC = ordered_set_transition,
  STYPE = internal, FINALFUNC = percentile_disc_final, FINALFUNC_EXTRA);
CREATE AGGREGATE moving(integer) (SFUNC = int4pl, STYPE = integer, INITCOND = 0,
  MSFUNC = int4pl, MINVFUNC = int4mi, MSTYPE = integer, MINITCOND = 0);
CREATE FUNCTION eq(t, t) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
CREATE OPERATOR === (LEFTARG = t, RIGHTARG = t, FUNCTION = eq, COMMUTATOR = ===,
  HASHES, MERGES);
CREATE FUNCTION neg(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT $1';
CREATE OPERATOR !!! (RIGHTARG = text, FUNCTION = neg);
COMMENT ON OPERATOR !!! (NONE, text) IS 'not';
COMMENT ON FUNCTION f(text, integer[]) IS 'variadic';
COMMENT ON PROCEDURE p(integer, t) IS 'proc';
COMMENT ON AGGREGATE pctl(float8 ORDER BY anyelement) IS 'agg';
CREATE TABLE uses (a integer DEFAULT f(1), b integer
  GENERATED ALWAYS AS (f(3)) STORED, CHECK (f(a) > 0));
CREATE INDEX by_f ON uses (f(a)) WHERE f(b) > 0;
CREATE FUNCTION tg() RETURNS trigger LANGUAGE plpgsql AS
  $$ DECLARE r t%ROWTYPE; BEGIN SELECT * INTO r FROM t; RETURN NEW; END $$;
CREATE TRIGGER trans AFTER UPDATE ON t REFERENCING OLD TABLE AS o NEW TABLE AS n
  FOR EACH STATEMENT EXECUTE FUNCTION tg('a', 'b''c');
CREATE TRIGGER cond BEFORE UPDATE OF n, tx ON t FOR EACH ROW
  WHEN (OLD.n IS DISTINCT FROM NEW.n AND f(NEW.n) > 0) EXECUTE FUNCTION tg();
CREATE CONSTRAINT TRIGGER con AFTER INSERT OR DELETE ON t FROM uses
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION tg();
CREATE TRIGGER trunc BEFORE TRUNCATE ON t EXECUTE FUNCTION tg();
COMMENT ON TRIGGER cond ON t IS 'when';
ALTER TABLE t ENABLE REPLICA TRIGGER cond, DISABLE TRIGGER trunc;
GRANT EXECUTE ON FUNCTION f(integer) TO retort_reader;
REVOKE ALL ON PROCEDURE p(integer, t) FROM PUBLIC;
