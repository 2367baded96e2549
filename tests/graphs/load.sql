-- One file for each revision of a recorded graph: .parameter set @graph, @into
SELECT count(writefile(@into || '/' || (r.value ->> 'id') || '.sql',
  '-- ' || replace(r.value ->> 'message', char(10), ' ') || char(10) ||
  '-- Revision: ' || (r.value ->> 'id') || char(10) ||
  '-- Revises: ' || (SELECT coalesce(group_concat(value, ', '), '')
    FROM json_each(r.value, '$.down_revision')) || char(10) ||
  '-- Branch-labels: ' || (SELECT coalesce(group_concat(value, ', '), '')
    FROM json_each(r.value, '$.branch_labels')) || char(10) ||
  '-- Depends-on: ' || (SELECT coalesce(group_concat(value, ', '), '')
    FROM json_each(r.value, '$.depends_on')) || char(10) ||
  '-- Created: 2026-01-01 00:00:00 UTC' || char(10) || char(10) ||
  '-- upgrade' || char(10) || '-- downgrade' || char(10)))
FROM json_each(readfile(@graph), '$.revisions') AS r;
