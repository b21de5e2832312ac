-- A competition from its announcement to the dossier.

CREATE TABLE competition (
	id            @id,
	route         TEXT NOT NULL,        -- own, other
	previous_id   @big REFERENCES competition (id), -- L33: the own-route competition before it
	organ         TEXT NOT NULL,
	post          TEXT NOT NULL,        -- code in rules/posts.yaml
	category      TEXT NOT NULL,        -- category of the post in the Qualification Requirements
	vacancies     INTEGER NOT NULL,
	demonstration INTEGER NOT NULL,
	filing_days   INTEGER NOT NULL,     -- working days
	draft_kk      TEXT NOT NULL,        -- text of the announcement until it is made
	draft_ru      TEXT NOT NULL,
	state         TEXT NOT NULL,        -- draft, announced, closed
	created_by    @big NOT NULL REFERENCES person (id),
	created_ms    @big NOT NULL,
	-- set by the announcement and never changed (O-4, F1):
	rule_set      TEXT REFERENCES law_text (hash),
	qualification TEXT REFERENCES law_text (hash),
	announced_ms  @big,
	filing_last   INTEGER,              -- last day for applications
	closed_ms     @big,
	closed_by     @big REFERENCES person (id)
) @strict;

-- Version 1 is the announcement, later ones are corrections; none is ever changed (F3).
CREATE TABLE announcement (
	id             @id,
	competition_id @big NOT NULL REFERENCES competition (id),
	version        INTEGER NOT NULL,
	text_kk        TEXT NOT NULL,
	text_ru        TEXT NOT NULL,
	reason_kk      TEXT NOT NULL,       -- of a correction; empty in version 1
	reason_ru      TEXT NOT NULL,
	hash           TEXT NOT NULL,       -- BLAKE2b-256 over both texts
	published_by   @big NOT NULL REFERENCES person (id),
	published_ms   @big NOT NULL,
	UNIQUE (competition_id, version)
) @strict;

-- One per person and competition (F13).
CREATE TABLE application (
	id             @id,
	competition_id @big NOT NULL REFERENCES competition (id),
	person_id      @big NOT NULL REFERENCES person (id),
	state          TEXT NOT NULL,       -- draft, sent, withdrawn
	organ          TEXT NOT NULL,       -- where the candidate serves when applying
	place_kind     TEXT NOT NULL,       -- row of the signatory matrix
	position       TEXT NOT NULL,
	phone          TEXT NOT NULL,
	education      TEXT NOT NULL,       -- code in the Qualification Requirements, '' if not given yet
	education_note TEXT NOT NULL,       -- institution, year, number of the diploma
	test_language  TEXT NOT NULL,       -- kk, ru, '' until chosen (R28-2)
	created_ms     @big NOT NULL,
	changed_ms     @big NOT NULL,
	sent_ms        @big,
	receipt        TEXT,                -- BLAKE2b-256 of what was sent
	UNIQUE (competition_id, person_id)
) @strict;

-- What happened to it, oldest first; nothing is taken away (F16).
CREATE TABLE application_event (
	id             @id,
	application_id @big NOT NULL REFERENCES application (id),
	kind           TEXT NOT NULL,       -- opened, sent, withdrawn, reopened
	note           TEXT NOT NULL,
	by_id          @big NOT NULL REFERENCES person (id),
	at_ms          @big NOT NULL
) @strict;
CREATE INDEX application_event_of ON application_event (application_id);

-- Periods of service the candidate states; HR compares with the service list.
CREATE TABLE service_fact (
	id             @id,
	application_id @big NOT NULL REFERENCES application (id),
	kind           TEXT NOT NULL,       -- prosecution, law_enforcement, other
	leadership     INTEGER NOT NULL,    -- 1: a leadership post
	category       TEXT NOT NULL,       -- category of the post held, '' if none
	organisation   TEXT NOT NULL,
	position       TEXT NOT NULL,
	from_day       INTEGER NOT NULL,
	to_day         INTEGER              -- NULL: to this day
) @strict;
CREATE INDEX service_fact_of ON service_fact (application_id);

-- Papers of a candidate.  A newer one replaces an older of its kind; both stay (F16).
CREATE TABLE document (
	id                 @id,
	application_id     @big NOT NULL REFERENCES application (id),
	kind               TEXT NOT NULL,   -- code in the rule set: certificate, recommendation, service_list
	blob_hash          TEXT NOT NULL REFERENCES blob (hash),
	file_name          TEXT NOT NULL,   -- as shown to people
	signatory          TEXT NOT NULL,   -- who signed
	signatory_position TEXT NOT NULL,   -- code of the signing position in the rule set
	signed_day         INTEGER,
	added_by           @big NOT NULL REFERENCES person (id),
	added_ms           @big NOT NULL,
	replaced_ms        @big
) @strict;
CREATE INDEX document_of ON document (application_id, kind);

-- HR's look at the papers (R10-1).
CREATE TABLE completeness_check (
	id             @id,
	application_id @big NOT NULL REFERENCES application (id),
	complete       INTEGER NOT NULL,
	note           TEXT NOT NULL,
	by_id          @big NOT NULL REFERENCES person (id),
	at_ms          @big NOT NULL
) @strict;
CREATE INDEX completeness_check_of ON completeness_check (application_id);

-- What an officer found for one condition of the table; the latest counts (R5-2, F19).
CREATE TABLE qualification_finding (
	id             @id,
	application_id @big NOT NULL REFERENCES application (id),
	condition      TEXT NOT NULL,       -- alternative and condition, "1.2"
	verdict        TEXT NOT NULL,       -- met, not_met
	source         TEXT NOT NULL,       -- the document it rests on
	note           TEXT NOT NULL,
	by_id          @big NOT NULL REFERENCES person (id),
	at_ms          @big NOT NULL
) @strict;
CREATE INDEX qualification_finding_of ON qualification_finding (application_id);

-- The outcome of the qualification check.  A refusal counts only when a second
-- officer has confirmed it (F20).
CREATE TABLE qualification_decision (
	id             @id,
	application_id @big NOT NULL REFERENCES application (id),
	outcome        TEXT NOT NULL,       -- met, not_met
	reason         TEXT NOT NULL,
	by_id          @big NOT NULL REFERENCES person (id),
	at_ms          @big NOT NULL,
	answer         TEXT,                -- confirmed, sent_back
	answer_note    TEXT,
	answered_by    @big REFERENCES person (id),
	answered_ms    @big
) @strict;
CREATE INDEX qualification_decision_of ON qualification_decision (application_id);

-- Lists of candidates for the own-security service (R14-1).
CREATE TABLE security_list (
	id             @id,
	competition_id @big NOT NULL REFERENCES competition (id),
	number         TEXT NOT NULL,
	sent_by        @big NOT NULL REFERENCES person (id),
	sent_ms        @big NOT NULL
) @strict;
CREATE TABLE security_list_entry (
	list_id        @big NOT NULL REFERENCES security_list (id),
	application_id @big NOT NULL REFERENCES application (id),
	PRIMARY KEY (list_id, application_id)
) @strict;

-- Its answer: restricted, each view is journalled.  The latest counts (R15-1).
CREATE TABLE security_information (
	id             @id,
	application_id @big NOT NULL REFERENCES application (id),
	number         TEXT NOT NULL,
	day            INTEGER NOT NULL,
	content        TEXT NOT NULL,
	blob_hash      TEXT REFERENCES blob (hash),
	file_name      TEXT,
	by_id          @big NOT NULL REFERENCES person (id),
	at_ms          @big NOT NULL
) @strict;
CREATE INDEX security_information_of ON security_information (application_id);

-- Polygraph and psycho-sociological study.  Only "undergone" is a gate (R44-1);
-- what the file says is restricted.  The latest counts.
CREATE TABLE study (
	id             @id,
	application_id @big NOT NULL REFERENCES application (id),
	kind           TEXT NOT NULL,       -- polygraph, psycho
	outcome        TEXT NOT NULL,       -- undergone, refused, postponed, absent
	number         TEXT NOT NULL,
	day            INTEGER NOT NULL,
	note           TEXT NOT NULL,
	blob_hash      TEXT REFERENCES blob (hash),
	file_name      TEXT,
	by_id          @big NOT NULL REFERENCES person (id),
	at_ms          @big NOT NULL
) @strict;
CREATE INDEX study_of ON study (application_id, kind);

-- The digital rating is taken, shown and never computed (L1).  The latest counts.
CREATE TABLE rating (
	id             @id,
	application_id @big NOT NULL REFERENCES application (id),
	value          TEXT NOT NULL,       -- decimal as issued
	number         TEXT NOT NULL,
	day            INTEGER NOT NULL,
	issuer         TEXT NOT NULL,
	blob_hash      TEXT NOT NULL REFERENCES blob (hash),
	file_name      TEXT NOT NULL,
	by_id          @big NOT NULL REFERENCES person (id),
	at_ms          @big NOT NULL
) @strict;
CREATE INDEX rating_of ON rating (application_id);
