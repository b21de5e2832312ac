"""A real server inside its fences: it still does everything, and the kernel says that they are up.

What the fences refuse, test/base/fence_test.c shows.

usage: fence_test.py KONKURS"""
import contextlib
import hashlib
import json
import os
import pathlib
import re
import sqlite3
import struct
import subprocess
import sys
import unittest
import zlib

from served import DEMO, Client, Site
from support import free_port, wait_for

KONKURS = pathlib.Path(sys.argv.pop()).resolve()


def picture():
    """A PNG that a real library has made."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = b"".join(b"\0" + bytes((x * 7 + y) % 256 for x in range(64 * 3)) for y in range(64))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 64, 64, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


class Fence(unittest.TestCase):
    def site(self, *options):
        site = Site(KONKURS, *options)
        self.addCleanup(lambda: self.assertEqual(site.close(), 0))
        return site

    def client(self, site, who):
        connection = site.connect()
        self.addCleanup(connection.close)
        return Client(connection, who)

    def test_the_kernel_says_so(self):
        site = self.site("--require-confinement")
        status = site.status()
        self.assertEqual((status["Seccomp"], status["NoNewPrivs"]), ("2", "1"))
        for task in os.listdir(f"/proc/{site.process.pid}/task"):
            text = pathlib.Path(f"/proc/{site.process.pid}/task/{task}/status").read_text("utf-8")
            self.assertIn("Seccomp:\t2\n", text, "every thread")
            self.assertIn("NoNewPrivs:\t1\n", text, "every thread")
        limits = pathlib.Path(f"/proc/{site.process.pid}/limits").read_text("utf-8")
        self.assertRegex(limits, r"Max core file size +0 +0 ")
        self.assertNotIn("not confined", site.lines())

    def test_everything_goes_on(self):
        site = self.site("--require-confinement")
        hr = self.client(site, "hr1")
        for path, media in (("/competitions", "application/json"), ("/competitions.xlsx", "spreadsheetml"),
                            ("/competitions.csv", "text/csv"), ("/announcements/1/announcement.pdf", "pdf")):
            answer = hr.get(path)
            self.assertEqual(answer.status, 200, f"{path}: {answer.content[:200]!r}")
            self.assertIn(media, answer.getheader("Content-Type"), path)

    def test_what_is_told(self):
        """The server looks at itself, and the command line at the server."""
        for options, missing in (([], False), (["--no-confinement"], True)):
            site = self.site(*options)
            answer = self.client(site, "admin").get("/installation")
            self.assertEqual(answer.status, 200, answer.content)
            page = {row["text"] for row in json.loads(answer.content)["findings"]}
            done = subprocess.run([KONKURS, "check", "--db", site.db, "--lang", "kk", "--json"],
                                  capture_output=True, text=True, check=False)
            report = json.loads(done.stdout)
            self.assertEqual((done.returncode, report["good"]), (0, True), done.stdout)
            found = {row["what"] for row in report["findings"]}
            self.assertEqual("unconfined" in found, missing, found)
            self.assertIn("no_tls", found)
            self.assertEqual(any("шектеулерінсіз" in text for text in page), missing, page)
            self.assertTrue(any("TLS-сіз" in text for text in page), page)

    def test_a_path_of_its_own(self):
        """A server is found whatever path its database was given by."""
        site = self.site("--no-confinement")
        for db, folder in ((site.db, "/"), ("demo.db", site.folder), (site.folder / ".." / site.folder.name / "demo.db", "/")):
            done = subprocess.run([KONKURS, "check", "--db", db, "--json"], cwd=folder,
                                  capture_output=True, text=True, check=False)
            self.assertIn("unconfined", {row["what"] for row in json.loads(done.stdout)["findings"]}, db)
        port = free_port()
        with open(site.log, "ab") as log:
            other = subprocess.Popen([KONKURS, "serve", "--db", "demo.db", "--listen", f"127.0.0.1:{port}",
                                      "--no-confinement"], cwd=site.folder, stderr=log)
        try:
            wait_for(port, other)
            done = subprocess.run([KONKURS, "check", "--db", site.db, "--json"], capture_output=True, text=True,
                                  check=False)
            self.assertEqual([row["what"] for row in json.loads(done.stdout)["findings"]].count("unconfined"), 2)
        finally:
            other.terminate()
            other.wait()

    def test_hostile_files_have_their_process(self):
        """A picture becomes a page of a bundle; questions are read: both in processes of their own."""
        site = self.site("--require-confinement")
        author = self.client(site, "author")
        text = (pathlib.Path(__file__).parents[1] / "exchange" / "files" / "moodle" / "export.gift").read_bytes()
        token = author.token("/bank/import")
        answer = author.upload("/bank/import", "file", "export.gift", "text/plain", text,
                               {"language": "ru", "act": "civil-code"}, token)
        self.assertEqual(answer.status, 200, answer.content)
        self.assertIn("/bank/import/", json.loads(answer.content)["location"])

    def test_a_picture_is_drawn(self):
        """A paper of a candidate, a photo, in the dossier as PDF: another size than without it."""
        site = self.site("--require-confinement")
        candidate = next(p for p in DEMO["people"] if p["key"] == "candidate1")
        photo = picture()
        now = 1
        with contextlib.closing(sqlite3.connect(site.db)) as base, base:
            application = base.execute(
                "INSERT INTO application (competition_id, person_id, state, organ, place_kind, position, phone,"
                " education, education_note, test_language, created_ms, changed_ms, sent_ms) SELECT 1, id, 'sent',"
                " 'pgo', 'central', 'прокурор', '', 'higher-law', '', 'ru', :now, :now, :now FROM person"
                " WHERE iin = :iin", {"now": now, "iin": candidate["iin"]}).lastrowid
        hr = self.client(site, "hr1")
        path = f"/applications/{application}/dossier.pdf"
        before = hr.get(path)
        self.assertEqual((before.status, before.content[:5]), (200, b"%PDF-"), before.content[:200])
        with contextlib.closing(sqlite3.connect(site.db)) as base, base:
            name = hashlib.blake2b(photo, digest_size=32).hexdigest()
            base.execute("INSERT INTO blob (hash, media, size, body, added_ms) VALUES (?, 'image/png', ?, ?, ?)",
                         (name, len(photo), photo, now))
            base.execute(
                "INSERT INTO document (application_id, kind, blob_hash, file_name, signatory, signatory_position,"
                " signed_day, added_by, added_ms) SELECT :a, 'certificate', :name, 'x.png', 'x', 'x', 1, person_id,"
                " :now FROM application WHERE id = :a", {"a": application, "now": now,
                                                                                "name": name})
        after = hr.get(path)
        self.assertEqual(after.status, 200, after.content[:200])
        pages = [re.search(rb"/Count (\d+)", answer.content) for answer in (before, after)]
        self.assertGreater(int(pages[1].group(1)), int(pages[0].group(1)), "a page for the photo")
        self.assertIn(b"/Subtype /Image", after.content)
        self.assertNotIn("warning", site.lines())

    def test_without(self):
        site = self.site("--no-confinement")
        self.assertEqual(site.status()["Seccomp"], "0")
        self.assertIn("not confined: --no-confinement", site.lines())
        both = subprocess.run([KONKURS, "serve", "--db", site.db, "--no-confinement", "--require-confinement"],
                              capture_output=True, text=True, check=False)
        self.assertEqual(both.returncode, 2)


if __name__ == "__main__":
    unittest.main()
