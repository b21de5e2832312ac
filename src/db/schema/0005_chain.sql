-- The journal (journal/journal.h).  Nothing here is ever changed or deleted, but
-- the content of an entry may be destroyed by act: the entry only commits to it.
CREATE TABLE journal_entry (
	seq            @big NOT NULL PRIMARY KEY, -- from 1, without gaps
	at_ms          @big NOT NULL,
	actor_id       @big NOT NULL,       -- 0: the system itself
	kind           TEXT NOT NULL,
	competition_id @big NOT NULL,       -- 0: none
	subject        TEXT NOT NULL,       -- "application/12", '' if none
	content_hash   @blob NOT NULL,      -- SHA-256 over salt and content
	previous_hash  @blob NOT NULL,
	hash           @blob NOT NULL       -- no index: a random place for each entry would cost more with each
) @strict;
CREATE INDEX journal_by_competition ON journal_entry (competition_id, seq);
-- Without the clicks of tests: a random page for each would double what an answer costs.  A query by
-- subject says so too.
CREATE INDEX journal_by_subject ON journal_entry (subject, seq) WHERE kind <> 'test.answer';

CREATE TABLE journal_content (
	seq     @big NOT NULL PRIMARY KEY REFERENCES journal_entry (seq),
	salt    @blob NOT NULL,             -- 32 random bytes
	content TEXT NOT NULL               -- canonical JSON
) @strict;
