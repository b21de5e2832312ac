"""A real server, behind its fences, and a real S3-speaking server (test/store/with_s3.py): papers that come in over
HTTP lie there, come back, and are not lost when the store is away, refuses, or has changed them.

usage: with_s3.py /usr/bin/python3 files_test.py KONKURS"""
import datetime
import json
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest

from place import S3, SECRET, WORDS, Place, paper
from served import Client, Site
from support import ROOT

KONKURS = pathlib.Path(sys.argv.pop()).resolve()
TODAY = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=5)


class Files(unittest.TestCase):
    def begin(self, kind="s3", secret=SECRET):
        folder = tempfile.mkdtemp(prefix="konkurs-files-")
        self.addCleanup(shutil.rmtree, folder)
        self.place = Place(kind, folder, secret)
        self.site = Site(KONKURS, "--require-confinement", "--files", self.place.words)
        self.addCleanup(self.site.close)

    def client(self, who):
        connection = self.site.connect()
        self.addCleanup(connection.close)
        return Client(connection, who)

    def apply(self, who):
        answer = who.post("/competitions/1/apply", {}, who.token("/competitions/1"))
        self.assertEqual(answer.status, 200, answer.content)
        return json.loads(answer.content)["location"]

    def upload(self, who, page, content, **form):
        return who.upload(f"{page}/documents", "file", "paper.pdf", "application/pdf", content, {
            "paper": "certificate", "signatory": "A. A.", "signed_as": "direct_supervisor",
            "signed_day": TODAY.date(), **form}, who.token(page))

    def kept(self, who, page, content):
        """The address of a paper that was taken."""
        answer = self.upload(who, page, content)
        self.assertEqual(answer.status, 200, answer.content)
        return f"/documents/{json.loads(who.get(page).content)['documents'][0]['id']}"

    def rows(self, sql):
        with sqlite3.connect(f"file:{self.site.db}?mode=ro", uri=True) as db:
            return db.execute(sql).fetchall()

    def run_files(self, *words, status=0):
        done = subprocess.run([KONKURS, "files", "--db", self.site.db, "--files", self.place.words, *words],
                              capture_output=True, text=True, check=False, timeout=60)
        self.assertEqual(done.returncode, status, done.stderr)
        self.assertNotIn(SECRET, done.stderr)
        return done.stdout + done.stderr

    def verify(self, *words):
        done = subprocess.run([KONKURS, "verify", "--db", self.site.db, "--json", *words], capture_output=True,
                              text=True, check=False, timeout=60)
        return json.loads(done.stdout)

    def way(self, kind):
        self.begin(kind)
        who = self.client("candidate1")
        page = self.apply(who)
        large, small = paper(2_000_000), paper(1000)
        address = self.kept(who, page, large)
        objects = self.place.files()
        rows = self.rows("SELECT object, length(body), size FROM blob")
        self.assertEqual(rows, [(next(iter(objects)), 0, len(large))])
        self.assertNotIn(WORDS, next(iter(objects.values())).read_bytes(), "the place reads nothing")
        answer = who.get(address)
        self.assertEqual(answer.content, large)
        self.assertEqual(answer.getheader("Content-Type"), "application/pdf")
        report = self.verify("--files", self.place.words)
        self.assertEqual((report["findings"], report["objects"], report["objects_unseen"]), ([], 1, 0))
        self.assertEqual(self.verify()["objects_unseen"], 1)
        # little ones stay in the database; what is there already is not put again
        self.assertEqual(who.get(self.kept(who, page, small)).content, small)
        self.kept(who, page, large)
        self.assertEqual(len(self.place.files()), 1)
        self.assertIn("Seccomp:\t2\n", pathlib.Path(f"/proc/{self.site.process.pid}/status").read_text("utf-8"))

    def test_way_of_a_store(self):
        self.way("s3")

    def test_way_of_a_folder(self):
        self.way("folder")

    def test_wrong_secret(self):
        self.begin(secret="WRONG")
        who = self.client("candidate2")
        page = self.apply(who)
        answer = self.upload(who, page, paper(200_000))
        self.assertEqual(answer.status, 503)
        self.assertEqual(json.loads(answer.content)["error"]["key"], "store.error.refused")
        self.assertIn("SignatureDoesNotMatch", self.site.lines())
        self.assertNotIn("WRONG", self.site.lines())
        self.assertEqual(json.loads(who.get(page).content)["documents"], [], "nothing is half kept")
        self.kept(who, page, paper(1000))
        self.assertIn("refused", self.run_files("--once", status=1))

    def test_store_away(self):
        self.begin()
        who = self.client("candidate3")
        page = self.apply(who)
        large = paper(200_000)
        address = self.kept(who, page, large)
        away = S3 / "away"
        away.touch()
        try:
            answer = self.upload(who, page, paper(200_000))
            self.assertEqual(answer.status, 503)
            self.assertEqual(json.loads(answer.content)["error"]["key"], "store.error.away")
            self.assertTrue(answer.getheader("Retry-After"))
            answer = who.get(address, Accept="text/html", Accept_Language="kk")
            self.assertEqual(answer.status, 503)
            self.assertIn("Файлдар сақталатын орын қазір жауап бермейді".encode(), answer.content)
            self.assertEqual(who.get(page).status, 200)
            small = paper(1000)
            self.assertEqual(who.get(self.kept(who, page, small)).content, small, "the rest goes on")
        finally:
            away.unlink()
        self.assertEqual(who.get(address).content, large, "nothing is lost")
        self.kept(who, page, paper(200_000))

    def test_changed_and_lost(self):
        self.begin()
        who = self.client("candidate4")
        page = self.apply(who)
        address = self.kept(who, page, paper(200_000))
        (file,) = self.place.files().values()
        whole = file.read_bytes()
        file.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        answer = who.get(address)
        self.assertEqual((answer.status, json.loads(answer.content)["error"]["key"]), (500, "file.error.changed"))
        (finding,) = self.verify("--files", self.place.words)["findings"]
        self.assertIn("not those of its hash", finding["why"])
        file.unlink()
        answer = who.get(address)
        self.assertEqual((answer.status, json.loads(answer.content)["error"]["key"]), (500, "file.error.lost"))
        (finding,) = self.verify("--files", self.place.words)["findings"]
        self.assertIn("not at the place", finding["why"])

    def verify_while(self, happens):
        """The findings of a `konkurs verify` that waits for an object while that happens."""
        (S3 / "hold").touch()
        with subprocess.Popen([KONKURS, "verify", "--db", self.site.db, "--files", self.place.words, "--json"],
                              stdout=subprocess.PIPE, text=True) as process:
            try:
                for _ in range(600):
                    if (S3 / "held").exists():
                        break
                    time.sleep(0.05)
                self.assertTrue((S3 / "held").exists(), "it asks for the object")
                happens()
            finally:
                (S3 / "hold").unlink(missing_ok=True)
                (S3 / "held").unlink(missing_ok=True)
            return json.loads(process.communicate(timeout=60)[0])["findings"]

    def test_verified_while_it_goes(self):
        """F85: an object that goes with its row in the middle of verify is no finding; one that goes without is."""
        self.begin()
        who = self.client("candidate4")
        page = self.apply(who)
        self.kept(who, page, paper(200_000))

        def move():
            self.run_files("--move", "in")
            self.run_files("--once")
            self.assertEqual(self.place.files(), {})
        self.assertEqual(self.verify_while(move), [])
        self.run_files("--move", "out")

        def destroy():
            """What an act does to the rows of a file (app/file.c)."""
            with sqlite3.connect(self.site.db, timeout=20) as db:
                db.execute("INSERT INTO object_removal (object, asked_ms, due_ms, attempts)"
                           " SELECT object, 0, 0, 0 FROM blob WHERE object <> ''")
                db.execute("DELETE FROM blob WHERE object <> ''")
            db.close()
            self.run_files("--once")
            self.assertEqual(self.place.files(), {})

        def lose():
            (file,) = self.place.files().values()
            file.unlink()
        (file,) = self.place.files().values()
        whole = file.read_bytes()
        (finding,) = self.verify_while(lose)
        self.assertIn("not at the place", finding["why"])
        file.write_bytes(whole)
        self.assertEqual(self.verify_while(destroy), [])

    def test_orphans(self):
        """A refused form leaves an object; it goes when it is old, and no other does."""
        self.begin()
        who = self.client("candidate5")
        page = self.apply(who)
        address = self.kept(who, page, large := paper(200_000))
        kept = set(self.place.files())
        answer = self.upload(who, page, paper(200_000), signed_day=(TODAY + datetime.timedelta(days=9)).date())
        self.assertEqual(answer.status, 422)
        self.assertEqual(len(self.place.files()), 2)
        self.run_files("--once")
        self.assertEqual(len(self.place.files()), 2, "it may be on its way")
        later = (TODAY + datetime.timedelta(days=3)).strftime("%Y-%m-%dT%H:%M")
        self.run_files("--once", "--now", later)
        self.assertEqual(set(self.place.files()), kept)
        self.assertEqual(who.get(address).content, large)

    def test_moved(self):
        """A place that is given later, and given up again."""
        self.begin()
        who = self.client("candidate6")
        page = self.apply(who)
        address = self.kept(who, page, large := paper(200_000))
        self.assertIn("1 files", self.run_files("--move", "in"))
        self.assertEqual(self.rows("SELECT object, length(body) FROM blob"), [("", len(large))])
        self.assertEqual(who.get(address).content, large)
        self.run_files("--once")
        self.assertEqual(self.place.files(), {}, "what a row no longer names is gone")
        self.assertIn("1 files", self.run_files("--move", "out"))
        self.assertEqual(len(self.place.files()), 1)
        self.assertEqual(who.get(address).content, large)
        report = self.verify("--files", self.place.words)
        self.assertEqual((report["findings"], report["objects"]), ([], 1))

    def test_copy(self):
        """A copy of the database says how many objects it needs, and restore looks at each."""
        self.begin()
        who = self.client("candidate1")
        page = self.apply(who)
        self.kept(who, page, large := paper(200_000))
        copies = self.site.folder / "copies"
        copies.mkdir()
        subprocess.run([KONKURS, "backup", "--db", self.site.db, "--to", copies], check=True, capture_output=True)
        (manifest,) = copies.glob("*/manifest.json")
        objects = json.loads(manifest.read_text("utf-8"))["objects"]
        self.assertEqual((objects["count"], objects["size"]), (1, len(large)))

        def check():
            done = subprocess.run([KONKURS, "restore", "--check", "--from", copies, "--work", self.site.folder,
                                   "--files", self.place.words, "--json"],
                                  capture_output=True, text=True, check=False, timeout=60)
            return json.loads(done.stdout)
        self.assertEqual(check()["why"], "")
        (file,) = self.place.files().values()
        file.unlink()
        answer = check()
        self.assertEqual(answer["why"], "rows")
        self.assertIn("not at the place", answer["detail"])

    def test_two_nodes_on_a_server(self):
        """What one node has taken another one gives out, also when the first is no more."""
        folder, server = (pathlib.Path(tempfile.mkdtemp(prefix="konkurs-pg-")) for _ in range(2))
        self.addCleanup(shutil.rmtree, folder)
        postgres = ["sh", ROOT / "script" / "postgres"]
        url = subprocess.run([*postgres, "start", server], check=True, stdout=subprocess.PIPE,
                             text=True).stdout.strip()
        self.addCleanup(subprocess.run, [*postgres, "stop", server], check=True)
        key = folder / "key"
        subprocess.run([KONKURS, "demo", "--db", url, "--key", key], check=True, capture_output=True)
        (folder / "files").mkdir()
        self.place = Place("s3", folder / "files")
        words = ["--require-confinement", "--key", key, "--files", self.place.words]
        self.site = Site(KONKURS, *words, db=url)
        other = Site(KONKURS, *words, db=url)
        self.addCleanup(other.close)
        who = self.client("candidate2")
        page = self.apply(who)
        address = self.kept(who, page, large := paper(2_000_000))
        self.site.process.kill()
        self.site.close()
        self.site = other
        who = self.client("candidate2")
        self.assertEqual(who.get(address).content, large)
        self.assertEqual(len(self.place.files()), 1)
        report = self.verify("--files", self.place.words)
        self.assertEqual((report["findings"], report["objects"]), ([], 1))
        self.run_files("--once")

    def test_page(self):
        """/installation says where files lie, and whether the place answers."""
        self.begin()
        who = self.client("admin")
        files = json.loads(who.get("/installation").content)["files"]
        self.assertTrue(files["place"]["answers"])
        self.assertIn("/konkurs", files["place"]["name"])
        self.run_files("--once")
        found = {row["what"] for row in json.loads(who.get("/installation").content)["findings"]}
        self.assertFalse({what for what in found if what.startswith("files_")})
        (S3 / "away").touch()
        try:
            answer = json.loads(who.get("/installation").content)
            self.assertFalse(answer["files"]["place"]["answers"])
            self.assertIn("files_away", {row["what"] for row in answer["findings"]})
        finally:
            (S3 / "away").unlink()


if __name__ == "__main__":
    unittest.main()
