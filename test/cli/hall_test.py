"""A sealed sitting goes to a hall node, is held there while the centre is away and its programs are killed, and comes
back (docs/halls.md, F88): real programs, the centre on SQLite and on PostgreSQL with two nodes.  What was acknowledged
is told by the candidates' own lists, one by one.  Prints TAP.

    hall_test.py PROGRAM        with KONKURS_TEST_DB: a server where databases can be made
"""
import ctypes
import ctypes.util
import functools
import http.client
import json
import os
import pathlib
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import types
import urllib.parse

import psycopg2

HERE = pathlib.Path(__file__).resolve().parent
PROGRAM = pathlib.Path(sys.argv[1]).resolve()
os.environ["KONKURS"] = str(PROGRAM)
sys.path[:0] = [str(HERE.parent / "faults"), str(HERE.parent / "packaging")]
# pylint: disable=wrong-import-position
from hall import die_with_parent  # noqa: E402
from kill9 import points_of, press_finish  # noqa: E402
from ledger import Ledger  # noqa: E402
from load import Line, Load, Refusal  # noqa: E402
from served import Client  # noqa: E402
from support import free_port, wait_for  # noqa: E402

BENCH_HALL = PROGRAM.parents[1] / "bench/hall"
SERVER = os.environ["KONKURS_TEST_DB"]
SEED = int(os.environ.get("KONKURS_SEED", "0")) or random.randrange(1 << 30)
ANSWERS = int(os.environ.get("HALL_ANSWERS", "1200"))  # at the node; to measure with more
AWAY, HOME = 8, 12
STRANGERS, STRANGE = 24, 18 << 20  # deliveries of somebody unknown, bytes of each
WAIT_MOST_S = 10     # of a click elsewhere while the centre receives, on a loaded machine; docs/halls.md has figures
STRANGER_WAIT_S = 1  # of a click while strangers deliver, on a loaded machine
HELD_S = 0.04        # no other turn holds the writers' lock so long
WRITERS = 118        # that lock (db/pg_turn.c)


def want(got, expected, why):
    if got != expected:
        raise AssertionError(f"{why}: {got!r}, wanted {expected!r}")


def until(what, why, seconds=30):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = what()
        if found:
            return found
        time.sleep(0.002)
    raise AssertionError(f"{why}: not within {seconds} s")


def run(*words, limit=300):
    done = subprocess.run([str(word) for word in words], capture_output=True, encoding="utf-8", timeout=limit,
                          check=False)
    return done.returncode, done.stdout, done.stderr


def konkurs(*words):
    status, out, err = run(PROGRAM, *words)
    if status != 0:
        raise AssertionError(f"{' '.join(map(str, words[:2]))}: {status} {out[-400:]} {err[-400:]}")
    return out


def refused(key, *words):
    status, out, err = run(PROGRAM, *words)
    if status != 1 or key not in err:
        raise AssertionError(f"{' '.join(map(str, words[:2]))}: {status}, no {key} in {out[-200:]} {err[-400:]}")


# ---- installations ----------------------------------------------------------------------------------------------

class Database:
    """Reads, on either engine, and as points_of() asks."""

    def __init__(self, where):
        self.where = where

    @property
    def on_server(self):
        return str(self.where).startswith("postgresql:")

    def execute(self, sql, values=()):
        if self.on_server:
            db = psycopg2.connect(self.where)
            with db, db.cursor() as rows:
                rows.execute(sql.replace("?", "%s"), values)
                found = rows.fetchall()
        else:
            db = sqlite3.connect(f"file:{self.where}?mode=ro", uri=True, timeout=30)
            found = db.execute(sql, values).fetchall()
        db.close()
        return found

    def number(self, sql):
        return self.execute(sql)[0][0]


class Serving:
    """`konkurs serve`, killed and started again at the same port."""

    def __init__(self, folder, name, installation):
        self.name, self.installation = name, installation
        self.port = free_port()
        self.log = folder / f"{name}.log"
        self.process = None

    def start(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [PROGRAM, "serve", *self.installation.words, "--listen", f"127.0.0.1:{self.port}", "--no-confinement",
                 "--node", self.name], stdin=subprocess.DEVNULL, stdout=log, stderr=log, preexec_fn=die_with_parent)
        wait_for(self.port, self.process)
        return self

    def kill(self):
        os.kill(self.process.pid, signal.SIGKILL)
        want(self.process.wait(20), -signal.SIGKILL, f"{self.name} was killed")

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                return self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
        return None


class Installation:
    def __init__(self, folder, name, url=None):
        self.folder = folder
        self.db = url or folder / f"{name}.db"
        self.key = folder / f"{name}.key"
        self.rows = Database(self.db)

    @property
    def words(self):
        return ("--db", self.db, "--key", self.key)

    def party(self):
        lines = konkurs("hall", "status", *self.words).split("\n")
        return next(line for line in lines if line.startswith("konkurs-party-1"))


def new_database():
    name = f"hall_{os.getpid()}"
    db = psycopg2.connect(SERVER)
    db.autocommit = True
    with db.cursor() as rows:
        rows.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
    db.close()
    url = urllib.parse.urlunsplit(urllib.parse.urlsplit(SERVER)._replace(path=f"/{name}"))
    return url if "://" in url else url.replace("postgresql:", "postgresql://", 1)


def drop_database(url):
    db = psycopg2.connect(SERVER)
    db.autocommit = True
    with db.cursor() as rows:
        rows.execute(f"DROP DATABASE {urllib.parse.urlsplit(url).path[1:]} WITH (FORCE)")
    db.close()


# ---- changes of a file --------------------------------------------------------------------------------------------

HEAD, BOX, SENDER, SIGNATURE = 19, 48, 32, 64  # of an envelope, in bytes (sign/envelope.h)


def changes(envelope):
    """The file with one byte changed in each of its parts, without its end, and with more behind it."""
    content = HEAD + BOX + SENDER + SIGNATURE
    places = {"head": 3, "key of the box": HEAD + 1, "seal of the box": HEAD + 40, "sender": HEAD + BOX + 2,
              "signature": HEAD + BOX + SENDER + 5, "first of the content": content,
              "middle of the content": (content + len(envelope)) // 2, "last byte": len(envelope) - 1}
    for name, at in places.items():
        changed = bytearray(envelope)
        changed[at] ^= 0x10
        yield name, bytes(changed)
    yield "cut", envelope[:-1]
    yield "longer", envelope + b"\n"


# ---- people ----------------------------------------------------------------------------------------------------------

def sign_in(serving, person, iin, password):
    """As a browser does; {token, csrf} for a line of load.py."""
    client = Client(http.client.HTTPConnection("127.0.0.1", serving.port, timeout=30))
    answer = client.post("/sign-in", {"iin": iin, "password": password})
    client.connection.close()
    want(answer.status, 200, f"person {person} signs in: {answer.content!r}")
    csrf = serving.installation.rows.execute(
        "SELECT csrf FROM session WHERE person_id = ? ORDER BY created_ms DESC LIMIT 1", (person,))[0][0]
    return {"person": person, "token": client.cookies["konkurs_session"], "csrf": csrf}


def load_of(serving, seats, **more):
    people = {"candidates": seats}
    return Load(types.SimpleNamespace(port=serving.port, people=people), SEED, **more)


def finish(load):
    load.finish()
    faults = []
    presses = [threading.Thread(target=press_finish, args=(c, faults), daemon=True) for c in load.candidates]
    for press in presses:
        press.start()
    for press in presses:
        press.join(60)
    want(load.faults + faults, [], "candidates")


def check_answers(installation, load):
    """Each candidate's list against the rows, and the result worked out from the list alone."""
    ledger = Ledger(None, load)
    for candidate in load.candidates:
        rows = installation.rows.execute("SELECT number, client_key, choice FROM answer_event WHERE attempt_id = ?"
                                         " AND accepted = 1 ORDER BY id", (candidate.attempt,))
        ledger.check_attempt(candidate, [tuple(row) for row in rows])
        wanted = points_of(installation.rows, candidate.attempt, candidate.acked)
        rows = installation.rows.execute("SELECT points, correct FROM result WHERE attempt_id = ?",
                                         (candidate.attempt,))
        want([tuple(row) for row in rows], [(wanted, wanted.count("1"))], f"attempt {candidate.attempt}")
    want((ledger.faults, ledger.lost, ledger.doubled, ledger.disordered, ledger.invented), ([], 0, 0, 0, 0), "answers")


# ---- the play ----------------------------------------------------------------------------------------------------

class Play:
    def __init__(self, folder, url):
        self.folder = folder
        self.centre = Installation(folder, "centre", url)
        self.node = Installation(folder, "node")
        self.stranger = Installation(folder, "stranger")
        self.serving = [Serving(folder, name, self.centre) for name in ("a", "b")[:2 if url else 1]]
        self.at_node = Serving(folder, "node", self.node)
        self.package, self.segment = folder / "package", folder / "segment"
        self.home, self.load, self.bringing = [], None, None

    def close(self):
        for load in [*self.home, *([self.load] if self.load else [])]:
            load.ending = load.given_up = True
        for serving in (*self.serving, self.at_node):
            serving.stop()
        if self.bringing and self.bringing.poll() is None:
            self.bringing.kill()
            self.bringing.wait()

    def make_hall(self, count, *options):
        out = self.folder / "hall.json"
        status, _, err = run(BENCH_HALL, *self.centre.words, "--candidates", count, "--out", out, *options)
        want(status, 0, err[-400:])
        return json.loads(out.read_text("utf-8"))

    def give(self, hall, node, package):
        konkurs("hall", "add", hall["hall"], "--party", konkurs("hall", "key", "--key", node.key), *self.centre.words)
        konkurs("hall", "give", hall["sitting"], *self.centre.words)
        konkurs("hall", "pack", hall["sitting"], "--out", package, *self.centre.words)

    def changed(self, file, *words, stranger="hall.error.envelope"):
        """No change of a file is taken; `stranger`: what is said where it names another sender by it."""
        for name, content in changes(file.read_bytes()):
            copy = self.folder / "changed"
            copy.write_bytes(content)
            try:
                refused(stranger if name in ("key of the box", "sender") else "hall.error.envelope",
                        *words[:2], copy, *words[2:])
            except AssertionError as wrong:
                raise AssertionError(f"{name}: {wrong}") from wrong

    def given(self):
        """sealed, given and packed; nobody else opens the package, no change of it is taken"""
        self.away = self.make_hall(AWAY, "--passwords")
        self.here = self.make_hall(HOME, "--again", "--start")
        self.unused = self.make_hall(1, "--again")
        self.give(self.away, self.node, self.package)
        self.give(self.unused, self.stranger, self.folder / "unused")
        centre = self.centre.party()
        take = ("--centre", centre)
        refused("hall.error.envelope", "hall", "take", self.package, *self.stranger.words, *take)
        refused("hall.error.sender", "hall", "take", self.package, *self.node.words, "--centre",
                konkurs("hall", "key", "--key", self.stranger.key))
        self.changed(self.package, "hall", "take", *self.node.words, *take)
        konkurs("hall", "take", self.package, *self.node.words, *take)
        konkurs("hall", "take", self.folder / "unused", *self.stranger.words, *take)
        refused("hall.error.not_fresh", "hall", "take", self.package, *self.node.words, *take)

    def people(self):
        iin = dict(self.node.rows.execute("SELECT id, iin FROM person"))
        sign = functools.partial(sign_in, self.at_node)
        password, operator = self.away["second"]["password"], self.away["operator"]["person"]
        self.operator = sign(operator, iin[operator], password)
        return [{**seat, **sign(seat["person"], iin[seat["person"]], password)} for seat in self.away["candidates"]]

    def official(self, path, form=()):
        """It is done, or was by a request whose answer was lost."""
        line = Line(self.at_node.port, self.operator)
        try:
            line.ask("POST", f"/sittings/{self.away['sitting']}{path}", dict(form))
        finally:
            line.close()

    def second(self, **more):
        second = self.away["second"]
        return {"second": second["person"], "second_password": second["password"], **more}

    def held(self):
        """held at the node while the centre's programs are killed, and the node's once"""
        for serving in self.serving:
            serving.start()
        for serving in self.serving:
            serving.kill()
        self.at_node.start()
        self.load = load_of(self.at_node, self.people(), pause_s=0.0, questions=120)
        first, second = self.away["codes"]
        self.official("/start", self.second(code_1=first, code_2=second))
        self.load.enter()
        self.load.start()
        want(self.load.progress(ANSWERS // 3, 120), True, "answers")
        self.at_node.kill()
        self.at_node.start()
        want(self.load.progress(ANSWERS // 3, 120), True, "answers after kill -9")
        self.official("/stops", self.second(kind="other", reason="a test"))
        self.official("/stops/end", {"stop": 1})
        want(self.load.progress(ANSWERS // 3, 120), True, "answers after a stop")
        refused("hall.error.running", "hall", "bring", *self.node.words, "--out", self.segment)
        finish(self.load)
        self.official("/close")
        konkurs("hall", "bring", *self.node.words, "--out", self.segment)
        check_answers(self.node, self.load)

    def state(self, hall):
        return self.centre.rows.execute("SELECT state FROM sitting WHERE id = ?", (hall["sitting"],))[0][0]

    def nothing_came(self):
        want(self.state(self.away), "given", "the sitting is still the node's")
        want(self.centre.rows.execute("SELECT COUNT(*) FROM answer_event v JOIN attempt t ON t.id = v.attempt_id"
                                      " WHERE t.sitting_id = ?", (self.away["sitting"],))[0][0], 0, "no answer of it")

    def sit_here(self):
        """The candidates of the centre's own hall, at each of its nodes."""
        for number, serving in enumerate(self.serving):
            serving.start()
            self.home.append(load_of(serving, self.here["candidates"][number::len(self.serving)], pause_s=0.2))
        for load in self.home:
            load.enter()
            load.start()

    def others_go_on(self):
        for load in self.home:
            want(load.progress(20), True, "others click")
            want(load.faults, [], "others")

    def not_taken(self):
        """changed in any part, of another installation, or of another node: nothing of it is taken"""
        self.sit_here()
        self.changed(self.segment, "hall", "receive", *self.centre.words, stranger="hall.error.sender")
        refused("hall.error.sender", "hall", "receive", self.segment, *self.node.words)
        # the other node says that it had this sitting, and signs it as itself
        sql = sqlite3.connect(self.stranger.db)
        mine = sql.execute("SELECT epoch, sitting_id, package_hash FROM node_holding").fetchone()
        its = self.node.rows.execute("SELECT epoch, sitting_id, package_hash FROM node_holding")[0]
        forged = self.folder / "forged"
        say = "UPDATE node_holding SET epoch = ?, sitting_id = ?, package_hash = ?"
        konkurs("hall", "bring", *self.stranger.words, "--out", self.folder / "unused")
        for row, file in ((its, forged), (mine, self.folder / "unused")):
            sql.execute(say, row)
            sql.commit()
            konkurs("hall", "bring", *self.stranger.words, "--out", file)
        sql.close()
        refused("hall.error.sender", "hall", "receive", forged, *self.centre.words)
        self.nothing_came()
        # and what it truly had comes back unused
        konkurs("hall", "receive", self.folder / "unused", *self.centre.words)
        want(self.state(self.unused), "sealed", "it was not started")
        self.others_go_on()

    # ---- somebody unknown

    def alien(self):
        """What a machine sends that is no node of the centre: a box that the centre could open."""
        sodium = ctypes.CDLL(ctypes.util.find_library("sodium"))
        receiver = bytes.fromhex(self.centre.party().split()[1][2 * SENDER:])
        plain = os.urandom(SENDER + SIGNATURE + STRANGE)
        box = ctypes.create_string_buffer(len(plain) + BOX)
        want(sodium.crypto_box_seal(box, plain, ctypes.c_ulonglong(len(plain)), receiver), 0, "a sealed box")
        content = b"konkurs-envelope-1\n" + box.raw
        (self.folder / "alien").write_bytes(content)
        return content

    def deliver(self, serving, content):
        """As a node does it; status and key."""
        client = Client(http.client.HTTPConnection("127.0.0.1", serving.port, timeout=60))
        client.get("/sign-in")
        token = json.loads(client.get("/hall-segments").content)["csrf"]
        answer = client.upload("/hall-segments", "segment", "segment", "application/octet-stream", content, token=token)
        client.connection.close()
        return answer.status, json.loads(answer.content)["error"]["key"]

    def worked_s(self, serving):
        fields = pathlib.Path(f"/proc/{serving.process.pid}/stat").read_text("ascii").rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def longest(self):
        return max(load.longest_s for load in self.home)

    def forget_longest(self):
        for load in self.home:
            for candidate in load.candidates:
                candidate.longest_s = 0.0

    def strangers(self):
        """megabytes of somebody unknown are not opened, and nobody waits for that"""
        content = self.alien()
        refused("hall.error.sender", "hall", "receive", self.folder / "alien", *self.centre.words)
        serving = self.serving[0]
        self.forget_longest()
        time.sleep(2)
        before, begun = self.longest(), self.worked_s(serving)
        self.forget_longest()
        for _ in range(STRANGERS):
            want(self.deliver(serving, content), (422, "hall.error.sender"), "a stranger")
        after, worked = self.longest(), self.worked_s(serving) - begun
        print(f"# {STRANGERS} strangers with {STRANGE >> 20} MB each: others waited at most {after * 1000:.0f} ms"
              f" ({before * 1000:.0f} before), {worked * 1000 / STRANGERS:.0f} ms of a processor each; load"
              f" {os.getloadavg()[0]:.1f}", flush=True)
        want(after < STRANGER_WAIT_S, True, f"others waited {after} s for strangers")
        self.nothing_came()
        self.others_go_on()

    # ---- in the middle of receiving

    def holder(self):
        """Whose the writers' lock is, or None.  SQLite does not say whose."""
        if self.centre.rows.on_server:
            self.watching.execute("SELECT virtualtransaction FROM pg_locks WHERE locktype = 'advisory'"
                                  f" AND objid = {WRITERS} AND granted")
            return self.watching.fetchone()
        try:
            self.watching.execute("BEGIN IMMEDIATE")
            self.watching.execute("ROLLBACK")
            return None
        except sqlite3.OperationalError:
            return ("somebody",)

    def until_in_the_middle(self):
        if self.centre.rows.on_server:
            db = psycopg2.connect(self.centre.db)
            db.autocommit = True
            self.watching = db.cursor()
        else:
            db = sqlite3.connect(self.centre.db, timeout=0, isolation_level=None)
            self.watching = db.cursor()
        since = [None, 0.0]

        def long_held():
            now = self.holder()
            if now != since[0]:
                since[:] = [now, time.monotonic()]
            return now and time.monotonic() - since[1] > HELD_S

        until(long_held, "the centre receives", 60)
        self.watching.close()
        db.close()

    def until_read(self):
        """It has all of the records, and has told nobody: they are read and checked, or being taken over."""
        io = pathlib.Path(f"/proc/{self.serving[0].process.pid}/io")
        read = lambda: int(re.search(r"rchar: (\d+)", io.read_text("ascii"))[1])  # noqa: E731
        whole = read() + self.segment.stat().st_size
        until(lambda: read() > whole, "it has been sent", 60)

    def killed(self):
        """the centre's node is killed while it reads, and in the middle of receiving, twice; the node brings it until it is there"""
        a = self.serving[0]
        a.kill()
        with open(self.folder / "bring.log", "wb") as log:
            self.bringing = subprocess.Popen(
                [PROGRAM, "hall", "bring", *self.node.words, "--to", f"http://127.0.0.1:{a.port}"],
                stdout=log, stderr=log, preexec_fn=die_with_parent)
        said = functools.partial((self.folder / "bring.log").read_text, "utf-8")
        until(lambda: "hall.error.line" in said(), "it tells that the line is down")
        for step in (self.until_read, self.until_in_the_middle, self.until_in_the_middle):
            a.start()
            step()
            a.kill()
            self.nothing_came()
        a.start()
        self.others_go_on()
        self.forget_longest()
        want(self.bringing.wait(120), 0, said())
        want("The centre has it." in said(), True, said())
        self.others_go_on()
        longest = [load.longest_s for load in self.home]
        load1 = os.getloadavg()[0]
        entries = self.centre.rows.number("SELECT COUNT(*) FROM journal_entry WHERE kind = 'test.answer'")
        print(f"# {self.load.acknowledged} answers received, {entries} in all; others waited at most "
              + ", ".join(f"{s * 1000:.0f} ms at {serving.name}" for s, serving in zip(longest, self.serving))
              + f"; load {load1:.1f}", flush=True)
        want(max(longest) < WAIT_MOST_S, True, f"others waited {longest} s")

    def twice(self):
        """the same records once more, by hand and by the line, change nothing"""
        count = "SELECT COUNT(*) FROM journal_entry WHERE kind <> 'test.answer'"
        before = self.centre.rows.number(count)
        out = konkurs("hall", "receive", self.segment, *self.centre.words)
        want("it was here already" in out, True, out)
        konkurs("hall", "bring", *self.node.words, "--to", f"http://127.0.0.1:{self.serving[-1].port}")
        want(self.centre.rows.number(count), before, "entries")
        want("the centre has it" in konkurs("hall", "status", *self.node.words), True, "status")

    def equal(self):
        """what the candidates were told is at the centre, answer by answer, with the results; all can be verified"""
        for load in self.home:
            finish(load)
        check_answers(self.centre, self.load)
        for load in self.home:
            check_answers(self.centre, load)
        sql = ("SELECT r.attempt_id, r.correct, r.points FROM result r JOIN attempt t ON t.id = r.attempt_id"
               f" WHERE t.sitting_id = {self.away['sitting']} ORDER BY r.attempt_id")
        want([tuple(row) for row in self.centre.rows.execute(sql)],
             [tuple(row) for row in self.node.rows.execute(sql)], "results here and there")
        want(self.state(self.away), "closed", "closed there")
        for serving in (*self.serving, self.at_node):
            want(serving.stop(), 0, f"{serving.name} ends")
        # rows of the node came with the package: no journal but the centre's tells of them
        konkurs("journal", "verify", "--db", self.node.db)
        konkurs("journal", "verify", "--db", self.centre.db)
        konkurs("verify", "--db", self.centre.db)

    steps = (given, held, not_taken, strangers, killed, twice, equal)


def play(engine, first):
    """How many steps failed; what comes after one that has is not played."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="konkurs-hall-"))
    url = new_database() if engine == "PostgreSQL" else None
    one = Play(folder, url)
    failed = 0
    try:
        for number, step in enumerate(Play.steps, first):
            begun = time.monotonic()
            try:
                if failed:
                    raise AssertionError("after a failure")
                step(one)
                print(f"ok {number} - {engine}: {step.__doc__}\n# {time.monotonic() - begun:.1f} s", flush=True)
            except (AssertionError, OSError, LookupError, ValueError, Refusal, sqlite3.Error, psycopg2.Error,
                    subprocess.SubprocessError) as wrong:
                failed += 1
                print(f"not ok {number} - {engine}: {step.__doc__}\n# {type(wrong).__name__}: "
                      + re.sub(r"\n", "\n# ", str(wrong)), flush=True)
    finally:
        one.close()
        if url:
            drop_database(url)
        if not failed:
            shutil.rmtree(folder)
        else:
            print(f"# databases and logs are kept in {folder}")
    return failed


def main():
    engines = ("SQLite", "PostgreSQL")
    print(f"1..{len(engines) * len(Play.steps)}\n# seed {SEED}", flush=True)
    failed = sum(play(engine, 1 + at * len(Play.steps)) for at, engine in enumerate(engines))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
