-- @bears 42
-- An installation that is in earnest (app/installation/setup.h): one row, none in a demonstration and in those that
-- were made before there was `konkurs init`.
CREATE TABLE installation (
	id      INTEGER NOT NULL PRIMARY KEY, -- 1
	organ   TEXT NOT NULL,                -- that runs it
	made_ms @big NOT NULL
) @strict;

-- Files of the law that this installation has entered, in the place of those of the program (app/installation/own_law.h).
CREATE TABLE own_law (
	name       TEXT NOT NULL PRIMARY KEY, -- "order-118/2025-05-17.yaml"
	law_text   TEXT NOT NULL REFERENCES law_text (hash),
	entered_ms @big NOT NULL
) @strict;
