-- The commission, the interview, the vote.

CREATE TABLE commission (
	id             @id,
	competition_id @big NOT NULL UNIQUE REFERENCES competition (id),
	order_number   TEXT NOT NULL,
	order_day      INTEGER NOT NULL,
	state          TEXT NOT NULL,       -- draft, appointed
	created_by     @big NOT NULL REFERENCES person (id),
	created_ms     @big NOT NULL,
	appointed_ms   @big
) @strict;

CREATE TABLE commission_member (
	id            @id,
	commission_id @big NOT NULL REFERENCES commission (id),
	person_id     @big NOT NULL REFERENCES person (id),
	role          TEXT NOT NULL,        -- chair, member, secretary, invited (R41-1 to R41-3)
	kind          TEXT NOT NULL,        -- subdivision_head, own_security, hr, other; of invited: psychologist, expert, personnel
	employee      INTEGER NOT NULL,     -- serves in the prosecution service
	UNIQUE (commission_id, person_id)
) @strict;
CREATE INDEX commission_member_by_person ON commission_member (person_id);

CREATE TABLE interview (
	id             @id,
	competition_id @big NOT NULL UNIQUE REFERENCES competition (id),
	day            INTEGER NOT NULL,
	start_ms       @big NOT NULL,
	place          TEXT NOT NULL,
	state          TEXT NOT NULL,       -- planned, running, closed
	planned_by     @big NOT NULL REFERENCES person (id),
	planned_ms     @big NOT NULL,
	started_ms     @big,
	closed_ms      @big
) @strict;

-- When the dossier of a candidate reached the commission (R16-2).
CREATE TABLE dossier_release (
	id             @id,
	application_id @big NOT NULL UNIQUE REFERENCES application (id),
	by_id          @big NOT NULL REFERENCES person (id),
	at_ms          @big NOT NULL
) @strict;

-- A candidate's interview: the warning about the record comes first (R47-2).
CREATE TABLE interview_candidate (
	id             @id,
	interview_id   @big NOT NULL REFERENCES interview (id),
	application_id @big NOT NULL UNIQUE REFERENCES application (id),
	turn           INTEGER NOT NULL,    -- order of the candidates, from 1
	warned_ms      @big,
	warned_by      @big REFERENCES person (id),
	started_ms     @big,
	ended_ms       @big,
	UNIQUE (interview_id, turn)
) @strict;

-- Who is present; the secretary notes it at the start.
CREATE TABLE attendance (
	interview_id @big NOT NULL REFERENCES interview (id),
	member_id    @big NOT NULL REFERENCES commission_member (id),
	at_ms        @big NOT NULL,
	PRIMARY KEY (interview_id, member_id)
) @strict;

-- A declared conflict of interest takes the vote for that candidate (section 4).
CREATE TABLE conflict (
	id             @id,
	member_id      @big NOT NULL REFERENCES commission_member (id),
	application_id @big NOT NULL REFERENCES application (id),
	reason         TEXT NOT NULL,
	at_ms          @big NOT NULL,
	UNIQUE (member_id, application_id)
) @strict;

-- Advisory opinions of invited people: on record, never a vote (R41-3).
CREATE TABLE opinion (
	id             @id,
	member_id      @big NOT NULL REFERENCES commission_member (id),
	application_id @big NOT NULL REFERENCES application (id),
	text           TEXT NOT NULL,
	at_ms          @big NOT NULL,
	UNIQUE (member_id, application_id)
) @strict;

CREATE TABLE ballot (
	id             @id,
	member_id      @big NOT NULL REFERENCES commission_member (id),
	application_id @big NOT NULL REFERENCES application (id),
	choice         TEXT NOT NULL,       -- for, against
	at_ms          @big NOT NULL,
	UNIQUE (member_id, application_id)
) @strict;

CREATE TABLE decision (
	id             @id,
	application_id @big NOT NULL UNIQUE REFERENCES application (id),
	outcome        TEXT NOT NULL,       -- positive, negative
	votes_for      INTEGER NOT NULL,
	votes_against  INTEGER NOT NULL,
	present        INTEGER NOT NULL,    -- members who count for this candidate
	quorum         INTEGER NOT NULL,    -- members needed
	chair_decided  INTEGER NOT NULL,    -- 1: a tie went with the chair
	by_id          @big NOT NULL REFERENCES person (id),
	at_ms          @big NOT NULL
) @strict;

CREATE TABLE minutes (
	id           @id,
	interview_id @big NOT NULL UNIQUE REFERENCES interview (id),
	number       TEXT NOT NULL,
	by_id        @big NOT NULL REFERENCES person (id),
	at_ms        @big NOT NULL
) @strict;
