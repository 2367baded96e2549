-- name: SCHEMA_READ
-- Every object with its text, in order of creation.
SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY rowid
