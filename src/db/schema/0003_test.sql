-- The question bank and the computer test.

-- Item versions are immutable and addressed by content (F22).
CREATE TABLE item (
	id        @id,
	code      TEXT NOT NULL,
	act       TEXT NOT NULL,            -- code in the test programme
	article   TEXT NOT NULL,
	text_day  INTEGER NOT NULL,         -- date of the act's text it was checked against
	answer    INTEGER NOT NULL,         -- position of the right option, from 0
	options   INTEGER NOT NULL,
	hash      @blob NOT NULL UNIQUE,    -- exam/item.h
	sample    INTEGER NOT NULL,
	added_ms  @big NOT NULL,
	retired_ms @big                     -- a newer version has taken its place
) @strict;
CREATE INDEX item_by_act ON item (act);

CREATE TABLE item_text (
	item_id  @big NOT NULL REFERENCES item (id),
	language TEXT NOT NULL,             -- kk, ru
	part     INTEGER NOT NULL,          -- 0: the question; 1 to 5: the options
	text     TEXT NOT NULL,
	PRIMARY KEY (item_id, language, part)
) @strict;

CREATE TABLE hall (
	id      @id,
	organ   TEXT NOT NULL,
	kind    TEXT NOT NULL,              -- hall kinds of the rule set (R28-1)
	name_kk TEXT NOT NULL,
	name_ru TEXT NOT NULL,
	seats   INTEGER NOT NULL
) @strict;

CREATE TABLE sitting (
	id             @id,
	competition_id @big NOT NULL REFERENCES competition (id),
	hall_id        @big NOT NULL REFERENCES hall (id),
	planned_ms     @big NOT NULL,
	state          TEXT NOT NULL,       -- open (checking in), running, closed
	recording      TEXT NOT NULL,       -- '' not settled, confirmed, switched_off (R28-3)
	recording_by   @big REFERENCES person (id),
	seed           @blob,               -- of the draw, 32 bytes, set at the start
	bank_hash      @blob,               -- over the item hashes drawn from
	minutes        INTEGER NOT NULL,    -- test time, from the rule set
	opened_by      @big NOT NULL REFERENCES person (id),
	opened_ms      @big NOT NULL,
	started_by     @big REFERENCES person (id),
	started_ms     @big,
	closed_ms      @big
) @strict;
CREATE INDEX sitting_of ON sitting (competition_id);

-- A candidate's attempt: no second one in the same competition.
CREATE TABLE attempt (
	id             @id,
	sitting_id     @big NOT NULL REFERENCES sitting (id),
	application_id @big NOT NULL UNIQUE REFERENCES application (id),
	language       TEXT NOT NULL,       -- one language per sitting (R28-2)
	document_seen  TEXT NOT NULL,       -- kind of identity document shown
	seat           TEXT NOT NULL,
	admitted_by    @big NOT NULL REFERENCES person (id),
	admitted_ms    @big NOT NULL,
	started_ms     @big,                -- the hall's start, the same for all in it
	ends_ms        @big,
	entered_ms     @big,                -- first question seen
	finished_ms    @big,                -- set when the result is fixed
	finish         TEXT,                -- candidate, time
	form_hash      @blob,
	UNIQUE (sitting_id, seat)
) @strict;

CREATE TABLE form_question (
	attempt_id @big NOT NULL REFERENCES attempt (id),
	number     INTEGER NOT NULL,        -- from 1, as shown
	item_id    @big NOT NULL REFERENCES item (id),
	act        TEXT NOT NULL,
	shown      TEXT NOT NULL,           -- option positions in the order shown, "2031"
	PRIMARY KEY (attempt_id, number)
) @strict;

-- Every click, appended; the last accepted one of a question is the answer (F53).
CREATE TABLE answer_event (
	id         @id,
	attempt_id @big NOT NULL REFERENCES attempt (id),
	number     INTEGER NOT NULL,
	choice     INTEGER,                 -- place among the options as shown, from 0; NULL: taken back
	accepted   INTEGER NOT NULL,        -- 0: came after the end; kept and shown as late
	client_key TEXT NOT NULL,           -- made by the page: a click sent twice is one event
	at_ms      @big NOT NULL,
	UNIQUE (attempt_id, client_key)
) @strict;

CREATE TABLE result (
	attempt_id   @big NOT NULL PRIMARY KEY REFERENCES attempt (id),
	correct      INTEGER NOT NULL,
	asked        INTEGER NOT NULL,
	pass_mark    INTEGER NOT NULL,
	positive     INTEGER NOT NULL,
	answers_hash @blob NOT NULL,
	fixed_ms     @big NOT NULL
) @strict;
CREATE TABLE result_act (
	attempt_id @big NOT NULL REFERENCES attempt (id),
	act        TEXT NOT NULL,
	correct    INTEGER NOT NULL,
	asked      INTEGER NOT NULL,
	PRIMARY KEY (attempt_id, act)
) @strict;
