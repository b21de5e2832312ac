-- What an officer has changed in the calendar of working days, by order (rules.md 5).
CREATE TABLE calendar_change (
	id              @id,
	kind            TEXT NOT NULL,      -- moved: a day off that is carried by no rule; transfer: WD-4
	day             INTEGER NOT NULL,   -- moved: from this day; transfer: off
	other_day       INTEGER NOT NULL,   -- moved: to this day; transfer: worked
	order_number    TEXT NOT NULL,
	order_day       INTEGER NOT NULL,
	by_id           @big NOT NULL REFERENCES person (id),
	at_ms           @big NOT NULL,
	withdrawn_order TEXT,               -- of the order that took it back
	withdrawn_by    @big REFERENCES person (id),
	withdrawn_ms    @big
) @strict;

-- Where a person's calendar program fetches the terms: whoever has the address may read it.
CREATE TABLE feed (
	person_id  @big NOT NULL PRIMARY KEY REFERENCES person (id),
	token_hash TEXT NOT NULL UNIQUE,    -- BLAKE2b of the address' secret part
	language   TEXT NOT NULL,
	made_ms    @big NOT NULL
) @strict;
