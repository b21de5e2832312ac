-- Questions while they are written, reviewed, approved, held and retired (F22 to F25).
--
-- `item` has every version of a question, by content; what a form may hold is approved, not held
-- and not retired (ITEM_IN_USE of app/bank/bank.h).
ALTER TABLE item ADD COLUMN approved_ms @big;
ALTER TABLE item ADD COLUMN held_ms @big;
UPDATE item SET approved_ms = added_ms;

CREATE TABLE bank_item (
	id         @id,
	code       TEXT NOT NULL UNIQUE,
	act        TEXT NOT NULL,
	state      TEXT NOT NULL,           -- draft, review, approved, hold, retired: of the newest
	revision   INTEGER NOT NULL,        -- the newest, from 1
	newest_id  @big NOT NULL REFERENCES item (id),
	used_id    @big REFERENCES item (id), -- the version that was approved last
	hold_kind  TEXT NOT NULL,           -- '', act (it has changed), officer, figures, challenge
	reason     TEXT NOT NULL,           -- of the hold or the retirement; closed by bank_text.h
	changed_ms @big NOT NULL
) @strict;
CREATE INDEX bank_item_by_act ON bank_item (act, state);

-- A version returns if the old words are written again; what happened is a revision each time.
CREATE TABLE bank_revision (
	bank_item_id @big NOT NULL REFERENCES bank_item (id),
	number       INTEGER NOT NULL,
	item_id      @big NOT NULL REFERENCES item (id),
	author_id    @big REFERENCES person (id), -- NULL: came with the sample bank
	why          TEXT NOT NULL,
	at_ms        @big NOT NULL,
	PRIMARY KEY (bank_item_id, number)
) @strict;

-- Who answers for a revision: one reviewer for each language, then who approves.
CREATE TABLE bank_sign (
	id           @id,
	bank_item_id @big NOT NULL REFERENCES bank_item (id),
	revision     INTEGER NOT NULL,
	part         TEXT NOT NULL,         -- kk, ru, approval
	person_id    @big NOT NULL REFERENCES person (id),
	verdict      TEXT NOT NULL,         -- agreed, returned
	reason       TEXT NOT NULL,         -- closed by bank_text.h
	at_ms        @big NOT NULL
) @strict;
CREATE UNIQUE INDEX bank_sign_once ON bank_sign (bank_item_id, revision, part);

CREATE TABLE bank_comment (
	id           @id,
	bank_item_id @big NOT NULL REFERENCES bank_item (id),
	revision     INTEGER NOT NULL,
	person_id    @big NOT NULL REFERENCES person (id),
	text         TEXT NOT NULL,
	at_ms        @big NOT NULL
) @strict;
CREATE INDEX bank_comment_of ON bank_comment (bank_item_id);

-- Who opened which question that is in use, for the ration of a day (F25).
CREATE TABLE bank_view (
	person_id    @big NOT NULL REFERENCES person (id),
	day          INTEGER NOT NULL,
	bank_item_id @big NOT NULL REFERENCES bank_item (id),
	at_ms        @big NOT NULL,
	PRIMARY KEY (person_id, day, bank_item_id)
) @strict;

-- An act got another text: what was checked against an older one is held (F23).
CREATE TABLE act_change (
	id       @id,
	act      TEXT NOT NULL,
	articles TEXT NOT NULL,             -- "15, 35-1"; '' for the whole act
	text_day INTEGER NOT NULL,          -- of the new text
	document TEXT NOT NULL,             -- the law that changed it
	held     INTEGER NOT NULL,          -- questions that it put on hold
	by_id    @big NOT NULL REFERENCES person (id),
	at_ms    @big NOT NULL
) @strict;

INSERT INTO bank_item (code, act, state, revision, newest_id, used_id, hold_kind, reason, changed_ms)
	SELECT i.code, i.act, CASE WHEN i.retired_ms IS NULL THEN 'approved' ELSE 'retired' END,
		(SELECT COUNT(*) FROM item o WHERE o.code = i.code), i.id, i.id, '', '', i.added_ms
	FROM item i WHERE i.id = (SELECT MAX(o.id) FROM item o WHERE o.code = i.code);
INSERT INTO bank_revision (bank_item_id, number, item_id, why, at_ms)
	SELECT b.id, (SELECT COUNT(*) FROM item o WHERE o.code = i.code AND o.id <= i.id), i.id, '',
		i.added_ms
	FROM item i JOIN bank_item b ON b.code = i.code;
