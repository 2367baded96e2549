-- Our own tables. "{table}" and "{log}" stand for their names, quoted.

-- name: VERSION_EXISTS (name, schema)
-- The pragma looks a name up; sqlite_schema would be read from end to end.
SELECT s.name FROM pragma_table_info(?1, 'main') AS i CROSS JOIN sqlite_schema AS s
  WHERE i.cid = 0 AND s.type = 'table' AND s.name = ?1 COLLATE NOCASE
  AND coalesce(?2, 'main') = 'main' COLLATE NOCASE

-- name: VERSION_CREATE
CREATE TABLE IF NOT EXISTS "{table}" (
  version_num VARCHAR(255) NOT NULL,
  CONSTRAINT "{table}_pkc" PRIMARY KEY (version_num)
)

-- name: VERSION_READ
SELECT version_num FROM "{table}" ORDER BY version_num

-- name: VERSION_INSERT (version_num)
INSERT INTO "{table}" (version_num) VALUES (?1)

-- name: VERSION_UPDATE (old, new)
UPDATE "{table}" SET version_num = ?2 WHERE version_num = ?1

-- name: VERSION_DELETE (version_num)
DELETE FROM "{table}" WHERE version_num = ?1

-- name: VERSION_PURGE
DELETE FROM "{table}"

-- name: LOG_CREATE
-- One row for each run of a revision. While one without a transaction is under
-- way `finished` is NULL, `statements` the number of statements done, and `done`
-- the digest of their texts.
CREATE TABLE IF NOT EXISTS "{log}" (
  id INTEGER NOT NULL PRIMARY KEY,
  revision VARCHAR(255) NOT NULL,
  direction VARCHAR(9) NOT NULL,
  started TIMESTAMP NOT NULL,
  finished TIMESTAMP,
  duration_ms BIGINT,
  statements BIGINT,
  done VARCHAR(64),
  user_name VARCHAR(255),
  git_commit VARCHAR(64),
  content VARCHAR(64),
  retort_version VARCHAR(32) NOT NULL
)

-- name: LOG_INSERT (revision, direction, started, finished, duration_ms, statements, user_name, git_commit, content, retort_version)
INSERT INTO "{log}" (revision, direction, started, finished, duration_ms,
  statements, user_name, git_commit, content, retort_version)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)

-- name: LOG_PROGRESS (revision, statements, done)
UPDATE "{log}" SET statements = ?2, done = ?3
WHERE finished IS NULL AND revision = ?1

-- name: LOG_FINISH (revision, finished, duration_ms, content)
UPDATE "{log}" SET finished = ?2, duration_ms = ?3, content = ?4
WHERE finished IS NULL AND revision = ?1

-- name: LOG_ABANDON (revision)
DELETE FROM "{log}" WHERE finished IS NULL AND revision = ?1

-- name: LOG_UNFINISHED
SELECT revision, content, direction, statements, started, done
FROM "{log}" WHERE finished IS NULL ORDER BY id

-- name: LOG_CONTENT
-- The content with which each revision went up last, oldest first.
SELECT revision, content FROM "{log}"
WHERE finished IS NOT NULL AND direction = 'upgrade' AND content IS NOT NULL
ORDER BY id

-- name: LOG_READ (limit)
-- Newest first; no limit: NULL.
SELECT revision, direction, started, finished, duration_ms, statements,
  user_name, git_commit, content, retort_version
FROM "{log}" ORDER BY id DESC LIMIT CAST(coalesce(?1, -1) AS INTEGER)
