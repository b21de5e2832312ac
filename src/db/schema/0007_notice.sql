-- What a person is told.  Its text is made when it is read, in the reader's language, from the
-- messages notice.<kind>.title and notice.<kind>.text and these values.
CREATE TABLE notice (
	id             @id,
	person_id      @big NOT NULL REFERENCES person (id),
	kind           TEXT NOT NULL,
	competition_id @big REFERENCES competition (id),
	href           TEXT NOT NULL,       -- the page it is about, '' none
	content        TEXT NOT NULL,       -- JSON object: the placeholders
	created_ms     @big NOT NULL,
	served_ms      @big,                -- opened by the person (F84)
	acknowledged_ms @big
) @strict;
CREATE INDEX notice_by_person ON notice (person_id, served_ms);
