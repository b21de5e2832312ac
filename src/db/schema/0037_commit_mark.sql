-- Whether a transaction took place whose COMMIT nobody answered: the newest one of each connection to a server
-- (db/pg_turn.c).  SQLite, which answers always, leaves it empty.
CREATE TABLE commit_mark (
	owner   TEXT NOT NULL PRIMARY KEY, -- a random name that a connection gives itself
	mark    @big NOT NULL,
	made_ms @big NOT NULL              -- of the server's clock: when it may go
) @strict;
