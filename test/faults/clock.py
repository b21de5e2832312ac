"""The wall clock jumps by an hour and back in the middle of the test (jump.c).

While the server runs, while it is stopped, while it is dead; with a candidate whose clock stands,
and one whose end comes within seconds.  The time left that the server reports must follow a clock
that nobody sets, within two seconds, and no answer may be refused as late for it.  At last the
machine itself is "started again", with a wall clock that is right, and with one an hour behind.
"""
import random
import sqlite3
import struct
import time

from hall import Hall
from ledger import Ledger
from load import Candidate, Load, Refusal

HOUR_MS = 3600 * 1000
TOLERANCE_MS = 2000
WATCH_S = 1.2
SHORT_S = 15  # what the candidate near the end has left when the clock begins to jump
SEATS = 14


class Jump:
    """The file that jump.c reads."""

    def __init__(self, hall):
        self.path = hall.folder / "offsets"
        self.wall = self.boot = self.boot_number = 0
        self.write()

    def write(self):
        content = struct.pack("=qqq", self.wall, self.boot, self.boot_number)
        with open(self.path, "r+b" if self.path.exists() else "wb") as f:
            f.write(content)

    def set(self, wall_ms):
        self.wall = wall_ms
        self.write()

    def restart_machine(self, wall_ms):
        """It has run for five seconds; its wall clock says what `wall_ms` makes of it."""
        self.boot_number += 1
        self.boot = 5000 - int(time.clock_gettime(time.CLOCK_BOOTTIME) * 1000)
        self.set(wall_ms)


class Watch:
    """The time left of one candidate against our own clock."""

    def __init__(self, candidate, runs=True):
        self.candidate = candidate
        self.runs = runs
        self.worst_ms = 0
        self.begin()

    def read(self):
        try:
            return self.ask()
        except OSError:  # the server was another one
            return self.ask()

    def ask(self):
        return self.candidate.line.ask("GET", self.candidate.path("/state"))["left_ms"]

    def begin(self):
        self.left_ms = self.read()
        self.begun = time.monotonic()

    def drift_ms(self):
        left = self.read()
        passed = (time.monotonic() - self.begun) * 1000 if self.runs else 0
        drift = left - (self.left_ms - passed)
        self.worst_ms = max(self.worst_ms, abs(drift), key=abs)
        return drift


class Case:
    def __init__(self, hall, options):
        self.hall = hall
        self.jump = Jump(hall)
        self.load = Load(hall, options.seed)
        clicking, aside = self.load.candidates[:-2], self.load.candidates[-2:]
        self.load.candidates = clicking
        self.stopped, self.short = aside
        self.ledger = Ledger(hall, self.load)
        self.server = None
        self.watches = []

    def serve(self):
        self.server = self.hall.serve("jump", JUMP_FILE=self.jump.path)

    def shorten(self):
        """The candidate near the end; before the first start, while nobody reads it."""
        db = sqlite3.connect(self.hall.db)
        db.execute("UPDATE attempt SET ends_ms = ends_ms - (SELECT minutes FROM sitting) * 60000"
                   " + ? WHERE id = ?", (SHORT_S * 1000, self.short.attempt))
        db.commit()
        db.close()

    def stop_clock(self):
        people = self.hall.people
        operator = Candidate(self.load, dict(people["operator"], seat=0, attempt=0), 0)
        operator.line.ask("POST", f"/sittings/{people['sitting']}/attempts/"
                          f"{self.stopped.attempt}/stop",
                          {"kind": "other", "reason": "fault test",
                           "second": people["second"]["person"],
                           "second_password": people["second"]["password"]})
        operator.line.close()

    def begin(self):
        self.shorten()
        self.serve()
        self.load.enter()
        for candidate in (self.stopped, self.short):
            candidate.line.ask("GET", candidate.path())
        self.stop_clock()
        self.load.start()
        line = [Candidate(self.load, c.seat, 0) for c in self.load.candidates[:3]]
        self.watches = [Watch(c) for c in line] + [Watch(self.short), Watch(self.stopped, False)]

    # ---- what is looked at ------------------------------------------------------------------

    def look(self, what):
        """For a while after a change: nobody's time has moved, and clicks go on."""
        end = time.monotonic() + WATCH_S
        if not self.load.progress(len(self.load.candidates)):
            self.load.fault(f"{what}: no answers are acknowledged any more")
        while time.monotonic() < end:
            for watch in self.watches:
                drift = watch.drift_ms()
                if abs(drift) > TOLERANCE_MS:
                    self.load.fault(f"{what}: the time left of attempt {watch.candidate.attempt}"
                                    f" has moved by {drift / 1000:.1f} s")
                    return
            time.sleep(0.1)

    def click(self, candidate):
        """What the server says to one click: "" or a refusal."""
        try:
            click = candidate.next_click()
            candidate.post(candidate.line, click)
            candidate.hear(candidate.line, click)
            return ""
        except Refusal as refusal:
            return str(refusal)

    def expect_end(self):
        """Its end comes when its time is over, wherever the wall clock is (F52)."""
        short = self.watches[3]
        self.watches.remove(short)
        passed = (time.monotonic() - short.begun) * 1000
        if passed < short.left_ms - TOLERANCE_MS and self.click(self.short):
            self.load.fault("a click before the end was refused")
        time.sleep(max(0.0, (short.left_ms - passed + TOLERANCE_MS) / 1000))
        said = self.click(self.short)
        if "late" not in said and "over" not in said:
            self.load.fault(f"a click after the end was not refused as late: {said!r}")

    # ---- what happens ------------------------------------------------------------------------

    def jumps(self):
        for word, wall in (("+1 h", HOUR_MS), ("back from +1 h", 0), ("-1 h", -HOUR_MS)):
            self.jump.set(wall)
            self.look(word)
        self.expect_end()
        self.jump.set(0)
        self.look("back from -1 h")

    def restarts(self):
        for word, wall, kill in (("stopped, +1 h", HOUR_MS, False), ("killed, back", 0, True),
                                 ("killed, -1 h", -HOUR_MS, True), ("stopped, back", 0, False)):
            self.end_server(kill)
            self.jump.set(wall)
            self.serve()
            self.look(word)

    def end_server(self, kill):
        if kill:
            self.server.kill()
            self.server.killed()
        else:
            self.server.stop()

    def machine(self):
        """Started again: the line begins anew, at a clock that is right or does not run back."""
        for word, wall in (("the machine started again", 0),
                           ("again, an hour behind", -HOUR_MS)):
            self.end_server(True)
            self.jump.restart_machine(wall)
            self.serve()
            self.look(word)


def check_order(case):
    """The journal and the answers do not go back in time; calls of one turn may cross."""
    db = case.ledger.open()
    for table, key in (("journal_entry", "seq"), ("answer_event", "id")):
        case.ledger.want(db, f"SELECT COUNT(*) FROM {table} a JOIN {table} b ON b.{key} ="
                         f" a.{key} + 1 WHERE b.at_ms < a.at_ms - 1000", [(0,)])
    db.close()


def run(options):
    random.seed(options.seed)
    with Hall("clock", seats=SEATS) as hall:
        case = Case(hall, options)
        case.begin()
        case.look("before")
        case.jumps()
        case.restarts()
        case.machine()
        case.load.finish()
        case.server.stop()
        case.ledger.check_all()
        check_order(case)
        worst = max(watch.worst_ms for watch in case.watches)
        return case.ledger.line("clock", f" (jumps of an hour, restarts across them, the machine"
                                f" started again; the time left moved by {worst / 1000:.2f} s at"
                                " most)"), case.ledger
