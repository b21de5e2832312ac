-- An installation that moves to another database (app/evidence/move.h): in both of them.
CREATE TABLE move (
	id       INTEGER NOT NULL PRIMARY KEY, -- 1: one row, none where it has never moved
	name     TEXT NOT NULL,      -- random, the same in both
	way      TEXT NOT NULL,      -- out of this database, in
	state    TEXT NOT NULL,      -- under_way, done, given_up
	begun_ms @big NOT NULL,
	done_ms  @big
) @strict;
