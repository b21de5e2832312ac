"""`konkurs` with its database on PostgreSQL: over a socket of the machine and over TCP, within its fences,
while the server of the database goes away and comes back; and each command that takes --db.

usage: database_test.py KONKURS
"""
import http.client
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

from served import Client
from support import ROOT, free_port, wait_for

KONKURS = pathlib.Path(sys.argv.pop()).resolve()
POSTGRES = ROOT / "script" / "postgres"
SANITIZED = b"__asan_init" in KONKURS.read_bytes()


def konkurs(*words, stdin=""):
    return subprocess.run([KONKURS, *map(str, words)], input=stdin, capture_output=True, text=True, timeout=600,
                          check=False)


class Server:
    """A private PostgreSQL in a folder of its own."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="konkurs-pg-"))
        self.port = free_port()
        self.tcp = self.start()
        self.socket = f"postgresql://konkurs@/{{}}?host={self.folder}&port={self.port}"

    def start(self):
        done = subprocess.run(["sh", POSTGRES, "start", self.folder, "--tcp", str(self.port)], check=True,
                              stdout=subprocess.PIPE, text=True)
        return done.stdout.strip().replace("/postgres", "/{}")

    def stop(self, *options):
        subprocess.run(["sh", POSTGRES, "stop", self.folder, *options], check=True)

    def run(self, sql):
        subprocess.run(["psql", self.socket.format("postgres"), "-q", "-v", "ON_ERROR_STOP=1", "-c", sql], check=True)


class Site:
    """`konkurs serve` on that URL."""

    def __init__(self, test, url, key):
        self.test = test
        self.port = free_port()
        fences = ["--no-confinement"] if SANITIZED else ["--require-confinement"]
        self.log = pathlib.Path(test.folder) / f"log{self.port}"
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen([KONKURS, "serve", "--db", url, "--key", key, "--listen",
                                             f"127.0.0.1:{self.port}", *fences], stderr=log)
        test.addCleanup(self.close)
        wait_for(self.port, self.process)
        while self.process.poll() is None and "serving " not in self.log.read_text("utf-8"):
            time.sleep(0.01)

    def close(self):
        if self.process.poll() is None:
            self.process.terminate()
        return self.process.wait()

    def client(self, who=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        self.test.addCleanup(connection.close)
        return Client(connection, who)


class Database(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        cls.addClassCleanup(cls.server.stop)
        cls.folder = tempfile.mkdtemp(prefix="konkurs-database-")
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.server.run("CREATE DATABASE demo")
        cls.key = os.path.join(cls.folder, "demo.key")
        cls.url = cls.server.socket.format("demo")
        done = konkurs("demo", "--db", cls.url, "--key", cls.key)
        assert done.returncode == 0, done.stderr

    def works(self, *words, stdin=""):
        done = konkurs(*words, stdin=stdin)
        self.assertEqual(done.returncode, 0, f"{words}: {done.stdout} {done.stderr}")
        return done.stdout

    def test_a_key_has_to_be_named(self):
        for words in (("serve",), ("vault", "status"), ("demo",)):
            done = konkurs(*words, "--db", self.url)
            self.assertEqual(done.returncode, 1, words)
            if words != ("demo",):
                self.assertIn("--key", done.stderr)
        self.assertFalse(any("postgresql" in name for name in os.listdir(".")), "no key named like a URL")

    def test_a_spoiled_index_is_told(self):
        """A page of an index on the disk that is nothing but zeros, which no row's page shows."""
        self.server.run("CREATE DATABASE spoiled")
        url = self.server.socket.format("spoiled")
        key = os.path.join(self.folder, "spoiled.key")
        self.works("demo", "--db", url, "--key", key)

        def sql(text):
            return subprocess.run(["psql", url, "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", text], check=True,
                                  capture_output=True, text=True).stdout.strip()

        def found():
            done = konkurs("check", "--db", url, "--key", key, "--json")
            self.assertNotEqual(done.stdout, "", done.stderr)
            return [row["text"] for row in json.loads(done.stdout)["findings"] if row["what"] == "server_rows"]
        sql("CREATE EXTENSION amcheck")
        self.assertEqual(found(), [])
        data = pathlib.Path(sql("SHOW data_directory"))
        for index, said in (("journal_by_competition", "indexes: "), ("journal_entry_pkey", "")):
            path = data / sql(f"SELECT pg_relation_filepath('{index}')")
            self.server.stop("--keep")
            whole = path.read_bytes()
            self.assertGreater(len(whole), 8192)
            with open(path, "r+b") as file:
                file.seek(8192)  # its root
                file.write(bytes(8192))
            self.server.start()
            (text,) = found()
            self.assertIn(said, text)
            self.assertIn(index, text)
            self.server.stop("--keep")
            path.write_bytes(whole)
            self.server.start()
            self.assertEqual(found(), [])

    def test_a_password_is_not_told(self):
        self.server.run("CREATE DATABASE told")
        url = self.server.tcp.format("told")
        password = re.search(r":([0-9a-f]{32})@", url).group(1)
        said = self.works("demo", "--db", url, "--key", os.path.join(self.folder, "told.key"), "--unsealed")
        self.assertIn("@127.0.0.1", said)
        self.assertNotIn(password, said)
        for wrong in (url.replace(str(self.server.port), str(free_port())), url.replace("/told", "/nowhere"),
                      "postgresql://konkurs:" + password + "@[::1/told"):
            for words in (("check", "--db", wrong, "--key", self.key), ("verify", "--db", wrong),
                          ("serve", "--db", wrong, "--key", self.key)):
                done = konkurs(*words)
                self.assertEqual(done.returncode, 1, words[0])
                self.assertNotIn(password, done.stdout + done.stderr, words[0])

    def test_within_the_fences(self):
        for url in (self.url, self.server.tcp.format("demo")):
            site = Site(self, url, self.key)
            hr = site.client("hr1")
            for path in ("/competitions", "/competitions.xlsx", "/announcements/1/announcement.pdf"):
                self.assertEqual(hr.get(path).status, 200, path)
            self.assertNotIn("not confined", site.log.read_text("utf-8"))
            self.assertEqual(site.close(), 0)

    def test_away_and_back(self):
        """Also behind the fences: it connects again by itself, and nothing but that has to be done."""
        for url in (self.url, self.server.tcp.format("demo")):
            site = Site(self, url, self.key)
            site.client("hr1")
            self.server.stop("--keep")
            began = time.monotonic()
            self.assertEqual(site.client().get("/healthz").status, 200, "the loop goes on")
            self.assertLess(time.monotonic() - began, 5)
            self.server.start()
            for _ in range(100):
                try:
                    hr = site.client("hr1")
                    break
                except AssertionError:  # busy; the connection of a worker is made anew at its next request
                    time.sleep(0.2)
            self.assertEqual(hr.get("/competitions").status, 200)
            self.assertIsNone(site.process.poll())
            self.assertEqual(site.close(), 0)

    def test_each_command(self):
        db = ("--db", self.url)
        key = ("--key", self.key)
        out = pathlib.Path(self.folder)
        self.works("user", "add", *db, "--iin", "791028302728", "--family", "Серік", "--given", "Арман", "--organ", "pgo")
        self.works("user", "password", *db, "--iin", "791028302728", stdin="a long enough password 1\n")
        self.works("user", "grant", *db, "--iin", "791028302728", "--role", "hr", "--organ", "pgo")
        self.works("user", "disable", *db, "--iin", "791028302728", "--reason", "сынақ")
        self.works("user", "enable", *db, "--iin", "791028302728", "--reason", "сынақ")
        self.works("user", "second-factor", *db, "on")
        self.works("user", "second-factor", *db, "off")
        self.assertTrue(json.loads(self.works("check", *db, *key, "--json"))["good"])
        self.works("journal", "checkpoint", *db, *key, "--make")
        self.works("journal", "verify", *db)
        self.works("journal", "prove", "1", *db, "--json")
        self.works("journal", "show", *db, "--json")
        self.works("journal", "export-tiles", out / "tiles", *db)
        self.works("journal", "export-lines", out / "lines", *db)
        self.works("trust", "list", *db)
        self.works("vault", "status", *db, *key)
        self.works("bank", "stats", *db)
        self.works("bank", "stats", "--hold", *db, *key)
        self.works("bank", "screen", "--set", "seats_in_row=8", *db)
        gift = ROOT / "test" / "exchange" / "files" / "moodle" / "export.gift"
        said = konkurs("bank", "import", gift, *db, *key, "--dry-run", "--leave-bad", "--language", "ru", "--act",
                       "civil-code")
        self.assertIn("Would be: 0 added", said.stdout, said.stderr)  # its codes are another system's
        self.works("mail", *db, "--server", "smtp://127.0.0.1:1", "--from", "a@example.kz", "--address",
                   "https://example.kz", "--plain", "--once")
        self.works("hooks", *db, *key, "--once")
        self.works("scan", *db, "--all")
        self.assertIn("scan.error.none", konkurs("scan", *db, "--end", "--reason", "сынақ").stderr)
        (out / "copies").mkdir()
        self.works("backup", *db, "--to", out / "copies", "--work", self.folder)
        self.works("restore", "--check", "--from", out / "copies", *db, "--work", self.folder)
        self.assertEqual(json.loads(self.works("verify", *db, "--json"))["findings"], [])
        self.works("drill", *db, *key, "--work", self.folder)


if __name__ == "__main__":
    unittest.main()
