-- A test hall that is closed: no new sitting is held there until it is opened again (app/sitting/hall.h).
CREATE TABLE hall_closing (
	id          @id,
	hall_id     @big NOT NULL REFERENCES hall (id),
	reason      TEXT NOT NULL,
	closed_by   @big NOT NULL REFERENCES person (id),
	closed_ms   @big NOT NULL,
	reopened_by @big REFERENCES person (id),
	reopened_ms @big                    -- NULL: it is closed
) @strict;
CREATE UNIQUE INDEX hall_closing_now ON hall_closing (hall_id) WHERE reopened_ms IS NULL;
