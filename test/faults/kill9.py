"""kill -9: the server is killed at random moments under load, and started on the same database.

The moments: any time of the load; right after an acknowledgement has reached a candidate; within
microseconds after a click was sent, so that it is in the middle of a turn; while it starts.  At
the end all press Finish together, and the server is killed in the middle of that as well.
"""
import random
import threading
import time

from hall import Hall
from ledger import Ledger
from load import Line, Load, Refusal, Trigger

MOMENTS = ("time", "ack", "send", "send", "start")
FINISH_KILLS = 3


def kill_in_load(hall, load, server, moment, dice):
    if moment == "time":
        time.sleep(dice.uniform(0.0, 0.6))
        server.kill()
    else:
        load.trigger = Trigger(moment, dice.randint(1, 400), server.kill,
                               dice.choice((0, dice.uniform(0, 0.003))))
    server.killed()
    load.trigger = None
    if moment == "start":
        return
    # once more while it recovers, sometimes
    if dice.random() < 0.3:
        kill_while_it_starts(hall, dice)


def kill_while_it_starts(hall, dice):
    server = hall.begin()
    time.sleep(dice.uniform(0.0, 0.12))
    server.kill()
    server.killed()


def one_round(hall, load, server, dice):
    """The next server."""
    moment = dice.choice(MOMENTS)
    if not load.progress(dice.randint(1, 200)):
        load.fault("no answer is acknowledged any more")
    if moment == "start":
        server.kill()
        server.killed()
        kill_while_it_starts(hall, dice)
    else:
        kill_in_load(hall, load, server, moment, dice)
    return hall.serve()


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


def run(options):
    dice = random.Random(f"kill9-{options.seed}")
    rounds = options.rounds or (200 if options.nightly else 20)
    with Hall("kill9") as hall:
        server = hall.serve()
        load = Load(hall, options.seed)
        load.enter()
        load.start()
        ledger = Ledger(hall, load)
        for n in range(rounds):
            server = one_round(hall, load, server, dice)
            ledger.check_new(f"kill {n + 1}")
            if not ledger.ok():
                break
        load.progress(40)
        load.finish()
        ledger.check_shown()
        server = finish_all(hall, load, server, dice)
        server.stop()
        ledger.check_all()
        check_results(ledger)
        return ledger.line("kill9", f" ({rounds} kills under load, {FINISH_KILLS} while all"
                           f" finish, {len(load.candidates)} candidates)"), ledger
