"""The history of a sitting: what every client was told, against what the database has.

A client's file (candidates.py writes it) has a line of JSON for each thing it did and was told:
    {"at", "what": "send", "key", "number", "place"}        a click goes out; again with the same key
    {"at", "what": "told", "key", "number", "place"}        "saved", by the server
    {"at", "what": "no", "key", "status"}                   no answer, or another one
    {"at", "what": "state", "left_ms", "spread"}            the time left, and how exactly `at` is known
    {"at", "what": "finished", "correct"}                   Finish was acknowledged
`at` are seconds of one clock of the clients' machine, which never jumps.

check() reads all of it and counts nothing: it looks for each acknowledgement by itself, and for each row of the
database who sent it.  history_test.py shows that it finds what it is for.
"""
import json
import pathlib
from dataclasses import dataclass, field

CLOCK_S = 2.0  # nobody's clock may be further off


@dataclass
class Stored:
    """What the database has of one attempt."""
    events: list = field(default_factory=list)  # (key, number, place), in the order of the chain
    newest: str = ""                            # key of the click that is shown as the newest
    points: str = None                          # of its result; None: there is none
    correct: int = None
    keys: list = field(default_factory=list)    # by question: place of the right option as shown
    entered: int = 0                            # entries of the journal: taken up, result fixed
    results: int = 0


@dataclass
class Database:
    attempts: dict                  # attempt: Stored
    starts: int = 1                 # entries "sitting.started" of the journal
    started_ms: set = field(default_factory=set)  # the starts that attempts have


class Findings:
    def __init__(self):
        self.acknowledged = 0
        self.counts = {}
        self.faults = []
        self.gap_s = self.wait_s = 0.0
        self.gap_from = 0.0

    def add(self, kind, text):
        self.counts[kind] = self.counts.get(kind, 0) + 1
        if self.counts[kind] <= 5:
            self.faults.append(f"{kind}: {text}")

    @property
    def lost(self):
        return self.counts.get("lost", 0)

    def ok(self):
        return not self.counts

    def line(self, name, more=""):
        wrong = "".join(f", {kind} {count}" for kind, count in sorted(self.counts.items()) if kind != "lost")
        return (f"{name}: acknowledged {self.acknowledged}, lost {self.lost}{wrong},"
                f" longest gap {self.gap_s:.1f} s{more}")


def read(folder):
    """{attempt: what its client wrote down}.  A line that was cut off by the end is left out."""
    clients = {}
    for path in sorted(pathlib.Path(folder).glob("*.jsonl")):
        lines = path.read_text("utf-8").split("\n")
        clients[int(path.stem)] = [json.loads(line) for line in lines[:-1] if line]
    return clients


# ---- one attempt -------------------------------------------------------------------------------------

def clicks_of(records):
    """Keys in the order of their acknowledgements, and all that was ever sent, by key."""
    told, sent, doubted = [], {}, []
    for record in records:
        if record["what"] == "send":
            sent.setdefault(record["key"], (record["number"], record["place"]))
        elif record["what"] == "told":
            if record["key"] in told:
                continue  # the answer to a repetition
            told.append(record["key"])
            if sent.get(record["key"]) != (record["number"], record["place"]):
                doubted.append(record["key"])
    return told, sent, doubted


def check_clicks(found, attempt, records, stored):
    told, sent, doubted = clicks_of(records)
    found.acknowledged += len(told)
    for key in doubted:
        found.add("misheard", f"attempt {attempt}: acknowledged {key} is not what was sent")
    rows = {}
    for key, number, place in stored.events:
        if key in rows:
            found.add("doubled", f"attempt {attempt}: {key}")
        rows[key] = (number, place)
        if key not in sent:
            found.add("invented", f"attempt {attempt}: {key} question {number}: nobody sent it")
    for key in told:
        if rows.get(key) != sent[key]:
            found.add("lost", f"attempt {attempt}: {key} {sent[key]}: stored {rows.get(key)}")
    wanted = [key for key in told if key in rows]
    acknowledged = set(told)
    order = [key for key, _, _ in stored.events if key in acknowledged]
    if list(dict.fromkeys(order)) != wanted:
        found.add("out of order", f"attempt {attempt}")
    last = [key for key, _, _ in stored.events][-1:]
    if stored.newest != (last[0] if last else ""):
        found.add("newest", f"attempt {attempt}: shown {stored.newest}, last {last}")


def check_result(found, attempt, records, stored):
    """Worked out again from what the client was told; a click that may have been stored without the client
    being told is taken as it is stored."""
    finished = [r for r in records if r["what"] == "finished"]
    if stored.results > 1 or stored.entered > 1:
        found.add("double start", f"attempt {attempt}: taken up {stored.entered} times, {stored.results} results")
    if finished and stored.points is None:
        found.add("lost", f"attempt {attempt}: finished, and there is no result")
    if stored.points is None:
        return
    told, sent, _ = clicks_of(records)
    known = set(told) | {key for key, _, _ in stored.events if key in sent}
    order = [key for key, _, _ in stored.events if key in known]
    order += [key for key in told if key not in order]
    last = {sent[key][0]: sent[key][1] for key in order}
    points = "".join("-" if last.get(number) is None else "1" if last[number] == right else "0"
                     for number, right in enumerate(stored.keys, 1))
    if (stored.points, stored.correct) != (points, points.count("1")):
        found.add("result", f"attempt {attempt}: {stored.points}, acknowledged {points}")


def check_clock(found, attempt, records):
    """The time left goes down as time goes by, whichever node is asked."""
    states = [r for r in records if r["what"] == "state"]
    if not states:
        return
    ends = [(r["at"] + r["left_ms"] / 1000, r["spread"]) for r in states]
    surest = min(ends, key=lambda end: end[1])
    for end, spread in ends:
        if abs(end - surest[0]) > CLOCK_S + spread + surest[1]:
            found.add("clock", f"attempt {attempt}: its end moved by {end - surest[0]:+.1f} s")


# ---- all of them ------------------------------------------------------------------------------------------

def check_gaps(found, clients):
    """The longest time in which nobody was told anything, and in which one click waited."""
    moments = sorted(r["at"] for records in clients.values() for r in records if r["what"] == "told")
    for before, after in zip(moments, moments[1:]):
        if after - before > found.gap_s:
            found.gap_s, found.gap_from = after - before, before
    for records in clients.values():
        first, told = {}, set()
        for record in records:
            if record["what"] == "send":
                first.setdefault(record["key"], record["at"])
            elif record["what"] == "told" and record["key"] not in told:  # repetitions wait for nobody
                told.add(record["key"])
                found.wait_s = max(found.wait_s, record["at"] - first.get(record["key"], record["at"]))


def check(clients, database):
    found = Findings()
    for attempt, records in clients.items():
        stored = database.attempts.get(attempt, Stored())
        check_clicks(found, attempt, records, stored)
        check_result(found, attempt, records, stored)
        check_clock(found, attempt, records)
    for attempt in database.attempts.keys() - clients.keys():
        if database.attempts[attempt].events:
            found.add("invented", f"attempt {attempt}: nobody sits there")
    if database.starts != 1 or len(database.started_ms) > 1:
        found.add("double start", f"{database.starts} starts in the journal, at {sorted(database.started_ms)}")
    check_gaps(found, clients)
    return found
