"""A real server, `konkurs scan` beside it, and a real clamd (test/scan/with_clamd.py): files that come in over HTTP
are held back, looked at, and looked at again after kill -9; those at a place outside the database likewise.

usage: with_s3.py with_clamd.py /usr/bin/python3 scan_test.py KONKURS"""
import datetime
import json
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest

from served import Client, Site

KONKURS = pathlib.Path(sys.argv.pop()).resolve()
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
GOOD = b"%PDF-1.4\n%%EOF\n"
BAD = b"%PDF-1.4\n%" + EICAR + b"\n%%EOF\n"


def large(content):
    """A PDF of which no other has the bytes, too many for the database."""
    return content + b"%" + os.urandom(150_000).replace(b"%%EOF", b"").hex().encode() + b"\n%%EOF\n"


class Scan(unittest.TestCase):
    def begin(self, *place):
        self.place = place
        self.site = Site(KONKURS, "--require-confinement", *place)
        self.addCleanup(self.site.close)

    def client(self, who):
        connection = self.site.connect()
        self.addCleanup(connection.close)
        return Client(connection, who)

    def scan(self):
        """`konkurs scan` as the unit runs it."""
        process = subprocess.Popen([KONKURS, "scan", "--db", self.site.db, "--socket", os.environ["KONKURS_CLAMD"],
                                    "--require-confinement", *self.place], stderr=subprocess.DEVNULL)

        def end():
            process.terminate()
            process.wait()
        self.addCleanup(end)
        return process

    def upload(self, who, content):
        """The address of the paper, and the page it stands on."""
        answer = who.post("/competitions/1/apply", {}, who.token("/competitions/1"))
        self.assertEqual(answer.status, 200, answer.content)
        page = json.loads(answer.content)["location"]
        answer = who.upload(f"{page}/documents", "file", "paper.pdf", "application/pdf", content, {
            "paper": "certificate", "signatory": "A. A.", "signed_as": "direct_supervisor",
            "signed_day": (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=5)).date(),
        }, who.token(page))
        self.assertEqual(answer.status, 200, answer.content)
        documents = json.loads(who.get(page).content)["documents"]
        return f"/documents/{documents[0]['id']}", page

    def wait(self, who, path, status, said):
        for _ in range(600):
            answer = who.get(path)
            if answer.status == status and said in answer.content:
                return
            time.sleep(0.1)
        self.fail(f"{path}: {answer.status} {answer.content[:200]!r}")

    def test_held_back_until_it_is_clean(self):
        self.begin()
        first, second, third = (self.client(f"candidate{i}") for i in (1, 2, 3))
        before, _ = self.upload(first, GOOD)
        self.assertEqual(first.get(before).status, 200, "without a scanner everything is as it was")
        process = self.scan()
        for _ in range(600):
            if self.required():
                break
            time.sleep(0.1)
        text = pathlib.Path(f"/proc/{process.pid}/status").read_text("utf-8")
        self.assertIn("Seccomp:\t2\n", text)
        self.wait(first, before, 200, GOOD)  # it waits too now, until it had its turn
        # one that is there while nobody looks, and what looked was killed
        process.send_signal(signal.SIGKILL)
        process.wait()
        bad, page = self.upload(second, BAD)
        self.wait(second, bad, 409, b"scan.error.waiting")
        self.assertEqual(json.loads(second.get(page).content)["documents"][0]["held"], "waiting")
        self.scan()
        self.wait(second, bad, 409, b"scan.error.infected")
        self.assertNotIn(EICAR, second.get(bad).content)
        good, _ = self.upload(third, GOOD + b"%another\n")
        self.wait(third, good, 200, b"%another")
        done = subprocess.run([KONKURS, "verify", "--db", self.site.db, "--json"], capture_output=True, text=True,
                              check=False)
        self.assertEqual(json.loads(done.stdout)["findings"], [])

    def required(self):
        """Whether the scanner has answered for the first time; never is it told to be away."""
        done = subprocess.run([KONKURS, "check", "--db", self.site.db, "--json"], capture_output=True, text=True,
                              check=False)
        report = json.loads(done.stdout)
        self.assertNotIn("scan_away", {row["what"] for row in report["findings"]})
        return self.count("FROM scan_service WHERE required = 1") == 1

    def count(self, what):
        with sqlite3.connect(f"file:{self.site.db}?mode=ro", uri=True) as db:
            return db.execute(f"SELECT COUNT(*) {what}").fetchone()[0]

    def folder(self, name):
        path = pathlib.Path(tempfile.mkdtemp(prefix=f"konkurs-{name}-"))
        self.addCleanup(shutil.rmtree, path)
        return path

    # ---- files outside the database (docs/files.md) -----------------------------------------------

    def outside(self, place, objects):
        """`objects` lists the files in which the objects lie."""
        self.begin("--files", str(place))
        first, second, third = (self.client(f"candidate{i}") for i in (4, 5, 6))
        lost, _ = self.upload(first, large(GOOD))
        (gone,) = objects()
        self.assertEqual(self.count("FROM blob WHERE object <> '' AND length(body) = 0"), 1)
        whole = gone.read_bytes()
        gone.unlink()
        bad, page = self.upload(second, large(BAD))
        good, _ = self.upload(third, content := large(GOOD))
        self.assertEqual(self.count("FROM blob WHERE object <> ''"), 3)
        self.scan()
        self.wait(second, bad, 409, b"scan.error.infected")
        self.assertEqual(json.loads(second.get(page).content)["documents"][0]["held"], "infected")
        self.wait(third, good, 200, content[-200:])
        # one that is not there is not clean, keeps none from its turn, and people see that it waits
        self.wait(first, lost, 409, b"scan.error.waiting")
        self.assertEqual(self.count("FROM scan WHERE verdict = 'waiting' AND problem = 'unread'"), 1)
        gone.write_bytes(whole)
        self.wait(first, lost, 200, b"%PDF-1.4")
        self.assertEqual(self.count("FROM scan WHERE problem <> ''"), 0)

    def test_files_in_a_folder(self):
        folder = self.folder("files")
        self.outside(f"file:{folder}", lambda: list(folder.glob("*/*")))

    def test_files_in_a_store(self):
        folder = self.folder("s3")
        prefix = os.urandom(6).hex()
        (folder / "secret").write_text("SECRET/with+signs:in=it\n")
        (folder / "secret").chmod(0o600)
        (folder / "s3.json").write_text(json.dumps({
            "endpoint": os.environ["KONKURS_S3"].replace("127.0.0.1", "localhost"), "region": "kz-1",
            "bucket": "konkurs", "access_key": "KEY", "prefix": f"{prefix}/", "secret_file": str(folder / "secret")}))
        objects = pathlib.Path(os.environ["KONKURS_S3_FOLDER"]) / "objects" / "konkurs" / prefix
        self.outside(folder / "s3.json", lambda: list(objects.glob("*/*._S3rver_object")))


if __name__ == "__main__":
    unittest.main()
