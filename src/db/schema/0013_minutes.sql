-- The commission complete: orders that change it, the order of candidates, questions, sealed marks, the
-- roll of a decided vote, signed minutes.

-- ---- orders (Law 49(2)) ----

-- Every order about a commission but the first, which stands in commission.
CREATE TABLE commission_order (
	id            @id,
	commission_id @big NOT NULL REFERENCES commission (id),
	number        TEXT NOT NULL,
	day           INTEGER NOT NULL,
	blob_hash     TEXT REFERENCES blob (hash), -- the scan, if there is one
	file_name     TEXT NOT NULL,
	state         TEXT NOT NULL,       -- draft, in_force
	by_id         @big NOT NULL REFERENCES person (id),
	at_ms         @big NOT NULL,
	in_force_ms   @big
) @strict;
CREATE INDEX commission_order_by_commission ON commission_order (commission_id, id);

-- What an order says: one who leaves, or one who comes.
CREATE TABLE commission_change (
	id        @id,
	order_id  @big NOT NULL REFERENCES commission_order (id),
	what      TEXT NOT NULL,           -- leaves, comes
	person_id @big NOT NULL REFERENCES person (id),
	role      TEXT NOT NULL,           -- as in commission_member: had, or will have
	kind      TEXT NOT NULL,
	employee  INTEGER NOT NULL,
	UNIQUE (order_id, what, person_id)
) @strict;

-- Since when a seat is empty, by order.  What its holder did stays.
ALTER TABLE commission_member ADD COLUMN left_ms @big;

-- ---- conflict of interest ----

-- Declarations that the secretary noted as made in error.
CREATE TABLE conflict_error (
	id             @id,
	member_id      @big NOT NULL REFERENCES commission_member (id),
	application_id @big NOT NULL REFERENCES application (id),
	declared       TEXT NOT NULL,
	declared_ms    @big NOT NULL,
	reason         TEXT NOT NULL,
	by_id          @big NOT NULL REFERENCES person (id),
	at_ms          @big NOT NULL
) @strict;

-- ---- the interview ----

ALTER TABLE interview ADD COLUMN ordering TEXT; -- name (also NULL), draw, set

-- Questions and answers as the secretary notes them; a correction is a new version.
CREATE TABLE interview_question (
	id             @id,
	application_id @big NOT NULL REFERENCES application (id),
	number         INTEGER NOT NULL,    -- from 1
	version        INTEGER NOT NULL,    -- from 1
	asked_by       @big NOT NULL REFERENCES commission_member (id),
	question       TEXT NOT NULL,
	answer         TEXT NOT NULL,
	by_id          @big NOT NULL REFERENCES person (id),
	at_ms          @big NOT NULL,
	UNIQUE (application_id, number, version)
) @strict;

-- What the secretary is just writing: kept so that no word is lost, no record.
CREATE TABLE question_draft (
	application_id @big NOT NULL REFERENCES application (id),
	person_id      @big NOT NULL REFERENCES person (id),
	asked_by       @big NOT NULL,       -- 0: not chosen yet
	question       TEXT NOT NULL,
	answer         TEXT NOT NULL,
	at_ms          @big NOT NULL,
	PRIMARY KEY (application_id, person_id)
) @strict;

-- ---- notes and marks (F81) ----

-- A member's own notes: nobody else ever reads them.
CREATE TABLE member_note (
	member_id      @big NOT NULL REFERENCES commission_member (id),
	application_id @big NOT NULL REFERENCES application (id),
	text           TEXT NOT NULL,
	at_ms          @big NOT NULL,
	PRIMARY KEY (member_id, application_id)
) @strict;

-- A member's marks as given; the journal holds SHA-256(salt || content) since that moment.
CREATE TABLE mark (
	member_id      @big NOT NULL REFERENCES commission_member (id),
	application_id @big NOT NULL REFERENCES application (id),
	content        TEXT NOT NULL,       -- canonical JSON: criterion -> mark
	salt           TEXT NOT NULL,       -- 32 bytes, hexadecimal
	at_ms          @big NOT NULL,
	PRIMARY KEY (member_id, application_id)
) @strict;

-- Who gave the secretary a reason for having no marks.
CREATE TABLE mark_excuse (
	member_id      @big NOT NULL REFERENCES commission_member (id),
	application_id @big NOT NULL REFERENCES application (id),
	reason         TEXT NOT NULL,
	by_id          @big NOT NULL REFERENCES person (id),
	at_ms          @big NOT NULL,
	PRIMARY KEY (member_id, application_id)
) @strict;

-- Since when the marks of a candidate are open to all.
CREATE TABLE mark_opening (
	application_id @big NOT NULL PRIMARY KEY REFERENCES application (id),
	at_ms          @big NOT NULL
) @strict;

-- ---- vote ----

-- Who sat, as what, and how each stood when a vote was decided: later orders change nothing of it.
CREATE TABLE decision_roll (
	application_id @big NOT NULL REFERENCES application (id),
	member_id      @big NOT NULL REFERENCES commission_member (id),
	role           TEXT NOT NULL,       -- chair, member
	choice         TEXT NOT NULL,       -- for, against, conflict, absent
	PRIMARY KEY (application_id, member_id)
) @strict;
INSERT INTO decision_roll (application_id, member_id, role, choice)
SELECT d.application_id, m.id, m.role,
	CASE WHEN f.id IS NOT NULL THEN 'conflict' WHEN b.id IS NOT NULL THEN b.choice ELSE 'absent' END
  FROM decision d
  JOIN application a ON a.id = d.application_id
  JOIN commission k ON k.competition_id = a.competition_id AND k.state = 'appointed'
  JOIN commission_member m ON m.commission_id = k.id AND m.role IN ('chair', 'member')
  LEFT JOIN conflict f ON f.member_id = m.id AND f.application_id = d.application_id
  LEFT JOIN ballot b ON b.member_id = m.id AND b.application_id = d.application_id;

-- ---- minutes (Law 50(7)) ----

-- The text is frozen when it gets its number.  NULL: of a time when minutes were signed on paper.
ALTER TABLE minutes ADD COLUMN content TEXT; -- canonical JSON
ALTER TABLE minutes ADD COLUMN hash TEXT;    -- SHA-256 of it, hexadecimal

-- Who signs: the members present and the secretary.
CREATE TABLE minutes_signature (
	interview_id @big NOT NULL REFERENCES interview (id),
	member_id    @big NOT NULL REFERENCES commission_member (id),
	role         TEXT NOT NULL,         -- on that day
	hash         TEXT,                  -- what was signed
	dissent      TEXT NOT NULL,         -- an opinion of one's own, '' none
	signed_ms    @big,
	PRIMARY KEY (interview_id, member_id)
) @strict;
