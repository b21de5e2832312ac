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

-- A person's feed of terms.  Its address is a keyed hash over person and instant: nothing that
-- could be stolen from here opens it.
CREATE TABLE feed (
	person_id  @big NOT NULL PRIMARY KEY REFERENCES person (id),
	language   TEXT NOT NULL,
	made_ms    @big NOT NULL
) @strict;
