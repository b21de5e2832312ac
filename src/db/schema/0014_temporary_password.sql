-- A password that somebody else has made is good for one sign-in: its owner chooses another.
ALTER TABLE account ADD COLUMN temporary INTEGER NOT NULL DEFAULT 0;

-- When the body and HR were told that a request is late (F21).
ALTER TABLE body_request ADD COLUMN overdue_ms @big;

-- L33: one second competition after a first one, whoever opens it at the same time.
CREATE UNIQUE INDEX competition_second ON competition (previous_id);
