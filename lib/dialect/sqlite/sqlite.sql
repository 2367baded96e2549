-- private: schema_read
-- Every object with its text, in order of creation.
SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY rowid

-- private: schema_shadows
-- What virtual tables keep their data in, where their module is at hand.
SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'shadow'

-- private: schema_modules
SELECT name FROM pragma_module_list
