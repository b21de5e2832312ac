"""Two of each process that works beside the server, as on two machines, over one PostgreSQL: one works, and the other
takes over when that one is killed or stopped; nothing is done twice and nothing is left (docs/nodes.md).

usage: with_clamd.py /usr/bin/python3 services_test.py KONKURS"""
import datetime
import json
import logging
import os
import pathlib
import re
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest
import warnings

warnings.simplefilter("ignore")
logging.getLogger("mail.log").setLevel(logging.CRITICAL)
from aiosmtpd.controller import Controller  # noqa: E402

from nodes_test import KONKURS, Database, Node, until  # noqa: E402
from served import Client  # noqa: E402
from support import free_port  # noqa: E402

LEASE_S = 10  # docs/nodes.md: who is silent for longer is taken over
SLOW_S = 90   # a machine that does other work
ZONE = datetime.timezone(datetime.timedelta(hours=5))


class Sink:
    """A mail server: the Message-ID of each mail, and when it came."""

    def __init__(self):
        self.mails, self.act = [], lambda count: None
        self.controller = Controller(self, hostname="127.0.0.1", port=free_port())

    def __enter__(self):
        self.controller.start()
        return self

    def __exit__(self, *_):
        self.controller.stop()

    async def handle_DATA(self, _server, _session, envelope):
        name = re.search(rb"^Message-ID: *(?:\r\n )?(\S+)", envelope.content, re.MULTILINE | re.IGNORECASE).group(1)
        self.mails.append((name, time.monotonic()))
        self.act(len(self.mails))
        return "250 taken"

    def names(self):
        return [name for name, _ in self.mails]


class Slow:
    """A scanner between whoever asks and the real one: while `open` is not set it holds back what was found."""

    def __init__(self, path):
        self.path, self.open = str(path), threading.Event()
        self.open.set()
        self.door = socket.socket(socket.AF_UNIX)
        self.door.bind(self.path)
        self.door.listen()
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                asking, _ = self.door.accept()
            except OSError:
                return  # closed
            threading.Thread(target=self.carry, args=(asking,), daemon=True).start()

    def carry(self, asking):
        held = False
        with asking, socket.socket(socket.AF_UNIX) as clamd:
            clamd.connect(os.environ["KONKURS_CLAMD"])
            while True:
                ready, _, _ = select.select([asking, clamd], [], [])
                source = ready[0]
                bytes_ = source.recv(65536)
                held = held or (source is asking and bytes_.startswith(b"zINSTREAM"))
                if source is clamd and held:
                    self.open.wait()
                try:
                    (clamd if source is asking else asking).sendall(bytes_)
                except OSError:
                    return  # whoever has asked is gone
                if not bytes_:
                    return

    def close(self):
        self.open.set()
        self.door.close()


class Services(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.database = Database()
        cls.addClassCleanup(cls.database.close)
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="konkurs-services-", dir="/tmp"))
        cls.addClassCleanup(shutil.rmtree, cls.folder)

    def sql(self, text):
        return self.database.sql(text)

    def start(self, command, *words):
        log = tempfile.TemporaryFile(dir=self.folder)
        process = subprocess.Popen([KONKURS, command, "--db", self.database.url, *words], stderr=log)
        process.log = log

        def end():
            process.send_signal(signal.SIGCONT)
            process.terminate()
            process.wait()
            log.close()
        self.addCleanup(end)
        return process

    def said(self, process):
        process.log.seek(0)
        return process.log.read().decode()

    def epoch(self, name):
        """Of a lease that somebody has; 0: nobody."""
        return int(self.sql(f"SELECT COALESCE(MAX(epoch), 0) FROM lease WHERE name = '{name}' AND holder <> ''"))

    def two(self, name, start):
        """The one that works, and the one that stands by."""
        before = int(self.sql(f"SELECT COALESCE(MAX(epoch), 0) FROM lease WHERE name = '{name}'"))
        first = start()
        until(lambda: self.epoch(name) > before, SLOW_S)
        second = start()
        return first, second

    # ---- mail -------------------------------------------------------------------------------------

    def mail(self, sink, *words):
        return self.start("mail", "--server", f"smtp://127.0.0.1:{sink.controller.port}", "--from",
                          "konkurs@prokuror.kz", "--address", "https://konkurs.prokuror.kz", "--plain", *words)

    def queue(self, count):
        self.sql("DELETE FROM mail")
        self.sql("INSERT INTO mail (person_id, kind, address, language, code, state, attempts, next_ms, created_ms,"
                 f" problem) SELECT (SELECT MIN(id) FROM person), 'test', 'a@organ.kz', 'kk', '', 'queued', 0, {now()},"
                 f" {now()}, '' FROM generate_series(1, {count})")

    def unsent(self):
        return int(self.sql("SELECT COUNT(*) FROM mail WHERE state <> 'sent'"))

    def test_mail_of_two_at_once(self):
        self.queue(200)
        with Sink() as sink:
            self.mail(sink)
            self.mail(sink)
            until(lambda: self.unsent() == 0, SLOW_S)
            self.assertEqual((len(sink.mails), len(set(sink.names()))), (200, 200))
        self.assertEqual(self.sql("SELECT MAX(attempts) FROM mail"), "1")

    def test_mail_stopped(self):
        """Between what a mail server took and its row: it wakes up and notes it, and nobody sends it again."""
        stopped = []
        with Sink() as sink:
            first, second = self.two("mail", lambda: self.mail(sink))

            def stop(count):
                if count == 3:
                    stopped.append(time.monotonic())
                    first.send_signal(signal.SIGSTOP)
            sink.act = stop
            self.queue(20)
            until(lambda: len(sink.mails) == 20, SLOW_S)
            took = sink.mails[3][1] - stopped[0]
            self.assertTrue(took <= LEASE_S + 1, took)
            self.assertEqual(self.unsent(), 1)
            epoch = self.epoch("mail")
            first.send_signal(signal.SIGCONT)
            until(lambda: self.unsent() == 0, SLOW_S)
            time.sleep(3)  # it looks for more
            self.queue(5)
            until(lambda: self.unsent() == 0, SLOW_S)
            self.assertEqual((len(sink.mails), len(set(sink.names()))), (25, 25))
            self.assertEqual(self.epoch("mail"), epoch, "the second one goes on")
            self.assertIsNone(second.poll())
        self.assertEqual(self.sql("SELECT MAX(attempts) FROM mail"), "1")

    def test_mail_killed(self):
        """What a mail server took and nobody noted comes once more, under the same name; all others once."""
        with Sink() as sink:
            before = int(self.sql("SELECT COALESCE(MAX(epoch), 0) FROM lease WHERE name = 'mail'"))
            first = self.mail(sink)
            until(lambda: self.epoch("mail") > before, SLOW_S)
            # its minute of pause is over
            self.mail(sink, "--now", (datetime.datetime.now(ZONE) + datetime.timedelta(minutes=3))
                      .strftime("%Y-%m-%dT%H:%M"))
            sink.act = lambda count: count == 3 and first.kill()
            self.queue(20)
            until(lambda: self.unsent() == 0, SLOW_S)
            names = sink.names()
            self.assertEqual((len(names), len(set(names))), (21, 20))
            self.assertEqual(names.count(names[2]), 2)
        self.assertEqual(self.sql("SELECT COUNT(*) FROM mail WHERE attempts > 1"), "1")

    # ---- files and the scanner --------------------------------------------------------------------

    def upload(self, who, page):
        content = b"%PDF-1.4\n%" + os.urandom(16).hex().encode() + b"\n%%EOF\n"
        answer = who.upload(f"{page}/documents", "file", "paper.pdf", "application/pdf", content, {
            "paper": "certificate", "signatory": "A. A.", "signed_as": "direct_supervisor",
            "signed_day": datetime.datetime.now(ZONE).date()}, who.token(page))
        self.assertEqual(answer.status, 200, answer.content)

    def scans(self):
        """(verdict, attempts) of each file, the oldest first."""
        return [tuple(row.split("|")) for row in
                self.sql("SELECT verdict, attempts FROM scan ORDER BY id").splitlines()]

    def test_scan(self):
        scanner = Slow(self.folder / "clamd.sock")
        self.addCleanup(scanner.close)
        node = Node(self.database)
        self.addCleanup(node.close)
        connection = node.connect()
        self.addCleanup(connection.close)
        who = Client(connection, "candidate1")
        answer = who.post("/competitions/1/apply", {}, who.token("/competitions/1"))
        page = json.loads(answer.content)["location"]
        first, second = self.two("scan", lambda: self.start("scan", "--socket", scanner.path, "--no-confinement"))
        until(lambda: self.sql("SELECT COUNT(*) FROM scan_service WHERE required = 1") == "1", SLOW_S)
        # the one that asks is stopped with a file in hand, of which the scanner is slow to answer
        scanner.open.clear()
        self.upload(who, page)
        until(lambda: self.scans() == [("waiting", "1")], SLOW_S)
        first.send_signal(signal.SIGSTOP)
        scanner.open.set()
        begun = time.monotonic()
        self.upload(who, page)
        until(lambda: ("clean", "0") in self.scans(), SLOW_S)
        took = time.monotonic() - begun
        self.assertTrue(took <= LEASE_S + 1, took)
        until(lambda: self.scans() == [("clean", "0")] * 2, SLOW_S)
        first.send_signal(signal.SIGCONT)
        time.sleep(3)  # its answer comes too late
        told = "SELECT COUNT(*) FROM journal_entry WHERE kind = 'paper.scanned'"
        self.assertEqual((self.scans(), self.sql(told)), ([("clean", "0")] * 2, "2"))
        second.kill()
        self.upload(who, page)
        until(lambda: self.scans() == [("clean", "0")] * 3, SLOW_S)
        self.assertEqual(self.sql(told), "3")

    def test_files(self):
        """Of these any number works at once: an object has one name for ever, and is gone once."""
        place = self.folder / "files"
        (place / "2026-01-01").mkdir(parents=True)
        names = [f"2026-01-01/{os.urandom(16).hex()}" for _ in range(300)]
        for name in names:
            (place / name).write_bytes(b"x")
        first = self.start("files", "--files", f"file:{place}")
        second = self.start("files", "--files", f"file:{place}")
        self.sql("INSERT INTO object_removal (object, asked_ms, due_ms, attempts) VALUES "
                 + ", ".join(f"('{name}', {now()}, {now()}, 0)" for name in names))
        left = "SELECT COUNT(*) FROM object_removal WHERE done_ms IS NULL"
        until(lambda: int(self.sql(left)) < 250, SLOW_S)
        first.send_signal(signal.SIGSTOP)
        until(lambda: int(self.sql(left)) <= 1, SLOW_S)  # the one that it may have in hand
        first.send_signal(signal.SIGCONT)
        until(lambda: self.sql(left) == "0", SLOW_S)
        self.assertEqual([name for name in names if (place / name).exists()], [])
        self.assertEqual(self.sql("SELECT problem FROM file_service"), "")
        # the first may have stood still within a transaction: it is cut off, of which it reads the reason unless its
        # own words met the closed connection, and the second has waited for the lock
        for process, cause in (first, "idle-in-transaction timeout|the database is away"), (second, "lock timeout"):
            for line in self.said(process).splitlines():
                if "warning" in line:
                    self.assertRegex(line, cause)

    # ---- the server's own jobs --------------------------------------------------------------------

    def test_jobs_of_a_node_that_is_killed(self):
        mine = "this process does the jobs now"
        nodes = [Node(self.database, "--node", name) for name in "ab"]
        for node in nodes:
            self.addCleanup(node.close)
        holder, = until(lambda: [n for n in nodes if mine in n.lines()], SLOW_S)
        other, = [n for n in nodes if n is not holder]
        done = "SELECT COUNT(*) FROM daily_job WHERE done_ms IS NOT NULL"
        count = until(lambda: int(self.sql(done)) or None, SLOW_S)
        time.sleep(3)
        count = int(self.sql(done))
        holder.process.send_signal(signal.SIGSTOP)
        self.sql("DELETE FROM daily_job")  # a day whose jobs it would have done now
        begun = time.monotonic()
        until(lambda: mine in other.lines(), SLOW_S)
        self.assertLess(time.monotonic() - begun, LEASE_S + 1)
        until(lambda: int(self.sql(done)) == count, SLOW_S)
        holder.process.kill()
        self.assertEqual(self.sql("SELECT COUNT(*) FROM daily_job WHERE failed_ms IS NOT NULL"), "0")


def now():
    return int(time.time() * 1000)


if __name__ == "__main__":
    unittest.main(verbosity=2)
