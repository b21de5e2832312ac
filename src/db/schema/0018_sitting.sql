-- A sitting that was cancelled before anybody checked in: state 'cancelled', and why.
ALTER TABLE sitting ADD COLUMN cancelled_reason TEXT;
