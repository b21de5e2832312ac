"""Power cuts: what was not synced may be lost, in any mixture of sectors (nosync.c, image.py).

Each round the server runs on the disk that the last cut left.  The cut comes at any moment of the
load, right after an acknowledgement, or at the n-th write to the log, to the database (that is in
a checkpoint), or sync.  At last the same with a disk that lies about its syncs: the test must see
answers lost there, or it would see nothing anywhere.
"""
import random
import shutil
import sqlite3
import time

from hall import Fault, Hall
from image import Disk, lay_shared_memory
from ledger import Ledger
from load import Load, Trigger
from official import Official, check as official_check

# A disk's time for a sync: what NVMe and hard disks take.
DELAYS_US = (0, 200, 1000, 4000)
WAIT_S = 20
LIE_ROUNDS = 5


class Cutter:
    """Lives of a server between power cuts."""

    def __init__(self, hall, dice, lies=False):
        self.hall = hall
        self.dice = dice
        self.lies = lies
        self.count = self.torn = self.in_checkpoint = 0

    def begin(self):
        """A server whose every change is noted; it may die by itself at a moment of its own."""
        self.log = self.hall.folder / f"ops-{self.count}.log"
        self.disk = Disk(self.hall.data, self.lies)
        self.moment = self.dice.choice(("time", "ack", "wal", "db", "db", "sync", "any"))
        most = {"wal": 4000, "db": 1500, "sync": 150, "any": 5000}.get(self.moment, 0)
        settings = {"NOSYNC_DIE": f"{self.moment}:{self.dice.randint(1, most)}"} if most else {}
        return self.hall.serve("nosync", NOSYNC_FOLDER=self.hall.data, NOSYNC_LOG=self.log,
                               NOSYNC_DELAY_US=self.dice.choice(DELAYS_US), **settings)

    def cut(self, load, server):
        """Kills it at its moment, and puts another disk in."""
        if self.moment == "time":
            time.sleep(self.dice.uniform(0.02, 0.8))
            server.kill()
        elif self.moment == "ack":
            load.trigger = Trigger("ack", self.dice.randint(1, 400), server.kill)
        self.wait_for_death(server)
        load.trigger = None
        self.change_disk()

    def wait_for_death(self, server):
        """A moment that does not come (a checkpoint may not) ends with the patience."""
        end = time.monotonic() + 3
        while server.alive() and time.monotonic() < end:
            time.sleep(0.005)
        if server.alive():
            server.kill()
        elif self.moment == "db":
            self.in_checkpoint += 1
        server.killed()

    def change_disk(self):
        self.disk.play(self.log)
        self.log.unlink()
        self.count += 1
        folder = self.hall.folder / f"disk-{self.count}"
        folder.mkdir()
        self.torn += self.disk.cut(self.dice, folder)
        lay_shared_memory(self.dice, self.hall.data, folder)
        shutil.rmtree(self.hall.data)
        self.hall.data = folder


def serve_again(cutter):
    """The next life; one that dies while it starts is one more cut."""
    while True:
        try:
            return cutter.begin()
        except Fault:
            server = cutter.hall.servers[-1]
            if server.alive() or cutter.moment not in ("wal", "db", "sync", "any"):
                raise
            server.killed()
            cutter.change_disk()


def play(hall, options, rounds, lies=False):
    dice = random.Random(f"powercut-{options.seed}-{lies}")
    cutter = Cutter(hall, dice, lies)
    load = Load(hall, options.seed, pause_s=0.01)
    ledger = Ledger(hall, load)
    server = hall.serve()
    load.enter()
    server.stop()
    server = serve_again(cutter)
    official = Official(hall, options.seed)
    load.start()
    official.start()
    while cutter.count < rounds:
        cutter.cut(load, server)
        server = serve_again(cutter)
        if not load.progress(20, WAIT_S, server):
            load.fault("no answer is acknowledged any more")
        ledger.check_new(f"cut {cutter.count}")
        if not ledger.ok():
            break
    if ledger.ok():
        server.kill()
        server.killed()
        cutter.change_disk()
        server = hall.serve()
        official.finish()
        load.finish()
        ledger.check_shown()
        server.stop()
        ledger.check_all()
        official_check(official, ledger)
    load.given_up = official.ending = True
    return cutter, load, ledger


def sees_a_lie(options):
    """What was lost on a disk that says it has synced and has not; "" if nothing was seen."""
    with Hall("powercut-lie") as hall:
        try:
            _, load, ledger = play(hall, options, LIE_ROUNDS, lies=True)
        except (Fault, sqlite3.DatabaseError):
            return "a disk that lies leaves a database that nothing can read"
        return "" if ledger.ok() else (f"on a disk that lies {ledger.lost} of"
                                       f" {load.acknowledged} are missed")


def run(options):
    rounds = options.rounds or (200 if options.nightly else 20)
    with Hall("powercut") as hall:
        cutter, _, ledger = play(hall, options, rounds)
    lie = sees_a_lie(options)
    if not lie:
        ledger.fault("with a disk that lies about its syncs nothing was lost: blind")
    return ledger.line("powercut", f" ({cutter.count} cuts, {cutter.in_checkpoint} of them in a"
                       f" checkpoint, {cutter.torn} sectors in doubt; {lie})"), ledger
