-- The route of other bodies, and what is taken in on somebody's behalf.

-- An application or referral that somebody else has entered (F17); a referral names its body.
CREATE TABLE intake (
	application_id @big NOT NULL PRIMARY KEY REFERENCES application (id),
	body           TEXT NOT NULL,       -- code in the rule set; '' a paper application, own route
	number         TEXT NOT NULL,       -- of the paper
	day            INTEGER NOT NULL,
	by_body        INTEGER NOT NULL,    -- 1: entered by the body's own account
	entered_by     @big NOT NULL REFERENCES person (id),
	entered_ms     @big NOT NULL,
	confirmed_by   @big REFERENCES person (id), -- the second name, who sent it
	confirmed_ms   @big
) @strict;
CREATE INDEX intake_of_body ON intake (body);

-- What is asked of another body: the two conclusions (R23-1), or information (R14-1).
CREATE TABLE body_request (
	id             @id,
	competition_id @big NOT NULL REFERENCES competition (id),
	body           TEXT NOT NULL,
	kind           TEXT NOT NULL,       -- conclusions, information
	number         TEXT NOT NULL,
	reason         TEXT NOT NULL,       -- of a request for information
	due            INTEGER NOT NULL,    -- day
	sent_by        @big NOT NULL REFERENCES person (id),
	sent_ms        @big NOT NULL,
	reminded_ms    @big
) @strict;
CREATE INDEX body_request_of ON body_request (competition_id);

-- One thing that is asked about one candidate.
CREATE TABLE body_request_entry (
	id             @id,
	request_id     @big NOT NULL REFERENCES body_request (id),
	application_id @big NOT NULL REFERENCES application (id),
	kind           TEXT NOT NULL,       -- polygraph, psycho, information
	study_id       @big REFERENCES study (id), -- what came of it
	text           TEXT,                -- information: what the body says
	answered_by    @big REFERENCES person (id),
	answered_ms    @big,
	UNIQUE (request_id, application_id, kind)
) @strict;
