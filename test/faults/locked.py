"""The database is locked by another process: clicks wait or are refused, and nothing is lost.

Another process holds the write lock for a second, and for longer than the server waits; one is
killed while it holds it.  A reader that never ends its snapshot is there all the time: it keeps
the log from starting anew.  Nobody does anything about it; the server goes on by itself.
"""
import subprocess
import sys
import threading
import time

from hall import Fault, Hall
from ledger import Ledger
from load import Line, Load, Refusal
from official import Official, check as official_check

HOLD = """
import sqlite3, sys, time
db = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=30)
db.execute(sys.argv[2])
db.execute("SELECT COUNT(*) FROM answer_event").fetchone()
print("held", flush=True)
time.sleep(float(sys.argv[3]))
db.execute("ROLLBACK")
"""
# how it is begun, seconds, whether its holder is killed
LOCKS = (("BEGIN IMMEDIATE", 1, False), ("BEGIN EXCLUSIVE", 1, False),
         ("BEGIN IMMEDIATE", 3, True), ("BEGIN EXCLUSIVE", 20, False))
BACK_S = 8  # after the lock is gone, answers are acknowledged again within so many seconds
RUN_S = 0.5


class Holder:
    """The other process."""

    def __init__(self, hall, begin, seconds):
        self.process = subprocess.Popen(
            [sys.executable, "-c", HOLD, hall.db, begin, str(seconds)], stdout=subprocess.PIPE,
            encoding="utf-8")
        if self.process.stdout.readline().strip() != "held":
            raise Fault(f"{begin}: the lock was not given")

    def end(self, kill=False):
        if kill:
            self.process.kill()
        self.process.wait(timeout=60)
        self.process.stdout.close()


class Watcher(threading.Thread):
    """Somebody who only reads: how long a question takes to come."""

    def __init__(self, load):
        super().__init__(daemon=True)
        self.load = load
        self.ending = False
        self.longest_s = 0.0

    def run(self):
        candidate = self.load.candidates[0]
        line = Line(self.load.port, candidate.seat)
        while not self.ending:
            begun = time.monotonic()
            try:
                line.ask("GET", candidate.path("/questions/1"))
            except Refusal as refusal:
                line.close()
                if not refusal.stopped:
                    self.load.fault(f"while the database is locked: {refusal}")
            except (OSError, ValueError) as failure:
                self.load.fault(f"while the database is locked a question is not shown: {failure}")
            self.longest_s = max(self.longest_s, time.monotonic() - begun)
            time.sleep(0.05)
        line.close()


def honest(refusal):
    """Busy, said as such: nothing is acknowledged."""
    return refusal.status == 503


def hold(hall, load, lock):
    """Seconds until the answers went on after the lock was gone."""
    begin, seconds, killed = lock
    if not load.progress(40):
        raise Fault("no load before the lock")
    holder = Holder(hall, begin, seconds)
    before = load.acknowledged
    time.sleep(min(1.0, seconds / 2))
    if load.acknowledged - before > 2 * len(load.candidates):
        load.fault(f"{begin}: answers are acknowledged as if there was no lock")
    if killed:
        time.sleep(seconds / 2)
    holder.end(killed)
    gone = time.monotonic()
    if not load.progress(len(load.candidates), BACK_S):
        load.fault(f"{begin} for {seconds} s: no answers within {BACK_S} s after it")
    return time.monotonic() - gone


def run(options):
    with Hall("locked") as hall:
        server = hall.serve()
        load = Load(hall, options.seed)
        ledger = Ledger(hall, load)
        load.may_refuse = honest
        official = Official(hall, options.seed)
        watcher = Watcher(load)
        load.enter()
        load.start()
        official.start()
        watcher.start()
        reader = Holder(hall, "BEGIN", 3600)
        back_s = 0.0
        for lock in LOCKS:
            back_s = max(back_s, hold(hall, load, lock))
            ledger.check_new(f"{lock[0]} for {lock[1]} s")
            time.sleep(RUN_S)
        reader.end(kill=True)
        load.progress(200)
        watcher.ending = True
        official.finish()
        load.finish()
        if not server.alive():
            load.fault("the server did not live through it")
        ledger.check_shown()
        server.stop()
        ledger.check_all()
        official_check(official, ledger)
        return ledger.line("locked", f" ({load.refusals} refused as busy, longest wait"
                           f" of a click {load.longest_s:.1f} s, of a question"
                           f" {watcher.longest_s:.1f} s, back after {back_s:.1f} s)"), ledger
