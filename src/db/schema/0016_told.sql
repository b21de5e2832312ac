-- A notice that was handed over as a letter: to whoever has no account, or does not open it (F84).
CREATE TABLE notice_paper (
	notice_id @big NOT NULL PRIMARY KEY REFERENCES notice (id),
	number    TEXT NOT NULL,            -- of the letter
	day       INTEGER NOT NULL,         -- on which it was served
	by_id     @big NOT NULL REFERENCES person (id),
	at_ms     @big NOT NULL
) @strict;
CREATE INDEX notice_by_competition ON notice (competition_id, kind, person_id);

-- Decisions from before candidates were told of them here.
INSERT INTO notice (person_id, kind, competition_id, href, content, created_ms)
	SELECT a.person_id, 'decision.' || d.outcome, a.competition_id,
		'/applications/' || CAST(a.id AS TEXT) || '/notice', '{}', d.at_ms
	FROM decision d JOIN application a ON a.id = d.application_id;
