-- notes
--
-- Revision: 4f0c9e21a7b3
-- Revises: <base>
-- Created: 2026-11-21 10:00:00 UTC
-- Branch-labels:
-- Depends-on:

-- upgrade
CREATE TABLE note (
	id INTEGER,
	text TEXT NOT NULL,
	created TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
	CONSTRAINT pk_note PRIMARY KEY (id)
);

-- downgrade
DROP TABLE note;
