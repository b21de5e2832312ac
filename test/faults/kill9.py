"""kill -9: the server is killed at random moments under load, and started on the same database.

The moments: any time of the load; right after an acknowledgement has reached a candidate; within
microseconds after a click was sent, so that it is in the middle of a turn; between two writes of
one commit or checkpoint (nosync.c knows them; what was written stays); while it starts.  At the
end all press Finish together, and the server is killed in the middle of that as well.
"""
import random
import threading
import time

from hall import Fault, Hall
from ledger import Ledger
from load import Line, Load, Refusal, Trigger
from official import Official, check as official_check

MOMENTS = ("time", "ack", "send", "write", "write", "start")
WRITES = {"wal": 3000, "db": 800, "sync": 100, "any": 4000}
FINISH_KILLS = 3
PATIENCE_S = 3


class Killer:
    """Lives of a server, each with the moment of its end."""

    def __init__(self, hall, load, dice):
        self.hall = hall
        self.load = load
        self.dice = dice
        self.kills = 0
        self.moment = "time"

    def begin(self):
        """A server that answers, after those that were killed before they did."""
        self.moment = self.dice.choice(MOMENTS)
        while self.moment == "start":
            self.kill_while_it_starts()
            self.moment = self.dice.choice(MOMENTS)
        return self.serve_to_die() if self.moment == "write" else self.hall.serve()

    def kill_while_it_starts(self):
        server = self.hall.begin()
        time.sleep(self.dice.uniform(0.0, 0.12))
        server.kill()
        server.killed()
        self.kills += 1

    def serve_to_die(self):
        """One that dies at its n-th write, and if that is while it starts, another."""
        while True:
            what = self.dice.choice(tuple(WRITES))
            server = self.hall.begin("nosync", NOSYNC_FOLDER=self.hall.data,
                                     NOSYNC_LOG="/dev/null",
                                     NOSYNC_DIE=f"{what}:{self.dice.randint(1, WRITES[what])}")
            try:
                return server.ready()
            except Fault:
                if server.alive():
                    raise
                server.killed()
                self.kills += 1

    def kill(self, server):
        if self.moment == "time":
            time.sleep(self.dice.uniform(0.0, 0.6))
            server.kill()
        elif self.moment in ("ack", "send"):
            self.load.trigger = Trigger(self.moment, self.dice.randint(1, 400), server.kill,
                                        self.dice.choice((0, self.dice.uniform(0, 0.003))))
        end = time.monotonic() + PATIENCE_S
        while server.alive() and time.monotonic() < end:
            time.sleep(0.002)
        if server.alive():  # its moment (a checkpoint, perhaps) did not come
            server.kill()
        server.killed()
        self.load.trigger = None
        self.kills += 1


# ---- the end: all at once, with kills -----------------------------------------------------------

def press_finish(candidate, faults):
    line = Line(candidate.load.port, candidate.seat)
    for _ in range(2000):
        try:
            line.ask("POST", candidate.path("/finish"), {})
            line.close()
            return
        except Refusal as refusal:
            faults.append(f"attempt {candidate.attempt}: finish: {refusal}")
            return
        except (OSError, ValueError):
            time.sleep(0.01)
    faults.append(f"attempt {candidate.attempt}: never finished")


def finish_all(hall, load, server, dice):
    faults = []
    presses = [threading.Thread(target=press_finish, args=(c, faults), daemon=True)
               for c in load.candidates]
    for press in presses:
        press.start()
    for _ in range(FINISH_KILLS):
        time.sleep(dice.uniform(0.0, 0.03))
        server.kill()
        server.killed()
        server = hall.serve()
    for press in presses:
        press.join(60)
    for fault in faults[:5]:
        load.fault(fault)
    return server


def points_of(db, attempt, acked):
    """What the result must be, worked out from the acknowledgements alone."""
    last = {click.number: click.place for click in acked}
    points = ""
    for number, shown, answer in db.execute(
            "SELECT q.number, q.shown, i.answer FROM form_question q"
            " JOIN item i ON i.id = q.item_id WHERE q.attempt_id = ? ORDER BY q.number",
            (attempt,)):
        place = last.get(number)
        points += "-" if place is None else "1" if shown[place] == str(answer) else "0"
    return points


def check_results(ledger):
    db = ledger.open()
    for candidate in ledger.load.candidates:
        wanted = points_of(db, candidate.attempt, candidate.acked)
        ledger.want(db, "SELECT points, correct FROM result WHERE attempt_id ="
                    f" {candidate.attempt}", [(wanted, wanted.count("1"))])
    ledger.want(db, "SELECT COUNT(*) FROM journal_entry WHERE kind = 'test.result'",
                [(len(ledger.load.candidates),)])
    db.close()


def end_well(hall, load, server, official):
    """Everybody's last click is acknowledged, by a server that will not die by itself."""
    server.kill()
    server.killed()
    server = hall.serve()
    load.progress(40)
    official.finish()
    load.finish()
    return server


def run(options):
    dice = random.Random(f"kill9-{options.seed}")
    rounds = options.rounds or (200 if options.nightly else 20)
    with Hall("kill9") as hall:
        server = hall.serve()
        load = Load(hall, options.seed)
        ledger = Ledger(hall, load)
        killer = Killer(hall, load, dice)
        official = Official(hall, options.seed)
        load.enter()
        load.start()
        official.start()
        while killer.kills < rounds and ledger.ok():
            if not load.progress(dice.randint(1, 200), server=server):
                load.fault("no answer is acknowledged any more")
            killer.kill(server)
            server = killer.begin()
            ledger.check_new(f"kill {killer.kills}")
        server = end_well(hall, load, server, official)
        official_check(official, ledger)
        ledger.check_shown()
        server = finish_all(hall, load, server, dice)
        server.stop()
        ledger.check_all()
        check_results(ledger)
        return ledger.line("kill9", f" ({killer.kills} kills under load, {FINISH_KILLS} while all"
                           f" finish; {len(load.candidates)} candidates, {official.stopped} stops"
                           " of the clock)"), ledger
