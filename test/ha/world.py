"""A cluster, a hall of candidates in front of it, and a look into its database."""
import ctypes
import json
import os
import pathlib
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

import psycopg2

import history
from cluster import APPS, BASES, SWITCH, Cluster, Trouble, until

HERE = pathlib.Path(__file__).resolve().parent
LIBC = ctypes.CDLL(None)
PR_SET_PDEATHSIG = 1
DISK = "1500m"  # of each database in memory, where the test may mount one


def apart():
    """Whether this process has networks and mounts of its own (ha.py starts itself again so)."""
    return os.environ.get("HA_APART") == "1"


def die_with_parent():
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def sh(*words):
    done = subprocess.run(words, capture_output=True, encoding="utf-8", check=False, timeout=60)
    if done.returncode != 0:
        raise Trouble(f"{' '.join(words)}: {done.stderr.strip()}")


# ---- networks and disks ----------------------------------------------------------------------------------

def make_networks():
    """A switch with a cable to each database; pulled by `cable`."""
    sh("ip", "link", "set", "lo", "up")
    sh("ip", "link", "add", "switch", "type", "bridge")
    sh("ip", "address", "add", f"{SWITCH}/24", "dev", "switch")
    sh("ip", "link", "set", "switch", "up")
    pathlib.Path("/run/netns").mkdir(exist_ok=True)
    sh("mount", "-t", "tmpfs", "tmpfs", "/run/netns")
    for number, name in enumerate(BASES, 1):
        sh("ip", "netns", "add", name)
        sh("ip", "link", "add", f"to-{name}", "type", "veth", "peer", "name", "eth0", "netns", name)
        sh("ip", "link", "set", f"to-{name}", "master", "switch", "up")
        sh("ip", "-n", name, "address", "add", f"10.118.0.{number}/24", "dev", "eth0")
        sh("ip", "-n", name, "link", "set", "eth0", "up")
        sh("ip", "-n", name, "link", "set", "lo", "up")


def cable(name, plugged):
    sh("ip", "link", "set", f"to-{name}", "up" if plugged else "down")


class World:
    def __init__(self, folder, options):
        self.folder = pathlib.Path(folder)
        self.options = options
        self.cluster = Cluster(self.folder / "cluster")
        self.load = None

    def start(self):
        begun = time.monotonic()
        self.cluster.prepare(direct=self.options.direct, namespaces=apart())
        if apart():
            make_networks()
            for name in BASES:
                var = self.cluster.path(name, "var")
                sh("mount", "-t", "tmpfs", "-o", f"size={DISK},mode=0700,uid={self.cluster.user.pw_uid},"
                   f"gid={self.cluster.user.pw_gid}", "tmpfs", str(var))
        self.cluster.start_bases()
        based = time.monotonic()
        self.cluster.fill(self.options.candidates + 1, started=False)
        filled = time.monotonic()
        self.cluster.start_apps()
        print(f"# cluster: databases {based - begun:.0f} s, hall {filled - based:.0f} s,"
              f" nodes {time.monotonic() - filled:.0f} s", flush=True)

    def stop(self):
        if self.load:
            self.load.kill()
        self.cluster.stop()

    # ---- the database ---------------------------------------------------------------------------------

    def connect(self):
        """To the database that leads, by its own address."""
        db = until("the database that leads", 60, self.try_to_connect)
        db.set_session(readonly=True, isolation_level="REPEATABLE READ")
        return db

    def try_to_connect(self):
        env, name = self.cluster.environment(APPS[0], "konkurs"), self.cluster.leader()
        if not name:
            return None
        machine = self.cluster.machines[name]
        try:
            return psycopg2.connect(host=machine["address"], port=machine["postgres"], dbname="konkurs", user="konkurs",
                                    password=env["PGPASSWORD"], sslmode="verify-ca", sslrootcert=env["PGSSLROOTCERT"],
                                    target_session_attrs="read-write", connect_timeout=3)
        except psycopg2.OperationalError:
            return None

    def read(self, attempts):
        db = self.connect()
        with db, db.cursor() as rows:
            found = read_database(rows, attempts)
        db.close()
        return found

    def people(self):
        return json.loads((self.cluster.folder / "hall.json").read_text("utf-8"))

    def post(self, path, person, form):
        """As an official in a browser; the status, 0: no answer."""
        request = urllib.request.Request(
            f"{self.cluster.entrance()}{path}", data=urllib.parse.urlencode(form).encode(), method="POST",
            headers={"Accept": "application/json", "X-CSRF-Token": person["csrf"],
                     "Cookie": f"__Host-konkurs_session={person['token']}"})
        try:
            with urllib.request.urlopen(request, timeout=10, context=self.cluster.trust()) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    # ---- the candidates --------------------------------------------------------------------------------

    def sit_down(self, **more):
        self.load = Load(self, **more)
        return self.load

    def check(self, since, ended=False):
        """What was acknowledged until now, against what the database has now.  The files go on growing, so
        that who sent what is read afterwards."""
        until_s = time.monotonic()
        logs = self.folder / "logs"
        attempts = [int(path.stem) for path in logs.glob("*.jsonl")]
        database = self.read(attempts)
        clients = {attempt: [r for r in records if r["what"] == "send" or r["at"] <= until_s]
                   for attempt, records in history.read(logs).items()}
        if not ended:
            for stored in database.attempts.values():
                stored.points = None
        found = history.check(clients, database)
        window = {attempt: [r for r in records if since <= r["at"]] for attempt, records in clients.items()}
        found.gap_s = found.wait_s = 0.0
        history.check_gaps(found, window)
        found.window = sum(r["what"] == "told" for records in window.values() for r in records)
        return found


def read_database(rows, attempts):
    stored = {attempt: history.Stored() for attempt in attempts}
    events = {attempt: {} for attempt in attempts}
    rows.execute("SELECT id, attempt_id, client_key, number, choice, previous_id FROM answer_event WHERE accepted = 1"
                 " ORDER BY id")
    for event, attempt, key, number, choice, previous in rows.fetchall():
        if attempt in events:
            events[attempt][event] = (key, number, choice, previous)
    rows.execute("SELECT attempt_id, event_id FROM answer_newest")
    newest = dict(rows.fetchall())
    for attempt, known in events.items():
        stored[attempt].events, stored[attempt].newest = chain(known, newest.get(attempt))
    rows.execute("SELECT q.attempt_id, q.shown, i.answer FROM form_question q JOIN item i ON i.id = q.item_id"
                 " ORDER BY q.attempt_id, q.number")
    for attempt, shown, answer in rows.fetchall():
        if attempt in stored:
            stored[attempt].keys.append(shown.index(str(answer)))
    rows.execute("SELECT attempt_id, points, correct FROM result")
    for attempt, points, correct in rows.fetchall():
        if attempt in stored:
            stored[attempt].points, stored[attempt].correct = points, correct
    rows.execute("SELECT kind, subject, COUNT(*) FROM journal_entry WHERE kind IN ('test.entered', 'test.result')"
                 " GROUP BY kind, subject")
    for kind, subject, count in rows.fetchall():
        attempt = int(subject.rsplit("/", 1)[1])
        if attempt in stored:
            setattr(stored[attempt], "entered" if kind == "test.entered" else "results", count)
    rows.execute("SELECT COUNT(*) FROM journal_entry WHERE kind = 'sitting.started'")
    starts = rows.fetchone()[0]
    rows.execute("SELECT DISTINCT started_ms FROM attempt WHERE started_ms IS NOT NULL")
    return history.Database(stored, starts, {row[0] for row in rows.fetchall()})


def chain(known, newest):
    """Events in the order in which each names the one before; what is not in the chain comes after it."""
    order, at = [], newest
    while at in known:
        order.insert(0, at)
        at = known[at][3]
    order += [event for event in known if event not in order]
    return [known[event][:3] for event in order], known[newest][0] if newest in known else ""


class Load:
    """The program of the candidates."""

    def __init__(self, world, pace, enter=2.0, skip=1):
        cluster = world.cluster
        self.errors = open(world.folder / "candidates.log", "ab")
        self.process = subprocess.Popen(
            [sys.executable, "-B", HERE / "candidates.py", cluster.folder / "hall.json", world.folder / "logs",
             cluster.folder / "out/ca/ca.pem", *(cluster.entrance(name) for name in APPS),
             "--pace", str(pace), "--enter", str(enter), "--skip", str(skip), "--seed", str(world.options.seed)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors, encoding="utf-8",
            preexec_fn=die_with_parent)
        self.acknowledged = self.waiting = self.seated = self.failed = 0
        self.reader = threading.Thread(target=self.follow, daemon=True)
        self.reader.start()

    def follow(self):
        for line in self.process.stdout:
            self.acknowledged, self.waiting, self.seated, self.failed = map(int, line.split())

    def until_seated(self, count, seconds=120):
        until(f"{count} candidates sit", seconds, lambda: self.seated >= count)

    def progress(self, count, seconds=60):
        """Waits for so many acknowledgements more."""
        goal = self.acknowledged + count
        until(f"{count} answers more", seconds, lambda: self.acknowledged >= goal)

    def say(self, word):
        try:
            self.process.stdin.write(word + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass  # all are through, and how is told by its status

    def end(self, word="finish", seconds=200):
        self.say(word)
        status = self.process.wait(seconds)
        self.reader.join(5)
        self.errors.close()
        if status != 0:
            raise Trouble(f"candidates: {self.failed} gave up, or had no answer (candidates.log)")

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
