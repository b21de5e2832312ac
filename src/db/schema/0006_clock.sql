-- Where the service's clock was anchored (app/sitting/service_clock.h): one row.
CREATE TABLE service_clock (
	name          TEXT NOT NULL PRIMARY KEY, -- 'service'
	boot_id       TEXT NOT NULL,        -- of the machine's start it holds for
	since_boot_ms @big NOT NULL,        -- when the machine had run for so long...
	instant_ms    @big NOT NULL         -- ...it was this instant
) @strict;
