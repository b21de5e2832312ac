-- Questions of a file on their way into the bank (F26): read, compared with the bank, looked at by
-- a person, then taken over all at once.
CREATE TABLE bank_import (
	id         @id,
	by_id      @big REFERENCES person (id), -- NULL: the command line
	name       TEXT NOT NULL,               -- of the file, for people's eyes
	hash       TEXT NOT NULL,               -- BLAKE2b-256 of the file, hexadecimal; '' unknown
	format     TEXT NOT NULL,
	act        TEXT NOT NULL,               -- what the file does not say itself
	article    TEXT NOT NULL,
	text_day   INTEGER NOT NULL,
	state      TEXT NOT NULL,               -- checking, checked, taking, taken, dropped
	leave_bad  INTEGER NOT NULL,
	parts      INTEGER NOT NULL,
	part       INTEGER NOT NULL,            -- the next one of this state
	total      INTEGER NOT NULL,            -- questions and findings
	done       INTEGER NOT NULL,            -- of them in this state
	last_code  @big NOT NULL,               -- number of the newest code that was given
	added      INTEGER NOT NULL,
	changed    INTEGER NOT NULL,
	unchanged  INTEGER NOT NULL,
	bad        INTEGER NOT NULL,
	notes      INTEGER NOT NULL,
	again      INTEGER NOT NULL,            -- how often the bank had changed meanwhile
	started_ms @big NOT NULL,
	ended_ms   @big
) @strict;

-- The words, until they are taken over or dropped: a few questions each, as JSON.
CREATE TABLE bank_import_part (
	import_id @big NOT NULL REFERENCES bank_import (id),
	number    INTEGER NOT NULL,
	entries   TEXT NOT NULL,
	PRIMARY KEY (import_id, number)
) @strict;

-- What comes of each question, and what was found about it; no words of questions.
CREATE TABLE bank_import_row (
	id        @id,
	import_id @big NOT NULL REFERENCES bank_import (id),
	part      INTEGER NOT NULL,
	number    INTEGER NOT NULL,             -- of the question in the file, from 1; 0: a finding
	place     TEXT NOT NULL,
	line      INTEGER NOT NULL,
	code      TEXT NOT NULL,
	what      TEXT NOT NULL,                -- added, changed, unchanged, bad, note
	key       TEXT NOT NULL,
	value     TEXT NOT NULL,
	fields    TEXT NOT NULL,                -- of a changed one: which, with blanks
	search    TEXT NOT NULL,
	act       TEXT NOT NULL,
	base      INTEGER NOT NULL,             -- the revision that it follows, 0 none
	enemies   TEXT,                         -- NULL: as they are
	hash      @blob,
	item_id   @big REFERENCES item (id)     -- the version, once it is written
) @strict;
CREATE INDEX bank_import_row_part ON bank_import_row (import_id, part);
CREATE INDEX bank_import_row_code ON bank_import_row (import_id, code);
CREATE INDEX bank_import_row_hash ON bank_import_row (import_id, hash);
CREATE INDEX bank_import_row_number ON bank_import_row (import_id, number);
CREATE INDEX bank_import_row_item ON bank_import_row (item_id);
