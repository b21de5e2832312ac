"""Three nodes over one PostgreSQL, as processes: what one knows the others know, and a database that goes away
loses and doubles nothing (docs/nodes.md).

usage: nodes_test.py KONKURS"""
import collections
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.parse
import urllib.request

from served import Client, Site
from support import ROOT, free_port

KONKURS = pathlib.Path(sys.argv.pop()).resolve()
POSTGRES = ROOT / "script/postgres"
JUMP = KONKURS.parents[1] / "test" / "faults" / "libjump.so"
SANITIZED = b"__asan_init" in KONKURS.read_bytes()  # it bears no library in front of its own
TAKEN_OVER_S = 15


class Jump:
    """A wall clock that is as wrong as set() says, for a process with these variables (test/faults/jump.c)."""

    def __init__(self, folder, boot=0):
        self.path, self.boot = folder / f"offsets{boot}", boot
        self.set(0)
        self.variables = {"LD_PRELOAD": str(JUMP), "JUMP_FILE": str(self.path)}

    def set(self, wall_ms):
        with open(self.path, "r+b" if self.path.exists() else "wb") as file:
            file.write(struct.pack("=qqq", wall_ms, 0, self.boot))


class Database:
    """A private PostgreSQL with a demonstration installation, and its key."""

    def __init__(self, jumps=False):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="konkurs-nodes-", dir="/tmp"))
        self.folder.chmod(0o755)
        self.jump = Jump(self.folder) if jumps else None
        self.key = self.folder / "service.key"
        self.url = self.start()
        subprocess.run([KONKURS, "demo", "--db", self.url, "--key", self.key], check=True, capture_output=True)

    def start(self):
        # its server must not hold the pipe of the answer
        with open(self.folder / "url", "w+", encoding="utf-8") as out:
            subprocess.run(["sh", POSTGRES, "start", self.folder / "pg"], check=True, stdout=out,
                           env={**os.environ, **(self.jump.variables if self.jump else {})})
            out.seek(0)
            return out.read().strip()

    def pause(self):
        subprocess.run(["sh", POSTGRES, "stop", self.folder / "pg", "--keep"], check=True)

    def close(self):
        subprocess.run(["sh", POSTGRES, "stop", self.folder / "pg"], check=True)
        shutil.rmtree(self.folder)

    def sql(self, text):
        return subprocess.run(["psql", "-X", "-A", "-t", "-q", "-d", self.url, "-c", text], check=True,
                              capture_output=True, text=True).stdout.strip()


class Node(Site):
    """`konkurs serve` on that database."""

    def __init__(self, database, *options, jump=None, url=None, port=None):
        self.database = database
        program = ["env", *(f"{k}={v}" for k, v in (jump.variables if jump else {}).items()), KONKURS]
        super().__init__(program, "--no-confinement", "--key", database.key, *options,
                         folder=tempfile.mkdtemp(prefix="konkurs-node-", dir="/tmp"), db=url or database.url, port=port)

    def ready(self):
        """Status of /readyz, and the checks that say no."""
        connection = self.connect()
        try:
            connection.request("GET", "/readyz", headers={"Accept": "application/json"})
            answer = connection.getresponse()
            checks = json.loads(answer.read())["checks"]
            return answer.status, [name for name, good in checks.items() if not good]
        finally:
            connection.close()

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder)


def until(what, seconds=TAKEN_OVER_S):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = what()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError("it does not happen")


class Nodes(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.database = Database()
        cls.addClassCleanup(cls.database.close)
        cls.a = Node(cls.database, "--node", "a")
        cls.addClassCleanup(cls.a.close)
        cls.b = Node(cls.database, "--node", "b")
        cls.addClassCleanup(cls.b.close)

    def client(self, node, who=None):
        return Client(self.connect(node), who)

    def connect(self, node):
        connection = node.connect()
        self.addCleanup(connection.close)
        return connection

    def move(self, client, node):
        """The same browser, whose next request the proxy sends elsewhere."""
        client.connection = self.connect(node)

    def add_hall(self, client, name, token):
        return client.post("/halls", {"name_kk": name, "name_ru": name, "organ": "pgo", "seats": "3"}, token)

    # ---- what one knows the others know -----------------------------------------------------------

    def test_a_session_is_everywhere(self):
        client = self.client(self.a, "hr1")
        token = client.token("/account")
        self.move(client, self.b)
        self.assertEqual(client.get("/halls").status, 200)
        self.assertEqual(client.post("/language", {"to": "ru"}, token).status, 200)
        self.move(client, self.a)
        kept = dict(client.cookies)
        self.assertEqual(client.post("/sign-out", {}, token).status, 200)
        client.cookies = kept
        self.move(client, self.b)
        self.assertEqual(client.get("/halls").status, 403)

    def test_a_form_of_one_node_is_taken_by_another(self):
        client = self.client(self.a)
        token = client.token("/sign-in")
        self.move(client, self.b)
        answer = client.post("/sign-in", {"iin": "990101300999", "password": "wrong"}, token)
        self.assertEqual((answer.status, json.loads(answer.content)["error"]["key"]), (422, "error.sign_in"))

    def test_a_form_that_is_sent_to_two_nodes_is_done_once(self):
        client = self.client(self.a, "hr1")
        page = client.get("/halls/new", Accept="text/html").content.decode()
        number = {name: re.search(f'name="{name}" value="([^"]+)"', page).group(1) for name in ("csrf", "once")}
        form = urllib.parse.urlencode({"name_kk": "Бір рет", "name_ru": "Бір рет", "organ": "pgo", "seats": "3",
                                       **number})
        head = [("Content-Type", "application/x-www-form-urlencoded"), ("Accept", "text/html")]
        first = client.send("POST", "/halls", form, head)
        self.move(client, self.b)
        again = client.send("POST", "/halls", form, head)
        self.assertEqual((first.status, again.status), (303, 303))
        self.assertEqual(first.getheader("Location"), again.getheader("Location"))
        self.assertEqual(self.database.sql("SELECT COUNT(*) FROM hall WHERE name_kk = 'Бір рет'"), "1")

    def test_what_one_writes_another_shows_at_once(self):
        client = self.client(self.a, "hr1")
        answer = self.add_hall(client, "Екінші түйін", client.token("/halls/new"))
        self.assertEqual(answer.status, 200, answer.content)
        self.move(client, self.b)
        where = json.loads(answer.content)["location"]
        self.assertIn("Екінші түйін", client.get(where + "/change").content.decode())

    def test_who_waits_at_one_node_is_woken_by_another(self):
        watcher = self.client(self.b, "hr1")
        client = self.client(self.a, "hr1")
        token = client.token("/halls/new")
        mark = json.loads(watcher.get("/live").content)["mark"]
        begun = time.monotonic()
        timer = threading.Timer(1.0, lambda: self.add_hall(client, "Оятатын зал", token))
        timer.start()
        took = 0
        while took < 0.9:  # what somebody else has written before, a job of the day perhaps, wakes it, too
            fresh = json.loads(watcher.get(f"/live?mark={mark}").content)["mark"]
            took = time.monotonic() - begun
            self.assertNotEqual(fresh, mark)
            mark = fresh
        timer.join()
        self.assertLess(took, 5)
        # a mark of another node is none of ours
        self.move(watcher, self.a)
        begun = time.monotonic()
        self.assertEqual(watcher.get(f"/live?mark={fresh}").status, 200)
        self.assertLess(time.monotonic() - begun, 5)

    def test_brakes_count_together(self):
        client = self.client(self.a, "auditor")
        for _ in range(100):
            if client.get("/announcements.csv").status == 429:
                break
        else:
            self.fail("no brake")
        time.sleep(1.5)
        self.move(client, self.b)
        statuses = [client.get("/announcements.csv").status for _ in range(12)]
        self.assertIn(429, statuses, statuses)

    # ---- jobs -------------------------------------------------------------------------------------

    def test_one_does_the_jobs(self):
        c = Node(self.database, "--node", "c")
        self.addCleanup(c.close)
        nodes = [self.a, self.b, c]
        mine = "this process does the jobs now"

        def holders():
            last = {n: re.findall(r"(this|another) process does the jobs now", n.lines()) for n in nodes}
            return [n for n in nodes if last[n] and last[n][-1] == "this" and n.process.poll() is None]

        holder, = until(lambda: len(holders()) == 1 and holders())
        # the one that is stopped holds them until another has taken over
        holder.process.send_signal(signal.SIGSTOP)
        try:
            until(lambda: any(n is not holder and n.lines().count(mine) for n in holders()))
        finally:
            holder.process.send_signal(signal.SIGCONT)
        until(lambda: holder not in holders() and len(holders()) == 1)
        epoch = int(self.database.sql("SELECT epoch FROM lease WHERE name = 'jobs'"))
        self.assertGreaterEqual(epoch, 2)

    # ---- a database that goes away ----------------------------------------------------------------

    def write_halls(self, client, names, told, token):
        for name in names:
            while True:
                answer = self.add_hall(client, name, token)
                told[name].append(answer.status)
                if answer.status != 503:
                    break
                time.sleep(0.2)

    def test_broken_connections_lose_and_double_nothing(self):
        client = self.client(self.a, "hr1")
        token = client.token("/halls/new")
        told = collections.defaultdict(list)
        names = [f"Үзілген {i}" for i in range(50)]
        writer = threading.Thread(target=self.write_halls, args=(client, names, told, token))
        writer.start()
        while writer.is_alive():
            self.database.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                              " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'")
            time.sleep(0.05)
        writer.join()
        wrong = {name: statuses for name, statuses in told.items() if statuses != [200]}
        self.assertEqual(wrong, {})
        rows = self.database.sql("SELECT COUNT(*), COUNT(DISTINCT name_kk) FROM hall WHERE name_kk LIKE 'Үзілген %'")
        self.assertEqual(rows, "50|50")

    def test_requests_wait_for_the_database(self):
        client = self.client(self.a, "hr1")
        other = self.client(self.a)
        token = client.token("/halls/new")
        self.database.pause()
        try:
            answers = []
            waiting = threading.Thread(
                target=lambda: answers.append(self.add_hall(client, "Күткен зал", token).status))
            waiting.start()
            time.sleep(1)
            begun = time.monotonic()
            self.assertEqual(other.get("/healthz").status, 200)
            self.assertLess(time.monotonic() - begun, 1)
            time.sleep(2)
            self.assertEqual(answers, [])
        finally:
            self.database.start()
        waiting.join(timeout=20)
        self.assertEqual(answers, [200])
        self.assertEqual(self.database.sql("SELECT COUNT(*) FROM hall WHERE name_kk = 'Күткен зал'"), "1")
        self.assertEqual(len(re.findall("warning: database:", self.a.lines())) <= 2, True, self.a.lines())

    # ---- upgrades and ends --------------------------------------------------------------------------

    def test_a_migration_of_tomorrow(self):
        with_future = "INSERT INTO schema_done (number, name, bears) VALUES (9001, 'future', {})"
        gone = "DELETE FROM schema_done WHERE number = 9001"
        self.database.sql(with_future.format("NULL"))
        try:
            refused = subprocess.run([KONKURS, "serve", "--db", self.database.url, "--key", self.database.key,
                                      "--listen", "127.0.0.1:0"], capture_output=True, text=True, timeout=60)
            self.assertIn("error.database.newer", refused.stderr)
            self.assertNotEqual(refused.returncode, 0)
            self.database.sql(gone + "; " + with_future.format("1"))
            Node(self.database, "--no-migrate").close()
            subprocess.run([KONKURS, "migrate", "--db", self.database.url], check=True, capture_output=True)
            self.assertEqual(self.client(self.a, "hr1").get("/halls").status, 200)
        finally:
            self.database.sql(gone)
        lacking = "DELETE FROM schema_done WHERE number = (SELECT MAX(number) FROM schema_done) RETURNING number, name"
        number, name = self.database.sql(lacking).split("|")[:2]
        try:
            refused = subprocess.run([KONKURS, "serve", "--no-migrate", "--db", self.database.url, "--key",
                                      self.database.key], capture_output=True, text=True, timeout=60)
            self.assertIn("error.database.older", refused.stderr)
        finally:
            self.database.sql(f"INSERT INTO schema_done (number, name) VALUES ({number}, '{name}')")

    def test_it_drains(self):
        node = Node(self.database, "--drain", "6")
        self.addCleanup(node.close)
        client = self.client(node)
        self.assertEqual(client.get("/readyz").status, 200)
        watcher = self.client(node, "hr1")
        mark = json.loads(watcher.get("/live").content)["mark"]
        released = []
        waiting = threading.Thread(target=lambda: released.append(watcher.get(f"/live?mark={mark}").status))
        waiting.start()
        time.sleep(0.3)
        begun = time.monotonic()
        node.process.terminate()
        until(lambda: self.client(node).get("/readyz").status == 503, 2)
        answer = self.client(node).get("/healthz")
        self.assertEqual((answer.status, answer.getheader("Connection")), (200, "close"))
        waiting.join(timeout=5)
        self.assertEqual(released, [200])
        self.assertEqual(node.process.wait(timeout=10), 0)
        self.assertTrue(2.5 < time.monotonic() - begun < 7)

    def test_it_drains_while_the_database_is_away(self):
        """Who waits for it is answered before the node ends, and sees that nothing was done."""
        for options, most in ((("--drain", "4"), 5), ((), 6.5)):
            node = Node(self.database, *options)
            self.addCleanup(node.close)
            client = self.client(node, "hr1")
            reader = self.client(node, "hr1")
            late = self.client(node, "hr1")
            token = client.token("/halls/new")
            answers = {}

            def ask(name, send, answers=answers):
                answers[name] = send()
            self.database.pause()
            try:
                name = f"Жабылған зал {most}"
                waiting = [threading.Thread(target=ask, args=args) for args in (
                    ("form", lambda: self.add_hall(client, name, token)),
                    ("page", lambda: reader.get("/halls", Accept="text/html", Accept_Language="kk")),
                    ("slow", lambda: late.get("/competitions.xlsx")))]
                for thread in waiting:
                    thread.start()
                time.sleep(1)
                self.assertEqual(answers, {})
                begun = time.monotonic()
                node.process.terminate()
                self.assertEqual(node.process.wait(timeout=most + 5), 0)
                self.assertLess(time.monotonic() - begun, most)
                for thread in waiting:
                    thread.join(timeout=5)
            finally:
                self.database.start()
            self.assertEqual({name: answer.status for name, answer in answers.items()},
                             {"form": 503, "page": 503, "slow": 503})
            self.assertEqual(json.loads(answers["form"].content)["error"]["key"], "error.away")
            self.assertIn("қол жеткізе алмай тұр, сондықтан ештеңе өзгертілген жоқ", answers["page"].content.decode())
            self.assertTrue(all(answer.getheader("Retry-After") for answer in answers.values()))
            self.assertEqual(self.database.sql(f"SELECT COUNT(*) FROM hall WHERE name_kk = '{name}'"), "0")

    def test_who_signals_twice_does_not_wait(self):
        node = Node(self.database, "--drain", "600")
        self.addCleanup(node.close)
        node.process.terminate()
        until(lambda: "ends within" in node.lines(), 5)
        node.process.terminate()
        self.assertEqual(node.process.wait(timeout=10), 0)


class Frozen(unittest.TestCase):
    """A PostgreSQL that stands still: it neither answers nor breaks a connection off."""

    SECONDS = 12
    BOUND_S = 8  # a statement has 5 s, its end one more; then the loop is free

    def setUp(self):
        self.database = Database()
        self.addCleanup(self.database.close)
        self.port = free_port()
        self.node = Node(self.database, "--node", "a", "--metrics", f"127.0.0.1:{self.port}")
        self.addCleanup(self.node.close)
        self.seen = collections.defaultdict(list)
        self.ends = threading.Event()

    def client(self):
        connection = self.node.connect()
        self.addCleanup(connection.close)
        return Client(connection, "hr1")

    def signal(self, number):
        leader = int((self.database.folder / "pg/data/postmaster.pid").read_text().split()[0])
        children = pathlib.Path(f"/proc/{leader}/task/{leader}/children").read_text().split()
        for pid in [leader, *map(int, children)]:
            os.kill(pid, number)

    def watch(self, port, path):
        """(when it was asked, how long it took, status, text) again and again."""
        while not self.ends.is_set():
            begun = time.monotonic()
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            connection.request("GET", path, headers={"Accept": "application/json"})
            answer = connection.getresponse()
            self.seen[port, path].append((begun, time.monotonic() - begun, answer.status, answer.read().decode()))
            connection.close()
            time.sleep(0.2)

    def write(self, told):
        client = self.client()
        token = client.token("/halls/new")
        while not self.ends.is_set():
            name = f"Тоңған {len(told)}"
            told[name] = client.post("/halls", {"name_kk": name, "name_ru": name, "organ": "pgo", "seats": "3"},
                                     token).status
            time.sleep(0.3)

    def test_it_is_seen_and_nothing_is_lost(self):
        reader, told, page = self.client(), {}, []
        threads = [threading.Thread(target=self.watch, args=(port, path))
                   for port, path in ((self.port, "/metrics"), (self.port, "/readyz"), (self.port, "/healthz"),
                                      (self.node.port, "/readyz"), (self.node.port, "/healthz"))]
        threads.append(threading.Thread(target=self.write, args=(told,)))
        for thread in threads:
            thread.start()
        time.sleep(2)
        until(lambda: len(told) > 1, 30)
        frozen = time.monotonic()
        self.signal(signal.SIGSTOP)
        try:
            asked = threading.Thread(target=lambda: page.append(reader.get("/halls").status))
            asked.start()
            time.sleep(self.SECONDS)
            self.assertEqual(page, [], "nobody is told what is not known")
        finally:
            self.signal(signal.SIGCONT)
        thawed = time.monotonic()
        asked.join(timeout=20)
        self.assertEqual(page, [200])
        until(lambda: self.node.ready() == (200, []), 30)
        before = len(told)
        until(lambda: len(told) > before + 2, 30)
        self.ends.set()
        for thread in threads:
            thread.join(timeout=20)
        self.look(frozen, thawed)
        self.assertEqual(set(told.values()), {200})
        rows = self.database.sql("SELECT COUNT(*), COUNT(DISTINCT name_kk) FROM hall WHERE name_kk LIKE 'Тоңған %'")
        self.assertEqual(rows, f"{len(told)}|{len(told)}")
        self.assertNotIn("clock", self.node.lines(), "a slow answer says nothing about clocks")

    def look(self, frozen, thawed):
        """How fast answers were, and what they said."""
        for (port, path), seen in self.seen.items():
            slowest = max(took for begun, took, _, _ in seen
                          if port == self.port or begun > frozen + self.BOUND_S)
            self.assertLess(slowest, 1, (port, path))
            during = [(status, text) for begun, took, status, text in seen
                      if begun > frozen + 4 and begun + took < thawed]
            self.assertGreater(len(during), 5, (port, path))
            for status, text in during:
                self.assertEqual(status, 503 if path == "/readyz" else 200, (port, path))
                if path == "/readyz":
                    self.assertFalse(json.loads(text)["checks"]["database"])
        texts = [text for begun, _, _, text in self.seen[self.port, "/metrics"] if frozen + 1 < begun < frozen + 5]
        silent = [float(re.search(r"^konkurs_loop_silent_seconds (\S+)$", text, re.M).group(1)) for text in texts]
        self.assertGreater(max(silent), 1, "the loop waits, and that is shown")
        self.assertTrue(all(text.endswith("# EOF\n") for text in texts))


class Clocks(unittest.TestCase):
    """Wall clocks that are wrong: the database's, one node's, both (docs/nodes.md)."""

    MINUTES = 10 * 60 * 1000

    def setUp(self):
        self.database = Database(jumps=True)
        self.addCleanup(self.database.close)
        self.port = free_port()
        self.a = self.node("a", "--metrics", f"127.0.0.1:{self.port}")
        self.b = self.node("b")

    def node(self, name, *options, **more):
        node = Node(self.database, "--node", name, *options, **more)
        self.addCleanup(node.close)
        return node

    def deviation(self, of):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=10) as answer:
            text = answer.read().decode()
        return float(re.search(rf'^konkurs_clock_deviation_seconds{{of="{of}"}} (\S+)$', text, re.M).group(1))

    def stays(self, states, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for node, state in states.items():
                self.assertEqual(node.ready(), state, node.lines())
            time.sleep(0.2)

    def test_the_clock_of_the_database(self):
        ready = (200, [])
        self.stays({self.a: ready, self.b: ready}, 1)
        self.assertAlmostEqual(self.deviation("database"), 0, delta=0.5)
        client = Client(self.a.connect(), "hr1")
        for sign in (1, -1):
            self.database.jump.set(sign * self.MINUTES)
            self.stays({self.a: ready, self.b: ready}, 6)
            self.assertAlmostEqual(self.deviation("database"), -sign * 600, delta=1)
            self.assertAlmostEqual(self.deviation("nodes"), 0, delta=0.5)
            said = subprocess.run([KONKURS, "check", "--db", self.database.url, "--key", self.database.key, "--json"],
                                  capture_output=True, text=True, check=False).stdout
            self.assertIn("server_clock", {row["what"] for row in json.loads(said)["findings"]})
            name = f"Сағат {sign + 2}"
            answer = client.post("/halls", {"name_kk": name, "name_ru": name, "organ": "pgo", "seats": "3"},
                                 client.token("/halls/new"))
            self.assertEqual(answer.status, 200, answer.content)
        self.database.jump.set(0)
        until(lambda: "the clocks agree" in self.a.lines(), 5)
        for node in (self.a, self.b):
            self.assertEqual(node.lines().count("of the database's: one of them is wrong"), 1, node.lines())
        client.connection.close()

    @unittest.skipIf(SANITIZED, "the sanitizer bears no library in front of its own")
    def test_the_clock_of_a_node(self):
        ready, wrong = (200, []), (503, ["clock"])
        jump = Jump(self.database.folder, boot=1)  # a machine of its own: it has a line of its own
        jump.set(-self.MINUTES)
        c = self.node("c", jump=jump)
        self.assertEqual(c.ready(), wrong, "from its first look on")
        self.stays({self.a: ready, self.b: ready, c: wrong}, 5)
        self.assertAlmostEqual(self.deviation("nodes"), 600, delta=1)
        self.assertIn("the clock of this node is wrong", c.lines())
        self.assertNotIn("wrong", self.a.lines())
        # two of three stay when the database's is wrong as well
        self.database.jump.set(self.MINUTES)
        self.stays({self.a: ready, self.b: ready, c: wrong}, 5)
        self.database.jump.set(0)
        jump.set(0)  # nobody is at a test: its line is set within ten seconds
        until(lambda: c.ready() == ready, 20)
        self.stays({self.a: ready, self.b: ready, c: ready}, 3)


if __name__ == "__main__":
    unittest.main(verbosity=2)
