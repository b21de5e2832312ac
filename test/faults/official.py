"""An operator who stops the hall's clock and lets it go on, while the server comes and goes.

Each of these touches every attempt, the stop, who was held for how long, the seats' logs and the
journal: after any fault all of it has happened, or nothing.
"""
import random
import threading
import time

from load import Line, Refusal


class Official(threading.Thread):
    def __init__(self, hall, seed):
        super().__init__(daemon=True)
        self.people = hall.people
        self.line = Line(hall.port, hall.people["operator"])
        self.random = random.Random(f"official-{seed}")
        self.ending = False
        self.stopped = 0
        self.faults = []

    def post(self, path, form):
        """True if it was done, or had been done already by a request whose answer was lost."""
        try:
            self.line.ask("POST", f"/sittings/{self.people['sitting']}{path}", form)
            return True
        except Refusal as refusal:
            self.line.close()
            if refusal.status == 409:
                return True
            if refusal.status == 429:
                # faster than any person (BRAKE_FORMS_MOST, web/http/brake.h): as it was told, again later
                time.sleep(0.25)
                return False
            if refusal.status < 500:
                self.faults.append(f"operator: {path}: {refusal}")
            return False
        except (OSError, ValueError):
            self.line.close()
            time.sleep(0.01)
            return False

    def until_done(self, path, form):
        end = time.monotonic() + 60
        while not self.post(path, form):
            if time.monotonic() > end or self.faults:
                return
            time.sleep(0.005)

    def run(self):
        while not self.ending and not self.faults:
            self.until_done("/stops", {"kind": "other", "reason": "fault test",
                                       "second": self.people["second"]["person"],
                                       "second_password": self.people["second"]["password"]})
            time.sleep(self.random.uniform(0, 0.03))
            self.stopped += 1
            # the stops are numbered one after the other: 409 came for one that was there
            self.until_done("/stops/end", {"stop": self.stopped})
            time.sleep(self.random.uniform(0, 0.1))
        self.line.close()

    def finish(self):
        self.ending = True
        self.join(90)


# What must be so after any number of stops, whole or cut.
WHOLE = (
    ("a stop without its entry in the journal",
     "SELECT (SELECT COUNT(*) FROM stop) - (SELECT COUNT(*) FROM journal_entry"
     " WHERE kind = 'sitting.stopped')"),
    ("an end without its entry in the journal",
     "SELECT (SELECT COUNT(*) FROM stop WHERE until_ms IS NOT NULL) - (SELECT COUNT(*)"
     " FROM journal_entry WHERE kind = 'sitting.resumed')"),
    ("time given back is not the time held",
     "SELECT COUNT(*) FROM attempt t WHERE t.extra_ms <> (SELECT COALESCE(SUM(h.length_ms), 0)"
     " FROM stop_hold h WHERE h.attempt_id = t.id)"),
    ("somebody was not held by a stop of the hall",
     "SELECT COUNT(*) FROM stop s WHERE s.until_ms IS NOT NULL AND (SELECT COUNT(*) FROM stop_hold h"
     " WHERE h.stop_id = s.id) <> (SELECT COUNT(*) FROM attempt)"),
    ("a clock still stands",
     "SELECT COUNT(*) FROM attempt WHERE stopped_ms IS NOT NULL OR stop_id IS NOT NULL"),
)


def check(official, ledger):
    """Before anybody has finished; the official is through."""
    if official.is_alive() or official.stopped == 0:
        ledger.fault("operator: nothing could be done")
    for fault in official.faults:
        ledger.fault(fault)
    db = ledger.open()
    for what, sql in WHOLE:
        found = db.execute(sql).fetchone()[0]
        if found:
            ledger.fault(f"{what}: {found}")
    db.close()
