"""Three nodes over one PostgreSQL, as processes: what one knows the others know, and a database that goes away
loses and doubles nothing (docs/nodes.md).

usage: nodes_test.py KONKURS"""
import collections
import json
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.parse

from served import Client, Site
from support import ROOT

KONKURS = pathlib.Path(sys.argv.pop()).resolve()
POSTGRES = ROOT / "script/postgres"
TAKEN_OVER_S = 15


class Database:
    """A private PostgreSQL with a demonstration installation, and its key."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="konkurs-nodes-", dir="/tmp"))
        self.folder.chmod(0o755)
        self.key = self.folder / "service.key"
        self.url = self.start()
        subprocess.run([KONKURS, "demo", "--db", self.url, "--key", self.key], check=True, capture_output=True)

    def start(self):
        # its server must not hold the pipe of the answer
        with open(self.folder / "url", "w+", encoding="utf-8") as out:
            subprocess.run(["sh", POSTGRES, "start", self.folder / "pg"], check=True, stdout=out)
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

    def __init__(self, database, *options):
        self.database = database
        super().__init__(KONKURS, "--no-confinement", "--key", database.key, *options,
                         folder=tempfile.mkdtemp(prefix="konkurs-node-", dir="/tmp"), db=database.url)

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
        fresh = json.loads(watcher.get(f"/live?mark={mark}").content)["mark"]
        took = time.monotonic() - begun
        timer.join()
        self.assertNotEqual(fresh, mark)
        self.assertTrue(0.9 < took < 5, took)
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

    def test_who_signals_twice_does_not_wait(self):
        node = Node(self.database, "--drain", "600")
        self.addCleanup(node.close)
        node.process.terminate()
        until(lambda: "ends within" in node.lines(), 5)
        node.process.terminate()
        self.assertEqual(node.process.wait(timeout=10), 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
