-- Screening of the answers of a sitting (F67): what is a signal, and what a person made of each.

-- Parameters of src/exam/screening.h.  Our own values: no rule names any.
CREATE TABLE screening_setting (
	name  TEXT NOT NULL PRIMARY KEY,
	value @big NOT NULL
) @strict;
INSERT INTO screening_setting (name, value) VALUES
	('fast_percent', 10), ('fast_least_ms', 3000), ('fast_most_ms', 10000),
	('effort_percent', 90), ('run_least', 10), ('judged_least', 30), ('common_least', 15),
	('link_ms', 15000), ('seats_in_row', 0), ('alarm_permille', 10);

-- The newest screening of a sitting.
CREATE TABLE screening (
	sitting_id @big NOT NULL PRIMARY KEY REFERENCES sitting (id),
	by_id      @big REFERENCES person (id), -- NULL: the command line
	at_ms      @big NOT NULL,
	content    TEXT NOT NULL            -- what was looked at, and the settings, JSON
) @strict;

CREATE TABLE screening_signal (
	id         @id,
	sitting_id @big NOT NULL REFERENCES screening (sitting_id),
	kind       TEXT NOT NULL,           -- fast, known, neighbours, pair
	attempt_a  @big NOT NULL REFERENCES attempt (id),
	attempt_b  @big REFERENCES attempt (id), -- of a pair
	figures    TEXT NOT NULL,           -- what the signal rests on, JSON
	state      TEXT NOT NULL,           -- open, nothing (found), act (drawn up), passed (on)
	looked     TEXT NOT NULL,           -- recording,log,spoken: what the person looked at
	reason     TEXT NOT NULL,
	act_id     @big REFERENCES sitting_act (id),
	by_id      @big REFERENCES person (id),
	at_ms      @big
) @strict;
CREATE UNIQUE INDEX screening_signal_one
	ON screening_signal (sitting_id, kind, attempt_a, COALESCE(attempt_b, 0));
