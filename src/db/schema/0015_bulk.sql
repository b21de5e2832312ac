-- One decision for many candidates: carried out one by one, each by the ordinary use case.
CREATE TABLE bulk (
	id             @id,
	kind           TEXT NOT NULL,       -- papers, met, remind
	competition_id @big NOT NULL REFERENCES competition (id),
	by_id          @big NOT NULL REFERENCES person (id),
	started_ms     @big NOT NULL,
	ended_ms       @big,
	stopped        INTEGER NOT NULL     -- ended by its officer, with candidates left
) @strict;
CREATE INDEX bulk_open ON bulk (ended_ms, id);
CREATE INDEX bulk_of ON bulk (competition_id);

CREATE TABLE bulk_item (
	bulk_id        @big NOT NULL REFERENCES bulk (id),
	application_id @big NOT NULL REFERENCES application (id),
	state          TEXT NOT NULL,       -- waiting, done, refused
	error          TEXT NOT NULL,       -- message key of the refusal, '' none
	value          TEXT NOT NULL,       -- of {value} in it
	clause         TEXT NOT NULL,
	PRIMARY KEY (bulk_id, application_id)
) @strict;
CREATE INDEX bulk_item_state ON bulk_item (bulk_id, state);
