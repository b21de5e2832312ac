-- Where a person's mail goes; proved by a code that was sent there.
CREATE TABLE mail_address (
	person_id    @big NOT NULL PRIMARY KEY REFERENCES person (id),
	address      TEXT NOT NULL,
	language     TEXT NOT NULL,         -- kk, ru
	wanted       INTEGER NOT NULL,      -- a mail for each notice
	code_hash    TEXT NOT NULL,         -- BLAKE2b-256, hexadecimal; '' none waits
	code_ms      @big NOT NULL,         -- when it was made
	tries        INTEGER NOT NULL,      -- wrong codes since
	confirmed_ms @big
) @strict;

-- Mails to send: written with what they tell of, sent afterwards by `konkurs mail`.
CREATE TABLE mail (
	id         @id,
	person_id  @big NOT NULL REFERENCES person (id),
	notice_id  @big REFERENCES notice (id),
	kind       TEXT NOT NULL,           -- notice, code, test
	address    TEXT NOT NULL,           -- as it was then; '' once it is sent or given up
	language   TEXT NOT NULL,
	code       TEXT NOT NULL,           -- of kind code, until it is sent
	state      TEXT NOT NULL,           -- queued, sent, given_up
	attempts   INTEGER NOT NULL,
	next_ms    @big NOT NULL,           -- not before
	created_ms @big NOT NULL,
	ended_ms   @big,
	problem    TEXT NOT NULL            -- of the last attempt: '' none, refused, later, unreachable, tls
) @strict;
CREATE INDEX mail_due ON mail (state, next_ms);
CREATE INDEX mail_of ON mail (person_id);

-- When `konkurs mail` was last at work, and for which server.
CREATE TABLE mail_service (
	id      INTEGER NOT NULL PRIMARY KEY,
	server  TEXT NOT NULL,
	seen_ms @big NOT NULL
) @strict;
