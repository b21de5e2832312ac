-- One officer proposes an act of destruction, another one answers (app/evidence/destruction.h).
CREATE TABLE destruction_proposal (
	id             @id,
	competition_id @big REFERENCES competition (id), -- NULL: of a person
	person_id      @big REFERENCES person (id),      -- NULL: of a competition
	number         TEXT NOT NULL,                    -- of the act
	day            INTEGER NOT NULL,
	reason         TEXT NOT NULL,
	contents       TEXT NOT NULL,       -- what it would have taken then: {group of rows: how many}
	last_seq       @big NOT NULL,       -- the last entry that the first officer knew of
	asked_by       @big NOT NULL REFERENCES person (id),
	asked_ms       @big NOT NULL,
	state          TEXT NOT NULL,       -- asked, refused, withdrawn, done
	answered_by    @big REFERENCES person (id),
	answered_ms    @big,
	answer         TEXT NOT NULL,       -- why it was refused
	act_id         @big REFERENCES destruction_act (id)
) @strict;
