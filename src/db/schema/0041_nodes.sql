-- Several processes over one database.

-- Who does what only one may do at a time (app/lease.h).
CREATE TABLE lease (
	name   TEXT NOT NULL PRIMARY KEY, -- 'jobs', 'mail', 'scan', 'video'
	holder TEXT NOT NULL,             -- a random name of the process; '' it was given back
	epoch  @big NOT NULL,             -- grows with each holder: what an earlier one still writes is refused
	beat   @big NOT NULL              -- grows while the holder lives
) @strict;

-- Forms that were done (app/form_done.h): what came of them, for whoever sends one again.
CREATE TABLE form_done (
	key      TEXT NOT NULL PRIMARY KEY, -- keyed hash of the sender's form token and of all that was sent
	at_ms    @big NOT NULL,
	location TEXT NOT NULL,
	notice   TEXT
) @strict;
CREATE INDEX form_done_by_time ON form_done (at_ms);

-- Rows of service_clock are one for each start of a machine from here on: name is its boot_id.

-- What the oldest program still may serve that does not know this migration; NULL: none but those that know it.
ALTER TABLE schema_done ADD COLUMN bears INTEGER;
