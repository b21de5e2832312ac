-- Complaints with the records they rest on, and the end of what is kept.

CREATE TABLE complaint (
	id             @id,
	application_id @big NOT NULL REFERENCES application (id),
	number         TEXT NOT NULL,       -- of a paper that HR has registered; '' sent here
	text           TEXT NOT NULL,
	state          TEXT NOT NULL,       -- open, answered
	opened_by      @big NOT NULL REFERENCES person (id),
	opened_ms      @big NOT NULL,
	outcome        TEXT,                -- granted, partly, refused
	answer         TEXT,
	answered_by    @big REFERENCES person (id),
	answered_ms    @big
) @strict;
CREATE INDEX complaint_of ON complaint (application_id);

-- What the system itself had on record when the complaint came: taken then, never changed (F90).
CREATE TABLE complaint_record (
	id           @id,
	complaint_id @big NOT NULL REFERENCES complaint (id),
	kind         TEXT NOT NULL,         -- test, seat_log, stops, test_act, result, check, vote, journal
	subject      TEXT NOT NULL,         -- "attempt/12"
	content      TEXT NOT NULL,         -- JSON
	hash         TEXT NOT NULL,         -- BLAKE2b-256 of content, hexadecimal
	cited        INTEGER NOT NULL       -- 1: the answer rests on it
) @strict;
CREATE INDEX complaint_record_of ON complaint_record (complaint_id);

-- What was kept for its time and then destroyed, by act (F74).
CREATE TABLE destruction_act (
	id             @id,
	competition_id @big NOT NULL UNIQUE REFERENCES competition (id),
	number         TEXT NOT NULL,
	kept_until     INTEGER NOT NULL,    -- day
	by_id          @big NOT NULL REFERENCES person (id),
	second_id      @big NOT NULL REFERENCES person (id),
	at_ms          @big NOT NULL,
	seat_events    @big NOT NULL,       -- rows of the seats' technical log
	entries        @big NOT NULL        -- contents of the journal
) @strict;
