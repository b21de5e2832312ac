-- @bears 42
-- The auditor's explorer of the journal (docs/journal.md): without the clicks of tests, which are nearly all of a long
-- journal, and by kind.  None of them has a line of a click, so an answer costs what it did.
CREATE INDEX journal_by_kind ON journal_entry (kind, seq) WHERE kind <> 'test.answer';
CREATE INDEX journal_but_answers ON journal_entry (seq, at_ms, actor_id) WHERE kind <> 'test.answer';
-- Who held which office when an entry was made.
CREATE INDEX role_grant_of ON role_grant (person_id, role);

-- What `konkurs verify` and `konkurs drill` have said, as somebody who watches over the journal has brought it.
CREATE TABLE audit_report (
	id      @id,
	kind    TEXT NOT NULL,              -- verify, drill
	good    INTEGER NOT NULL,           -- 1: everything agrees; every attack was found
	sha256  TEXT NOT NULL UNIQUE,       -- of the report, in hexadecimal
	report  TEXT NOT NULL,              -- JSON as the program has printed it
	by_id   @big NOT NULL REFERENCES person (id),
	at_ms   @big NOT NULL
) @strict;
@append_only audit_report;
CREATE INDEX audit_report_of ON audit_report (kind, id);
