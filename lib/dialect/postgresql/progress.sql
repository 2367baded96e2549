-- How far a statement of another session has come.

-- private: progress
-- What it waits for, what it is at, and so many of how many.
WITH steps AS (
  SELECT phase,
    CASE WHEN blocks_total > 0 THEN blocks_done
      WHEN tuples_total > 0 THEN tuples_done ELSE lockers_done END AS done,
    CASE WHEN blocks_total > 0 THEN blocks_total
      WHEN tuples_total > 0 THEN tuples_total ELSE lockers_total END AS total
  FROM pg_catalog.pg_stat_progress_create_index WHERE pid = $1::int
  UNION ALL
  SELECT phase, heap_blks_scanned, heap_blks_total
  FROM pg_catalog.pg_stat_progress_cluster WHERE pid = $1::int
  UNION ALL
  SELECT phase, heap_blks_scanned, heap_blks_total
  FROM pg_catalog.pg_stat_progress_vacuum WHERE pid = $1::int
)
SELECT pg_catalog.array_to_string(pg_catalog.pg_blocking_pids($1::int), ', '),
  s.phase, s.done, s.total
FROM (SELECT 1) one LEFT JOIN steps s ON true
