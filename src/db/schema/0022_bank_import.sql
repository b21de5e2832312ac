-- Questions of a file on their way into the bank (F26): read, compared with the bank, looked at by
-- a person, then taken over all at once.
CREATE TABLE bank_import (
	id         @id,
	by_id      @big REFERENCES person (id), -- NULL: the command line
	name       TEXT NOT NULL,               -- of the file, for people's eyes
	hash       TEXT NOT NULL,               -- BLAKE2b-256 of the file, hexadecimal; '' unknown
	format     TEXT NOT NULL,               -- qti, moodle, gift, aiken, csv, xlsx
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

-- The words, until they are taken over or dropped: a few questions each, as JSON under the service
-- key (bank_note_close() of app/bank/bank_text.h).
CREATE TABLE bank_import_part (
	import_id @big NOT NULL REFERENCES bank_import (id),
	number    INTEGER NOT NULL,
	entries   TEXT NOT NULL,
	PRIMARY KEY (import_id, number)
) @strict;

-- What comes of each question, and what was found about it.  A finding may quote the file, so its
-- value lies under the service key, as the words do; the report is kept with it.
CREATE TABLE bank_import_row (
	id        @id,
	import_id @big NOT NULL REFERENCES bank_import (id),
	part      INTEGER NOT NULL,
	number    INTEGER NOT NULL,             -- of the question in the file, from 1; 0: a finding
	place     TEXT NOT NULL,
	line      INTEGER NOT NULL,
	code      TEXT NOT NULL,                -- '' if it has none, or what can be no code
	what      TEXT NOT NULL,                -- added, changed, unchanged, bad, note
	key       TEXT NOT NULL,
	value     TEXT NOT NULL,                -- bank_note_close() of app/bank/bank_text.h
	other     TEXT NOT NULL,                -- code of the question that it is like, '' none
	fields    TEXT NOT NULL,                -- of a changed one: which, with blanks
	search    TEXT NOT NULL,                -- codes and place
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
CREATE INDEX bank_revision_of_item ON bank_revision (item_id);

-- Questions for other systems (F27): an approver asks, another person agrees, the file is fetched.
CREATE TABLE bank_export (
	id        @id,
	by_id     @big NOT NULL REFERENCES person (id),
	format    TEXT NOT NULL,                -- qti3, qti2, moodle, csv, xlsx
	act       TEXT NOT NULL,                -- '' all
	state     TEXT NOT NULL,                -- '' all that are not retired
	reason    TEXT NOT NULL,
	asked_ms  @big NOT NULL,
	agreed_id @big REFERENCES person (id),
	agreed_ms @big,
	times     INTEGER NOT NULL              -- that the file was fetched
) @strict;

-- A test on paper (F27, F49): drawn like any other form, from a seed that the journal has.
CREATE TABLE paper_form (
	id        @id,
	by_id     @big REFERENCES person (id),  -- NULL: the command line
	act       TEXT NOT NULL,                -- '' the whole programme
	questions INTEGER NOT NULL,
	reason    TEXT NOT NULL,
	seed      @blob NOT NULL,
	bank_hash @blob NOT NULL,
	form_hash @blob NOT NULL,
	made_ms   @big NOT NULL,
	agreed_id @big REFERENCES person (id),  -- to its printing
	agreed_ms @big
) @strict;
CREATE TABLE paper_form_question (
	form_id @big NOT NULL REFERENCES paper_form (id),
	number  INTEGER NOT NULL,               -- from 1
	item_id @big NOT NULL REFERENCES item (id),
	shown   TEXT NOT NULL,                  -- positions of the options in their order
	PRIMARY KEY (form_id, number)
) @strict;

-- Its papers that were handed out, by the hash that stands on them; as `paper` is for competitions.
CREATE TABLE paper_form_issued (
	hash      TEXT NOT NULL PRIMARY KEY,
	kind      TEXT NOT NULL,                -- form, form-key: message paper.<kind>
	language  TEXT NOT NULL,
	seq       @big NOT NULL,
	issued_ms @big NOT NULL
) @strict;
