-- Jobs of the day (app/daily.h): one row for each job and day.  It becomes done in the transaction
-- of what the job did, so that a day is done once: by whichever process, also after kill -9.
CREATE TABLE daily_job (
	name      TEXT NOT NULL,            -- of daily_jobs[]
	day       INTEGER NOT NULL,         -- days since 1970-01-01
	done_ms   @big,                     -- NULL: tried, and failed
	affected  INTEGER,                  -- how many it concerned; NULL: it does not count
	failed_ms @big,                     -- the newest failure before it was done
	error     TEXT NOT NULL,            -- message key of that failure, '' none
	PRIMARY KEY (name, day)
) @strict;

-- The question whose version in use is this one: looked for in the turn, once for each of class C.
CREATE INDEX bank_item_used ON bank_item (used_id);
