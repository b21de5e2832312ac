"""People of all roles at once, who open whatever the pages lead to: lists as files, papers as PDF, sign-ins, forms, live
pages, the readiness and the figures, while the server is told to read its certificate again, and then to end.  Every
thread of the server has work at the same time, which is what ThreadSanitizer wants to see (docs/test.md); in any build
nothing may fail and the server has to end in order.

usage: with_s3.py /usr/bin/python3 crowd_test.py KONKURS"""
import collections
import datetime
import http.client
import json
import random
import re
import shutil
import signal
import tempfile
import threading
import time
import unittest

from nodes_test import KONKURS, Database, Node
from place import Place, paper
from served import DEMO, Client, Site
from support import free_port

SECONDS = 12
ENOUGH = 80  # answers, for which a machine that has other work may take
LONGEST = 90  # seconds
PATIENCE = 60  # of one who waits for an answer there
LINK = re.compile(r'(?:href|src|action|hx-get)="(/[^"#]*)"')
LEFT = re.compile(r"^/(sign-out|language)|sign-in/certificate")  # links that end what is being looked at


class Crowd:
    """Threads that go on until stop()."""

    def __init__(self, sites, metrics):
        self.sites, self.over = sites, threading.Event()
        self.statuses, self.broken = collections.Counter(), []
        self.pages = {}  # of an application, by its candidate
        people = [p["key"] for p in DEMO["people"]]
        self.threads = [threading.Thread(target=self.run, args=(self.look, n, who)) for n, who in enumerate(people)]
        self.threads += [threading.Thread(target=self.run, args=(self.guess, n)) for n in range(2)]
        self.threads += [threading.Thread(target=self.run, args=(self.send, n)) for n in range(2)]
        self.threads += [threading.Thread(target=self.run, args=(self.watch, port)) for port in metrics]
        for thread in self.threads:
            thread.start()

    def client(self, n, who=None):
        connection = self.sites[n % len(self.sites)].connect()
        connection.timeout = PATIENCE
        return Client(connection, who)

    def run(self, work, *words):
        while not self.over.is_set():
            try:
                work(*words)
            except (OSError, http.client.HTTPException) as why:
                if not self.over.is_set():
                    self.broken.append(repr(why))
            except AssertionError as why:  # too many at once: it may not sign in now
                if "429" not in str(why) and "503" not in str(why):
                    self.broken.append(str(why))
                time.sleep(0.2)

    def note(self, answer, path):
        self.statuses[answer.status] += 1
        if answer.status >= 500 and answer.status != 503:
            self.broken.append(f"{path}: {answer.status} {answer.content[:120]!r}")
        return answer

    def look(self, n, who):
        """One person, from page to page; from a list to its file."""
        chance = random.Random(n)
        client = self.client(n, who)
        pages, at = {"/"}, 0
        for at in range(60):
            path = chance.choice(sorted(pages))
            if chance.random() < 0.15 and "?" not in path:
                path += chance.choice([".csv", ".xlsx", ".pdf", ".json"])
            answer = self.note(client.get(path, Accept="text/html"), path)
            if answer.getheader("Content-Type", "").startswith("text/html"):
                pages |= {link.replace("&amp;", "&") for link in LINK.findall(answer.content.decode())
                          if not LEFT.search(link)}
            if at % 10 == 5:
                self.note(client.post("/language", {"to": chance.choice(["kk", "ru"])}, client.token("/account")), "form")
            if at % 20 == 7:
                mark = json.loads(client.get("/live").content).get("mark", "")
                if mark and chance.random() < 0.3:
                    self.note(client.get(f"/live?mark={mark}"), "/live")
            if self.over.is_set():
                break
        client.connection.close()

    def guess(self, n):
        """A password takes a worker its time."""
        client = self.client(n)
        self.note(client.post("/sign-in", {"iin": "990101300999", "password": "wrong"}), "/sign-in")
        client.connection.close()

    def send(self, n):
        """A candidate, whose papers lie outside the database."""
        client = self.client(n, f"candidate{n + 1}")
        answer = client.post("/competitions/1/apply", {}, client.token("/competitions/1"))
        page = self.pages[n] = self.pages.get(n) or json.loads(answer.content)["location"]
        token = client.token(page)
        for _ in range(5):
            day = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=5)).date()
            self.note(client.upload(f"{page}/documents", "file", "paper.pdf", "application/pdf", paper(100_000), {
                "paper": "certificate", "signatory": "A. A.", "signed_as": "direct_supervisor", "signed_day": day},
                token), "a paper")
            for document in json.loads(client.get(page).content)["documents"][:2]:
                self.note(client.get(f"/documents/{document['id']}"), "/documents")
            if self.over.is_set():
                break
        client.connection.close()

    def watch(self, port):
        for path, at in (("/metrics", port), ("/readyz", None), ("/healthz", None)):
            connection = http.client.HTTPConnection("127.0.0.1", at or self.sites[0].port, timeout=PATIENCE)
            connection.request("GET", path)
            answer = connection.getresponse()
            answer.content = answer.read()
            self.note(answer, path)
            connection.close()

    def stop(self):
        self.over.set()
        for thread in self.threads:
            thread.join(timeout=PATIENCE)


class Everybody(unittest.TestCase):
    def crowd(self, sites, metrics):
        crowd = Crowd(sites, metrics)
        begun = time.monotonic()
        while time.monotonic() < begun + (SECONDS if crowd.statuses[200] > ENOUGH else LONGEST):
            time.sleep(1)
            for site in sites:
                site.process.send_signal(signal.SIGHUP)
        crowd.over.set()
        for site in sites:  # in the middle of it
            site.process.terminate()
        ended = [site.process.wait(timeout=PATIENCE) for site in sites]
        crowd.stop()
        self.assertEqual(crowd.broken, [], crowd.broken[:5])
        self.assertEqual(ended, [0] * len(sites))
        self.assertGreater(crowd.statuses[200], ENOUGH, crowd.statuses)
        for site in sites:
            self.assertNotIn("ThreadSanitizer", site.lines())

    def place(self):
        folder = tempfile.mkdtemp(prefix="konkurs-crowd-")
        self.addCleanup(shutil.rmtree, folder)
        return Place("s3", folder).words

    def test_one_database_file(self):
        port = free_port()
        site = Site(KONKURS, "--no-confinement", "--metrics", f"127.0.0.1:{port}", "--log-requests",
                    "--files", self.place())
        self.addCleanup(site.close)
        self.crowd([site], [port])

    def test_two_nodes(self):
        database = Database()
        self.addCleanup(database.close)
        ports = free_port(), free_port()
        place = self.place()
        nodes = [Node(database, "--node", f"n{port}", "--metrics", f"127.0.0.1:{port}", "--log", "json",
                      "--files", place)
                 for port in ports]
        for node in nodes:
            self.addCleanup(node.close)
        self.crowd(nodes, ports)


if __name__ == "__main__":
    unittest.main(verbosity=2)
