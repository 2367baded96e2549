-- What real schemas hold and few tools read: written for these tests.
CREATE TABLE "order"(
	"group"	INTEGER PRIMARY KEY AUTOINCREMENT,	-- keywords as names
	[select one] VARCHAR(20) DEFAULT "" COLLATE NOCASE,
	`back``tick` DECIMAL( 10 , 2 ) NOT NULL DEFAULT (0.1 + 0.2),
	'string name' BLOB DEFAULT x'00ff',
	untyped,
	odd INTEGER_OR_TEXT,
	zoned TIMESTAMP WITHOUT TIME ZONE DEFAULT CURRENT_TIMESTAMP,
	flag BOOLEAN NOT NULL ON CONFLICT REPLACE DEFAULT FALSE
		CHECK (flag IN (0, 1)) /* a comment, with a comma */,
	"a ""quoted"" name" TEXT CONSTRAINT "not null, please" NOT NULL
		DEFAULT 'it''s',
	made_at TEXT DEFAULT (
		strftime('%Y-%m-%dT%H:%M:%fZ',
			'now'	-- to the millisecond
		)
	),
	negative REAL DEFAULT -1.5e-3 CHECK (negative < 0),
	CHECK (length([select one]) < 20), CHECK (length([select one]) < 20),
	CONSTRAINT "uq odd" UNIQUE (odd, untyped COLLATE RTRIM) ON CONFLICT IGNORE
);

CREATE TABLE node(
	id TEXT NOT NULL PRIMARY KEY,
	parent TEXT REFERENCES node ON DELETE CASCADE ON UPDATE SET NULL
		DEFERRABLE INITIALLY DEFERRED,
	left_id TEXT REFERENCES leaf(id), -- a cycle of two tables
	path TEXT GENERATED ALWAYS AS (coalesce(parent, '') || '/' || id) VIRTUAL,
	depth INT AS (length(id)) STORED NOT NULL,
	gone REFERENCES missing_table (x) MATCH FULL ON DELETE SET DEFAULT
);
CREATE TABLE leaf(
	id TEXT,
	node TEXT NOT NULL,
	weight ANY,
	PRIMARY KEY (node DESC, id COLLATE NOCASE),
	UNIQUE (id),
	CONSTRAINT fk_node FOREIGN KEY (node) REFERENCES NODE(ID) NOT DEFERRABLE
) WITHOUT ROWID, STRICT;
CREATE TABLE typed(a INT, b REAL, c TEXT, data BLOB, e ANY) STRICT;
ALTER TABLE typed RENAME COLUMN e TO "any ""thing""";
CREATE TABLE été(ключ TEXT PRIMARY KEY, "日本" INT);
CREATE TABLE many_keys(
	a INT, b INT, c INT,
	PRIMARY KEY (a, b),
	FOREIGN KEY (b, c) REFERENCES many_keys(a, b),
	FOREIGN KEY (a) REFERENCES "order",
	FOREIGN KEY (c) REFERENCES "order"("group") ON UPDATE CASCADE
);
CREATE TABLE copied AS SELECT "group", flag AS "f l a g" FROM "order";

CREATE INDEX "odd index" ON "order"("select one" DESC, odd COLLATE BINARY);
CREATE INDEX ix_expr ON "order"(lower("a ""quoted"" name"), abs(negative) DESC)
	WHERE flag AND odd IS NOT NULL;
CREATE UNIQUE INDEX ix_node ON node(path, depth) WHERE parent IS NULL;
CREATE INDEX ix_same_1 ON node(parent);
CREATE INDEX ix_same_2 ON node(parent);

CREATE VIEW roots AS SELECT id, path FROM node WHERE parent IS NULL;
CREATE VIEW busy(name, n) AS
	WITH RECURSIVE up(id, n) AS (
		SELECT id, 0 FROM roots
		UNION ALL SELECT node.id, n + 1 FROM node JOIN up ON parent = up.id
	)
	SELECT id, max(n) OVER (ORDER BY id) FROM up; -- a comment behind

CREATE TRIGGER "on order" AFTER UPDATE OF flag, odd ON "order"
	FOR EACH ROW WHEN new.flag IS NOT old.flag
BEGIN
	UPDATE typed SET c = CASE WHEN new.flag THEN 'x;y' ELSE 'end' END;
	INSERT OR IGNORE INTO copied("group", "f l a g") VALUES (new."group", new.flag);
	SELECT raise(ABORT, 'END;') WHERE new.odd = 'bad';
END;
CREATE TRIGGER into_roots INSTEAD OF INSERT ON roots
BEGIN
	INSERT INTO node(id) VALUES (new.id) ON CONFLICT (id) DO NOTHING;
END;
CREATE TRIGGER no_delete BEFORE DELETE ON leaf BEGIN SELECT 1; END;
-- functions that only the application brings along
CREATE VIEW areas AS SELECT a, app_area(data) AS area FROM typed;
CREATE TRIGGER geometry BEFORE DELETE ON typed WHEN app_valid(old.data)
BEGIN
	SELECT RAISE(ROLLBACK, 'Geometry of "typed" is in use') WHERE app_used(old.data);
END;

CREATE VIRTUAL TABLE words USING fts5(body, content='typed', content_rowid='a');
CREATE TABLE words_of_mine(a);
CREATE VIRTUAL TABLE boxes USING rtree(id, x0, x1);
ALTER TABLE typed ADD COLUMN added TEXT DEFAULT 'later';

ANALYZE;
