-- A question is challenged, an expert finds, another confirms, results are counted anew (F62, F63).

-- One for each question and person.  What HR entered from a paper waits for a second officer (F17).
CREATE TABLE challenge (
	id          @id,
	attempt_id  @big NOT NULL REFERENCES attempt (id),
	number      INTEGER NOT NULL,       -- of the question, as shown
	item_id     @big NOT NULL REFERENCES item (id), -- the version
	grounds     TEXT NOT NULL,
	basis       TEXT NOT NULL,          -- act and article relied on; ''
	paper       TEXT NOT NULL,          -- number of the paper; '' from the candidate
	filed_day   INTEGER NOT NULL,       -- by the candidate, or on which the paper came
	state       TEXT NOT NULL,          -- entered, open, withdrawn, decided
	by_id       @big NOT NULL REFERENCES person (id),
	at_ms       @big NOT NULL,
	second_id   @big REFERENCES person (id), -- of a paper: who compared it
	ended_ms    @big,                   -- withdrawn, decided
	finding_id  @big,                   -- that decided it
	UNIQUE (attempt_id, number)
) @strict;
CREATE INDEX challenge_of_item ON challenge (item_id, state);

-- What an expert finds about a version, for all challenges of it that are open.
CREATE TABLE finding (
	id          @id,
	item_id     @big NOT NULL REFERENCES item (id),
	kind        TEXT NOT NULL,          -- rejected, key, void
	answer      INTEGER,                -- of key: position of the right option, from 0
	article     TEXT NOT NULL,
	reasons     TEXT NOT NULL,
	state       TEXT NOT NULL,          -- proposed, returned, confirmed
	by_id       @big NOT NULL REFERENCES person (id),
	at_ms       @big NOT NULL,
	answered_by @big REFERENCES person (id),
	answered_ms @big,
	answer_note TEXT NOT NULL           -- of a return: why; document of a confirmation
) @strict;
CREATE UNIQUE INDEX finding_proposed ON finding (item_id) WHERE state = 'proposed';

-- A confirmed finding that changes the key of a version, for every result there is and will be.
-- Their order is that of exam/key.h.
CREATE TABLE key_correction (
	id         @id,
	finding_id @big NOT NULL UNIQUE REFERENCES finding (id),
	item_id    @big NOT NULL REFERENCES item (id),
	kind       TEXT NOT NULL,           -- key, void
	old_answer INTEGER NOT NULL,        -- that the version is written with
	answer     INTEGER,                 -- of key
	new_item_id @big REFERENCES item (id), -- version with the right key; NULL none
	had        INTEGER NOT NULL,        -- results with the version at that moment
	changed    INTEGER NOT NULL,        -- of these, that came out differently
	at_ms      @big NOT NULL
) @strict;
CREATE INDEX key_correction_of ON key_correction (item_id);

-- Each result as it was and as it came to be; `result` and `result_act` hold the last one.  A
-- result that was never corrected has none here.
CREATE TABLE result_version (
	attempt_id    @big NOT NULL REFERENCES attempt (id),
	number        INTEGER NOT NULL,     -- 1: as it was fixed
	correct       INTEGER NOT NULL,
	asked         INTEGER NOT NULL,
	pass_mark     INTEGER NOT NULL,
	positive      INTEGER NOT NULL,
	points        TEXT NOT NULL,
	answers_hash  @blob NOT NULL,
	correction_id @big REFERENCES key_correction (id), -- NULL: as it was fixed
	at_ms         @big NOT NULL,
	-- what the rule set of the competition made of the finding: PARAM_KEY_REPLACED, ..VOID_FOR_ALL
	replaces      INTEGER,
	for_all       INTEGER,
	-- of one that crossed the mark: how far the candidate was, and what was decided about it
	stage         TEXT NOT NULL,        -- '', fixed, told, planned, heard, decided
	noted_by      @big REFERENCES person (id),
	noted_ms      @big,
	note          TEXT NOT NULL,
	PRIMARY KEY (attempt_id, number)
) @strict;
CREATE INDEX result_version_by ON result_version (correction_id);
CREATE INDEX result_version_waits ON result_version (attempt_id)
	WHERE stage <> '' AND noted_ms IS NULL;
CREATE TABLE result_version_act (
	attempt_id @big NOT NULL,
	number     INTEGER NOT NULL,
	act        TEXT NOT NULL,
	correct    INTEGER NOT NULL,
	asked      INTEGER NOT NULL,
	PRIMARY KEY (attempt_id, number, act)
) @strict;
