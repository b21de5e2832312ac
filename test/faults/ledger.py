"""What was acknowledged against what is in the database, acknowledgement by acknowledgement."""
import sqlite3
import subprocess

from hall import KONKURS


class Ledger:
    """Counts what is wrong; `faults` says where."""

    def __init__(self, hall, load):
        self.hall = hall
        self.load = load
        self.seen = {}  # attempt: how many acknowledgements were looked up already
        self.missing = set()  # (attempt, key or question): each acknowledgement is lost once
        self.doubled = self.disordered = self.invented = 0
        self.faults = []

    @property
    def lost(self):
        return len(self.missing)

    def fault(self, text):
        if len(self.faults) < 20:
            self.faults.append(text)

    def open(self):
        return sqlite3.connect(f"file:{self.hall.db}?mode=ro", uri=True, timeout=30)

    # ---- while the server runs -----------------------------------------------------------

    def check_new(self, where):
        """Each click acknowledged since the last time is there, once, as it was clicked."""
        db = self.open()
        for candidate in self.load.candidates:
            acked = list(candidate.acked)
            for click in acked[self.seen.get(candidate.attempt, 0):]:
                self.check_click(db, candidate.attempt, click, where)
            self.seen[candidate.attempt] = len(acked)
        db.close()

    def check_click(self, db, attempt, click, where):
        rows = db.execute("SELECT choice, accepted FROM answer_event WHERE attempt_id = ?"
                          " AND number = ? AND client_key = ?",
                          (attempt, click.number, click.key)).fetchall()
        if rows == [(click.place, 1)]:
            return
        if len(rows) > 1:
            self.doubled += 1
        else:
            self.missing.add((attempt, click.key))
        self.fault(f"{where}: attempt {attempt}: {click}: {rows}")

    # ---- at the end --------------------------------------------------------------------------

    def check_all(self):
        """Every event, every order, every current answer; nothing that nobody clicked."""
        db = self.open()
        for candidate in self.load.candidates:
            rows = db.execute("SELECT number, client_key, choice FROM answer_event"
                              " WHERE attempt_id = ? AND accepted = 1 ORDER BY id",
                              (candidate.attempt,)).fetchall()
            self.check_attempt(candidate, rows)
        self.want(db, "PRAGMA integrity_check", [("ok",)])
        self.want(db, "PRAGMA foreign_key_check", [])
        db.close()
        self.check_journal()

    def check_attempt(self, candidate, rows):
        acked = [(c.number, c.key, c.place) for c in candidate.acked]
        if rows == acked:
            return
        stored, wanted = set(rows), set(acked)
        keys = [row[1] for row in rows]
        lost = wanted - stored
        invented = stored - wanted
        if candidate.pending:  # stored, and the acknowledgement did not get through: allowed
            p = candidate.pending
            invented -= {(p.number, p.key, p.place)}
        self.missing |= {(candidate.attempt, key) for _, key, _ in lost}
        self.invented += len(invented)
        self.doubled += len(keys) - len(set(keys))
        if [row for row in rows if row in wanted] != [a for a in acked if a in stored]:
            self.disordered += 1
        for name, found in (("lost", lost), ("not acknowledged", invented)):
            for row in sorted(found, key=str)[:3]:
                self.fault(f"attempt {candidate.attempt}: {name}: {row}")

    def want(self, db, sql, wanted):
        found = db.execute(sql).fetchall()
        if found != wanted:
            self.fault(f"{sql}: {found[:5]}")

    def check_journal(self):
        done = subprocess.run([KONKURS, "journal", "verify", "--db", self.hall.db],
                              capture_output=True, encoding="utf-8", timeout=600, check=False)
        if done.returncode != 0:
            self.fault(f"journal verify: {done.stdout.strip()} {done.stderr.strip()}")

    def check_shown(self):
        """The server shows each question the last answer that it acknowledged."""
        for candidate in self.load.candidates:
            last = {click.number: click.token for click in candidate.acked}
            for number, token in last.items():
                shown = candidate.line.ask("GET", candidate.path(f"/questions/{number}"))
                if shown["choice"] != token:
                    self.missing.add((candidate.attempt, number))
                    self.fault(f"attempt {candidate.attempt} question {number}:"
                               f" shown {shown['choice']!r}, acknowledged {token!r}")

    # ---- the word ------------------------------------------------------------------------------

    def ok(self):
        return not (self.faults or self.load.faults or self.lost or self.doubled or
                    self.disordered or self.invented)

    def line(self, name, more=""):
        wrong = "".join(f", {word} {count}" for word, count in (
            ("doubled", self.doubled), ("out of order", self.disordered),
            ("invented", self.invented)) if count)
        return f"{name}: acknowledged {self.load.acknowledged}, lost {self.lost}{wrong}{more}"
