-- Kept and reported: what neither models nor operations know.
-- reported: event trigger "et"
-- reported: publication "pub"
-- reported: cast
-- reported: foreign table "ft"
-- reported: text search configuration
-- reported: operator class
-- kept: EVENT TRIGGER|PUBLICATION|CAST|FOREIGN|SERVER|TEXT SEARCH|OPERATOR (CLASS|FAMILY)|fdw_handler
CREATE TABLE t (id integer PRIMARY KEY);
CREATE FUNCTION ef() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE FUNCTION to_t(integer) RETURNS t LANGUAGE sql AS 'SELECT ROW($1)::t';
CREATE CAST (integer AS t) WITH FUNCTION to_t(integer) AS ASSIGNMENT;
CREATE PUBLICATION pub FOR TABLE t;
CREATE FOREIGN DATA WRAPPER fdw;
CREATE SERVER srv FOREIGN DATA WRAPPER fdw;
CREATE FOREIGN TABLE ft (a integer) SERVER srv;
CREATE TEXT SEARCH CONFIGURATION tsc (COPY = simple);
CREATE OPERATOR FAMILY fam USING btree;
CREATE OPERATOR CLASS oc FOR TYPE integer USING btree FAMILY fam AS
  OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >,
  FUNCTION 1 btint4cmp(integer, integer);
CREATE EVENT TRIGGER et ON ddl_command_start WHEN TAG IN ('DROP INDEX')
  EXECUTE FUNCTION ef();
