-- strings of every kind; with semicolons
SELECT 'a;b', 'it''s;', "c;d" FROM (SELECT 1 AS "c;d") s;
SELECT 'a\'; SELECT 'b';
SELECT E'a\';b', e'\\', E'\'';
SELECT E'a'
  'b\';c';
SELECT 'a'
  'b\'; SELECT 2;
SELECT U&'d\0061t\+000061;' , U&"d\0061t;" FROM (SELECT 1 AS "dat;") t;
SELECT U&'d!0061t;!!' UESCAPE '!' || ';';
SELECT B'101', X'1FF', N'national;';
SELECT $$;$$, $a$ ; $b$ ; $$ $a$, $$it's "x" /* $$;
SELECT $é$;$é$;
SELECT a$b FROM (SELECT 1 AS a$b, 2 AS c$d$) s; SELECT c$d$ FROM (SELECT 2 AS c$d$) t;
DO $$ BEGIN PERFORM 1; EXECUTE $q$SELECT ';'$q$; END $$;
DO LANGUAGE plpgsql $body$
DECLARE x text := '$$';
BEGIN
	IF true THEN RAISE NOTICE '%', $x$;$x$; END IF; -- ;
END;
$body$;
COMMENT ON SCHEMA public IS 'one; two -- three /* four';
