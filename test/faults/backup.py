"""Copies are made of a database that a hall writes to, and kill -9 hits who makes them (F91).

Each copy holds every click that was acknowledged before it was begun, is one that its own journal
agrees with, and begins the journal of the server that has gone on.  What is killed at any moment of
its work leaves no folder that looks like a copy, and the next copy removes what it left.  A disk
that is too small is refused before anything is written.
"""
import json
import random
import signal
import sqlite3
import subprocess
import time

from diskfull import SmallDisk
from hall import KONKURS, Hall
from ledger import Ledger
from load import Load
from official import Official, check as official_check

COPIES, KILLS = 4, 20
SPARE = 64 * 1024 * 1024  # BACKUP_SPARE of src/backup/backup.h


class Copies:
    """The folder of the copies, and the commands."""

    def __init__(self, hall, ledger, load):
        self.hall = hall
        self.ledger = ledger
        self.load = load
        self.folder = hall.folder / "copies"
        self.folder.mkdir()
        self.key = hall.folder / "key"
        self.run("backup", "make-key", self.key)
        self.made = self.killed = self.broken = 0

    def run(self, *words, **more):
        return subprocess.run([KONKURS, *map(str, words)], capture_output=True, encoding="utf-8",
                              timeout=300, check=False, **more)

    def command(self, sealed, to=None):
        return ["backup", "--db", self.hall.db, "--to", to or self.folder, "--json", "--keep",
                "1,0,0", *(["--to-key", f"{self.key}.pub"] if sealed else [])]

    def check(self, copy, sealed):
        done = self.run("restore", "--check", "--json", "--from", copy, "--db", self.hall.db,
                        *(["--from-key", self.key] if sealed else []))
        if done.returncode != 0:
            self.ledger.fault(f"restore --check: {done.stdout} {done.stderr}")

    def acknowledged(self):
        return {c.attempt: len(c.acked) for c in self.load.candidates}

    def make(self, sealed):
        before = self.acknowledged()
        done = self.run(*self.command(sealed))
        if done.returncode != 0:
            self.ledger.fault(f"backup: {done.stderr}")
            return
        self.made += 1
        copy = self.folder / json.loads(done.stdout)["copy"]
        self.check(copy, sealed)
        self.look(copy, sealed, before)

    def look(self, copy, sealed, before):
        """Back as a database: all that verify looks at, and every click of before."""
        again = self.hall.folder / "again.db"
        again.unlink(missing_ok=True)
        self.run("restore", "--from", copy, "--to", again,
                 *(["--from-key", self.key] if sealed else []))
        done = self.run("verify", "--db", again, "--json")
        if done.returncode != 0:
            self.ledger.fault(f"verify of a copy: {done.stdout} {done.stderr}")
        db = sqlite3.connect(f"file:{again}?mode=ro", uri=True)
        for candidate in self.load.candidates:
            there = {key for (key,) in db.execute(
                "SELECT client_key FROM answer_event WHERE attempt_id = ?", (candidate.attempt,))}
            for click in list(candidate.acked)[:before[candidate.attempt]]:
                if click.key not in there:
                    self.ledger.missing.add((candidate.attempt, click.key))
                    self.ledger.fault(f"{copy.name}: attempt {candidate.attempt}: {click}")
        db.close()
        for name in ("again.db", "again.db-wal", "again.db-shm"):
            (self.hall.folder / name).unlink(missing_ok=True)

    # ---- kill -9 -----------------------------------------------------------------------------

    def kill(self, sealed, wait_s):
        """Whatever looks like a copy afterwards is one."""
        known = {path.name for path in self.folder.iterdir()}
        process = subprocess.Popen([KONKURS, *map(str, self.command(sealed))],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(wait_s)
        process.send_signal(signal.SIGKILL)
        status = process.wait(timeout=60)
        self.killed += status == -signal.SIGKILL
        self.broken += bool(self.left())  # the next one removes it
        for path in self.folder.iterdir():
            if path.name in known or path.name.startswith(".part-"):
                continue
            self.check(path, sealed)

    def left(self):
        """What was broken off, with the plain database beside a sealed copy."""
        return [path for folder in (self.folder, self.hall.data) for path in folder.iterdir()
                if path.name.startswith(".part-")]


def too_small(copies):
    """Refused before a byte is written; root alone can mount a disk to try it."""
    try:
        disk = SmallDisk()
    except OSError as failure:
        return f", no small disk here ({failure})"
    try:
        disk.fill(SPARE + 4096)
        done = copies.run(*copies.command(False, disk.folder))
        left = [path.name for path in disk.folder.iterdir() if path.name != "filler"]
        if done.returncode != 1 or "backup.error.full" not in done.stderr or left:
            copies.ledger.fault(f"a small disk: {done.returncode} {done.stderr} {left}")
    finally:
        disk.close()
    return ", a small disk refused"


def run(options):
    dice = random.Random(f"backup-{options.seed}")
    kills = options.rounds or (KILLS * 10 if options.nightly else KILLS)
    with Hall("backup") as hall:
        server = hall.serve()
        load = Load(hall, options.seed)
        ledger = Ledger(hall, load)
        official = Official(hall, options.seed)
        copies = Copies(hall, ledger, load)
        load.enter()
        load.start()
        official.start()
        for n in range(COPIES):
            load.progress(150)
            copies.make(sealed=n % 2 == 1)
        begun = time.monotonic()
        copies.run(*copies.command(True))
        took_s = time.monotonic() - begun
        for n in range(kills):
            load.progress(20)
            copies.kill(n % 2 == 1, dice.uniform(0, took_s))
        small = too_small(copies)
        load.progress(50)
        copies.make(sealed=False)
        copies.make(sealed=True)
        if copies.left():
            ledger.fault(f"left behind: {copies.left()}")
        official.finish()
        load.finish()
        ledger.check_new("with copies")
        ledger.check_shown()
        server.stop()
        ledger.check_all()
        official_check(official, ledger)
        if copies.killed == 0 or copies.broken == 0:
            ledger.fault(f"nothing was hit: {copies.killed} killed, {copies.broken} left something")
        return ledger.line("backup", f" ({copies.made} copies restored and verified,"
                           f" {copies.killed} killed while they were made, {copies.broken} left something that the next"
                           f" removed{small}; longest answer {load.longest_s:.2f} s)"), ledger
