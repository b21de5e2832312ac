-- What ends by an act of destruction (app/evidence/retention.h): all of a competition, or a person.

-- While the table of acts is made anew nothing may go.
@append_only journal_content;
CREATE TABLE destruction_act_new (
	id             @id,
	competition_id @big REFERENCES competition (id), -- NULL: of a person
	person_id      @big REFERENCES person (id),      -- NULL: of a competition
	number         TEXT NOT NULL,
	kept_until     INTEGER NOT NULL,    -- day
	by_id          @big NOT NULL REFERENCES person (id),
	second_id      @big NOT NULL REFERENCES person (id),
	at_ms          @big NOT NULL,
	last_seq       @big NOT NULL,       -- entry before the act's own; 0: of clicks and seats alone, as acts were
	seat_events    @big NOT NULL,       -- rows of the seats' technical log
	entries        @big NOT NULL        -- contents of the journal
) @strict;
INSERT INTO destruction_act_new (id, competition_id, number, kept_until, by_id, second_id, at_ms, last_seq,
	seat_events, entries)
SELECT id, competition_id, number, kept_until, by_id, second_id, at_ms, 0, seat_events, entries
  FROM destruction_act;
DROP TABLE destruction_act;
ALTER TABLE destruction_act_new RENAME TO destruction_act;
CREATE UNIQUE INDEX destruction_act_of_competition ON destruction_act (competition_id) WHERE last_seq > 0;
CREATE UNIQUE INDEX destruction_act_of_person ON destruction_act (person_id) WHERE person_id IS NOT NULL;
@append_only destruction_act;

-- Just what the act is about: the entries of the competition, or those about the person.
@append_only journal_content UNLESS
	EXISTS (SELECT 1 FROM journal_entry j JOIN destruction_act a ON a.competition_id = j.competition_id
	         WHERE j.seq = OLD.seq AND j.seq <= a.last_seq AND j.kind <> 'records.destroyed')
	OR EXISTS (SELECT 1 FROM journal_entry j JOIN destruction_act a ON j.subject = 'person/' || a.person_id
	             OR (j.actor_id = a.person_id AND j.subject LIKE 'notice/%')
	         WHERE j.seq = OLD.seq AND j.seq <= a.last_seq AND j.competition_id = 0);
@append_only document_signature UNLESS
	EXISTS (SELECT 1 FROM destruction_act a WHERE a.competition_id = OLD.competition_id AND a.last_seq > 0);
@append_only restricted_opening UNLESS
	EXISTS (SELECT 1 FROM application t JOIN destruction_act a ON a.competition_id = t.competition_id
	         WHERE t.id = OLD.application_id AND a.last_seq > 0);
@append_only restricted_view UNLESS
	EXISTS (SELECT 1 FROM application t JOIN destruction_act a ON a.competition_id = t.competition_id
	         WHERE t.id = OLD.application_id AND a.last_seq > 0);
@append_only signature_decision UNLESS
	EXISTS (SELECT 1 FROM document_signature s JOIN destruction_act a ON a.competition_id = s.competition_id
	         WHERE s.id = OLD.signature_id AND a.last_seq > 0);

-- A paper has a number, which the journal may name for ever; its hash tells whoever can print it that
-- it was printed.
CREATE TABLE paper_new (
	id             @id,
	hash           TEXT NOT NULL UNIQUE, -- 64 hexadecimal digits
	kind           TEXT NOT NULL,       -- "minutes": message paper.<kind>
	competition_id @big NOT NULL REFERENCES competition (id),
	language       TEXT NOT NULL,
	seq            @big NOT NULL,       -- place in the journal that stands on it, 0 none
	issued_ms      @big NOT NULL
) @strict;
INSERT INTO paper_new (hash, kind, competition_id, language, seq, issued_ms)
SELECT hash, kind, competition_id, language, seq, issued_ms FROM paper ORDER BY issued_ms, hash;
DROP TABLE paper;
ALTER TABLE paper_new RENAME TO paper;
CREATE TABLE paper_form_issued_new (
	id        @id,
	hash      TEXT NOT NULL UNIQUE,
	kind      TEXT NOT NULL,                -- form, form-key: message paper.<kind>
	language  TEXT NOT NULL,
	seq       @big NOT NULL,
	issued_ms @big NOT NULL
) @strict;
INSERT INTO paper_form_issued_new (hash, kind, language, seq, issued_ms)
SELECT hash, kind, language, seq, issued_ms FROM paper_form_issued ORDER BY issued_ms, hash;
DROP TABLE paper_form_issued;
ALTER TABLE paper_form_issued_new RENAME TO paper_form_issued;
