-- Composite, range, domain and enum types on top of each other.
-- schemas: public other
CREATE TYPE colour AS ENUM ('red', 'it''s', 'größe', 'a"b', 'back\slash', '');
CREATE TYPE size AS (w numeric(5,2), h integer, name text COLLATE "C");
COMMENT ON TYPE size IS 'how big';
COMMENT ON COLUMN size.w IS 'its width';
CREATE TYPE boxed AS (outer_size size, many size[], c colour, d date);
CREATE DOMAIN positive AS integer CHECK (VALUE > 0);
CREATE DOMAIN small AS positive DEFAULT 7 NOT NULL
  CONSTRAINT not_big CHECK (VALUE < 100) CONSTRAINT not_even CHECK (VALUE % 2 = 1);
COMMENT ON DOMAIN small IS 'little';
COMMENT ON CONSTRAINT not_big ON DOMAIN small IS 'below';
ALTER DOMAIN positive ADD CONSTRAINT later CHECK (VALUE < 1000000) NOT VALID;
CREATE DOMAIN sized AS size CHECK ((VALUE).h > 0);
CREATE DOMAIN list AS integer[] CHECK (array_length(VALUE, 1) < 5);
CREATE DOMAIN listed AS list;
CREATE DOMAIN stamp AS timestamp(0) with time zone DEFAULT now();
CREATE DOMAIN word AS varchar(20) COLLATE "C" DEFAULT 'a''b';
CREATE TYPE span AS RANGE (SUBTYPE = positive, MULTIRANGE_TYPE_NAME = spans);
CREATE TYPE text_span AS RANGE (SUBTYPE = text, COLLATION = "C",
  SUBTYPE_OPCLASS = text_pattern_ops);
CREATE TABLE t (
  a colour DEFAULT 'it''s', aa colour[] DEFAULT '{red}', b size, bb size[],
  c boxed, d positive DEFAULT 3, e small, f sized, g list, h listed, i span,
  j spans, k text_span, l stamp, m word, n word[],
  o size DEFAULT ROW(1, 2, 'x'), CHECK ((b).h > 1)
);
CREATE TABLE row_of (r t, rr t[]);
CREATE TYPE of_row AS (one t);
CREATE TABLE typed OF size (h WITH OPTIONS NOT NULL DEFAULT 1, PRIMARY KEY (h));
CREATE SCHEMA other;
CREATE TYPE other.colour AS ENUM ('red');
CREATE DOMAIN other.positive AS public.positive;
CREATE TABLE other.t (a other.colour DEFAULT 'red', b public.colour,
  c other.positive, d other.colour[]);
CREATE TABLE many (c "char" DEFAULT 'x', bp bpchar, bp1 char, nm name[],
  iv interval year to month DEFAULT '1 year', tz time(0) with time zone,
  num numeric(5,-2), bit3 bit(3) DEFAULT B'101', vb varbit, mny money DEFAULT 1,
  j jsonb DEFAULT '{"a": [1, "x''y"]}', by bytea DEFAULT '\x00ff',
  ts timestamp DEFAULT 'infinity', ar text[] DEFAULT '{a,"b c"}'::text[],
  ar2 text[] DEFAULT ARRAY[]::text[], u uuid DEFAULT gen_random_uuid(),
  cur date DEFAULT CURRENT_DATE, who text DEFAULT CURRENT_USER,
  r numrange DEFAULT '[1,2)', o oid DEFAULT 1, rc regclass DEFAULT 'pg_class',
  x xml DEFAULT '<a/>', big bigint DEFAULT -9223372036854775808,
  neg integer DEFAULT -1, f float8 DEFAULT 'NaN', esc text DEFAULT E'a\nb\\c',
  cst text DEFAULT 'a'::char(3), exp timestamptz DEFAULT now() + '1 day'::interval);
