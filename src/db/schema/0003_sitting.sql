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

-- Items that must not stand on one form: one gives away or repeats the other (F30).
CREATE TABLE item_enemy (
	code_a TEXT NOT NULL,               -- item.code; code_a < code_b
	code_b TEXT NOT NULL,
	PRIMARY KEY (code_a, code_b)
) @strict;

CREATE TABLE hall (
	id      @id,
	organ   TEXT NOT NULL,
	kind    TEXT NOT NULL,              -- hall kinds of the rule set (R28-1)
	name_kk TEXT NOT NULL,
	name_ru TEXT NOT NULL,
	seats   INTEGER NOT NULL
) @strict;

-- What makes a computer of a hall recognisable (F35): the newest that is not revoked counts.
CREATE TABLE seat_key (
	id          @id,
	hall_id     @big NOT NULL REFERENCES hall (id),
	seat        TEXT NOT NULL,          -- number of the seat
	kind        TEXT NOT NULL,          -- key (of a browser), certificate (of the computer)
	fingerprint TEXT NOT NULL,          -- SHA-256 of the public key or certificate, hexadecimal
	public_key  TEXT NOT NULL,          -- SubjectPublicKeyInfo, base64; '' of a certificate
	enrolled_by @big NOT NULL REFERENCES person (id),
	enrolled_ms @big NOT NULL,
	revoked_ms  @big
) @strict;
CREATE UNIQUE INDEX seat_key_live ON seat_key (hall_id, seat, kind) WHERE revoked_ms IS NULL;

CREATE TABLE sitting (
	id             @id,
	competition_id @big NOT NULL REFERENCES competition (id),
	hall_id        @big NOT NULL REFERENCES hall (id),
	planned_ms     @big NOT NULL,
	state          TEXT NOT NULL,       -- open (checking in), sealed, running, closed
	forms_most     INTEGER NOT NULL,    -- an item rests after so many forms (F31); 0: never
	binding        TEXT NOT NULL,       -- none, key, certificate: what a seat has to prove (F35)
	recording      TEXT NOT NULL,       -- '' not settled, confirmed, switched_off (R28-3)
	recording_by   @big REFERENCES person (id),
	minutes        INTEGER NOT NULL,    -- test time, from the rule set
	opened_by      @big NOT NULL REFERENCES person (id),
	opened_ms      @big NOT NULL,
	-- the draw (docs/draw.md):
	round          INTEGER NOT NULL,    -- from 1; taking a seal off begins the next
	commitment     @blob NOT NULL,      -- BLAKE2b-256 over the secret, journalled before the coins
	secret         @blob,               -- 32 bytes; not here in clear while the forms are sealed
	sealed_secret  @blob,               -- under the key of the two who seal
	seal_salt      @blob,
	bank_hash      @blob,               -- of the snapshot drawn from
	sealed_by      @big REFERENCES person (id),
	sealed_second  @big REFERENCES person (id),
	sealed_ms      @big,
	form_key       @blob,               -- opens the forms; here from the start on
	started_by     @big REFERENCES person (id),
	started_ms     @big,
	closed_ms      @big,
	-- code and person are joined by two officials after the results are fixed (F9):
	names_asked_by @big REFERENCES person (id),
	names_asked_ms @big,
	names_by       @big REFERENCES person (id),
	names_ms       @big
) @strict;
CREATE INDEX sitting_of ON sitting (competition_id);

-- What the witnesses put into the seed (F33).
CREATE TABLE sitting_coin (
	sitting_id @big NOT NULL REFERENCES sitting (id),
	round      INTEGER NOT NULL,
	place      INTEGER NOT NULL,        -- 1, 2
	witness    TEXT NOT NULL,           -- name, as the witness gave it
	coin       TEXT NOT NULL,
	at_ms      @big NOT NULL,
	PRIMARY KEY (sitting_id, round, place)
) @strict;

-- The bank as it stood when the forms were sealed, with what the draw goes by.
CREATE TABLE sitting_item (
	sitting_id @big NOT NULL REFERENCES sitting (id),
	item_id    @big NOT NULL REFERENCES item (id),
	stratum    INTEGER NOT NULL,        -- 0 no figures; 1 hard, 2 middle, 3 easy (F32)
	rests      INTEGER NOT NULL,        -- 1: shown too often (F31)
	PRIMARY KEY (sitting_id, item_id)
) @strict;
CREATE TABLE sitting_enemy (
	sitting_id @big NOT NULL REFERENCES sitting (id),
	item_a     @big NOT NULL REFERENCES item (id),
	item_b     @big NOT NULL REFERENCES item (id),
	PRIMARY KEY (sitting_id, item_a, item_b)
) @strict;

-- A candidate's attempt.  One that a technical failure made void is followed by another (section 4).
CREATE TABLE attempt (
	id             @id,
	sitting_id     @big NOT NULL REFERENCES sitting (id),
	application_id @big NOT NULL REFERENCES application (id),
	code           TEXT NOT NULL UNIQUE, -- stands for the person until the names are opened (F9)
	language       TEXT NOT NULL,       -- one language per sitting (R28-2)
	document_seen  TEXT NOT NULL,       -- kind of identity document shown
	seat           TEXT NOT NULL,
	admitted_by    @big NOT NULL REFERENCES person (id),
	admitted_ms    @big NOT NULL,
	token_key      @blob NOT NULL,      -- makes the option tokens of this attempt (F56)
	form           @blob,               -- sealed: app/form.h
	form_hash      @blob,
	form_opened_ms @big,                -- its questions are in form_question
	pen            TEXT NOT NULL,       -- hash of the session that writes; '' nobody yet (F41)
	started_ms     @big,                -- the hall's start, the same for all in it (F39)
	ends_ms        @big,
	extra_ms       @big NOT NULL,       -- added to the end: stops that are over, granted time
	stopped_ms     @big,                -- the clock stands since
	stop_id        @big,                -- for this stop
	entered_ms     @big,                -- first question seen
	finished_ms    @big,                -- set when it is over for good
	finish         TEXT,                -- candidate, time, breach, technical
	void           INTEGER NOT NULL,    -- 1: a technical failure, another date follows
	UNIQUE (sitting_id, seat)
) @strict;
CREATE UNIQUE INDEX attempt_live ON attempt (application_id) WHERE void = 0;

-- Items that the candidate has had in earlier sittings, as the draw kept them off (F30).
CREATE TABLE attempt_seen (
	attempt_id @big NOT NULL REFERENCES attempt (id),
	item_id    @big NOT NULL REFERENCES item (id),
	PRIMARY KEY (attempt_id, item_id)
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
	accepted   INTEGER NOT NULL,        -- 0: kept and shown, and does not count
	refusal    TEXT NOT NULL,           -- of such: late, moved; else ''
	client_key TEXT NOT NULL,           -- made by the page: a click sent twice is one event
	at_ms      @big NOT NULL,
	previous_id @big UNIQUE REFERENCES answer_event (id), -- the attempt's event before
	UNIQUE (client_key, attempt_id)
) @strict;

-- The events of an attempt are found from its newest one back (EVENTS_OF_ATTEMPT in
-- app/sitting/attempt.h).  An index by attempt would take each click to a page of its own, and a click
-- would cost more the more are stored; like this every insert is at the right end of its tree, as a
-- page's keys begin with the time (UUIDv7, RFC 9562).
CREATE TABLE answer_newest (
	attempt_id @big NOT NULL PRIMARY KEY REFERENCES attempt (id),
	event_id   @big NOT NULL REFERENCES answer_event (id),
	counted_id @big REFERENCES answer_event (id) -- the newest that counts
) @strict;

-- The last sign of life of a seat's page, and what it still has to save (F45).
CREATE TABLE seat_pulse (
	attempt_id @big NOT NULL PRIMARY KEY REFERENCES attempt (id),
	at_ms      @big NOT NULL,
	unsaved    INTEGER NOT NULL,        -- clicks without an acknowledgement
	waiting_ms @big NOT NULL            -- age of the oldest of them
) @strict;

-- The technical log of a seat, attached to acts.
CREATE TABLE seat_event (
	id         @id,
	attempt_id @big NOT NULL REFERENCES attempt (id),
	kind       TEXT NOT NULL,           -- entered, gap, refused, moved, stopped, resumed, extra
	seat       TEXT NOT NULL,
	length_ms  @big NOT NULL,           -- of a gap or a stop; else 0
	at_ms      @big NOT NULL
) @strict;
CREATE INDEX seat_event_of ON seat_event (attempt_id);

-- The clock stands for one or for the hall (F44).
CREATE TABLE stop (
	id          @id,
	sitting_id  @big NOT NULL REFERENCES sitting (id),
	attempt_id  @big REFERENCES attempt (id), -- NULL: the hall
	kind        TEXT NOT NULL,          -- failure, move, breach, other
	reason      TEXT NOT NULL,
	by_id       @big NOT NULL REFERENCES person (id),
	second_id   @big REFERENCES person (id), -- NULL of a breach: its act has the second name
	from_ms     @big NOT NULL,
	until_ms    @big,
	ended_by    @big REFERENCES person (id),
	reversal_id @big                    -- sitting_act that took the time back
) @strict;
CREATE INDEX stop_of ON stop (sitting_id);
-- Whom it held, and for how long; written when it ends for them.
CREATE TABLE stop_hold (
	stop_id    @big NOT NULL REFERENCES stop (id),
	attempt_id @big NOT NULL REFERENCES attempt (id),
	length_ms  @big NOT NULL,
	PRIMARY KEY (stop_id, attempt_id)
) @strict;

-- Time given to one person (F43).
CREATE TABLE extra_time (
	id         @id,
	attempt_id @big NOT NULL REFERENCES attempt (id),
	length_ms  @big NOT NULL,
	reason     TEXT NOT NULL,
	document   TEXT NOT NULL,           -- that it rests on
	by_id      @big NOT NULL REFERENCES person (id),
	second_id  @big NOT NULL REFERENCES person (id),
	at_ms      @big NOT NULL
) @strict;
CREATE INDEX extra_time_of ON extra_time (attempt_id);

-- Acts: of a breach, of a technical failure, of taking time back (section 4).
CREATE TABLE sitting_act (
	id          @id,
	sitting_id  @big NOT NULL REFERENCES sitting (id),
	attempt_id  @big REFERENCES attempt (id),
	kind        TEXT NOT NULL,          -- breach, technical, reversal
	number      TEXT NOT NULL,
	text        TEXT NOT NULL,
	seat_log    TEXT NOT NULL,          -- seat_event and refused clicks of the attempt, JSON
	state       TEXT NOT NULL,          -- proposed, signed, refused
	by_id       @big NOT NULL REFERENCES person (id),
	at_ms       @big NOT NULL,
	answered_by @big REFERENCES person (id),
	answered_ms @big,
	answer      TEXT                    -- of a refusal: why
) @strict;
CREATE INDEX sitting_act_of ON sitting_act (sitting_id);

CREATE TABLE result (
	attempt_id   @big NOT NULL PRIMARY KEY REFERENCES attempt (id),
	correct      INTEGER NOT NULL,
	asked        INTEGER NOT NULL,
	pass_mark    INTEGER NOT NULL,
	positive     INTEGER NOT NULL,
	points       TEXT NOT NULL,         -- a sign per question: 1 right, 0 wrong, - none
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
