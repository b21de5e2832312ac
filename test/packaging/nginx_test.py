"""packaging/nginx/konkurs.conf with a real nginx: who shows the certificate of a hall computer, and at
which seat a test opens for it (F35).

usage: nginx_test.py KONKURS"""
import contextlib
import http.client
import json
import pathlib
import re
import shutil
import sqlite3
import ssl
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.parse

from support import ROOT, fingerprint, free_port, make_certificates, wait_for

KONKURS = pathlib.Path(sys.argv.pop()).resolve()
HOUR_MS = 3600 * 1000
DEMO = json.loads((ROOT / "sample" / "demo.json").read_text("utf-8"))


def open_test(db, who, seat):
    """A sitting that has started and wants certificates, with one place in it: rows as
    test/browser/seat.mjs writes them.  The attempt's id."""
    now = int(time.time() * 1000)
    iin = next(p for p in DEMO["people"] if p["key"] == who)["iin"]
    with contextlib.closing(sqlite3.connect(db)) as base, base:
        sitting = base.execute(
            "INSERT INTO sitting (competition_id, hall_id, planned_ms, state, forms_most, binding, recording,"
            " minutes, opened_by, opened_ms, round, commitment, started_ms) VALUES (1, 1, :now, 'running', 0,"
            " 'certificate', 'switched_off', 120, 1, :now, 1, randomblob(32), :now)", {"now": now}).lastrowid
        application = base.execute(
            "INSERT INTO application (competition_id, person_id, state, organ, place_kind, position, phone,"
            " education, education_note, test_language, created_ms, changed_ms, sent_ms) SELECT 1, id, 'sent',"
            " 'pgo', 'central', 'прокурор', '', 'higher-law', '', 'ru', :now, :now, :now FROM person"
            " WHERE iin = :iin", {"now": now, "iin": iin}).lastrowid
        return base.execute(
            "INSERT INTO attempt (sitting_id, application_id, code, language, document_seen, seat, admitted_by,"
            " admitted_ms, token_key, form_hash, form_opened_ms, pen, started_ms, ends_ms, extra_ms, void)"
            " VALUES (?, ?, 'K-1', 'ru', 'id_card', ?, 1, ?, randomblob(32), randomblob(32), ?, '', ?, ?, 0, 0)",
            (sitting, application, str(seat), now, now, now, now + HOUR_MS)).lastrowid


class Nginx(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="konkurs-nginx-"))
        make_certificates(cls.folder)
        db = cls.folder / "demo.db"
        subprocess.run([KONKURS, "demo", "--db", db], check=True, capture_output=True)
        cls.attempt = open_test(db, "candidate1", 1)
        cls.inner, cls.port = free_port(), free_port()
        # without --secure: that the way is secured, the proxy says
        cls.server = subprocess.Popen([KONKURS, "serve", "--db", db, "--listen", f"127.0.0.1:{cls.inner}"],
                                      stderr=subprocess.DEVNULL)
        wait_for(cls.inner, cls.server)
        cls.nginx = subprocess.Popen(["nginx", "-p", cls.folder, "-c", cls.write_configuration(),
                                      "-e", cls.folder / "error.log", "-g", "daemon off;"])
        wait_for(cls.port, cls.nginx)

    @classmethod
    def write_configuration(cls):
        text = (ROOT / "packaging" / "nginx" / "konkurs.conf").read_text("utf-8")
        for path, name in (("server.pem", "server.pem"), ("server.key", "server.key"),
                           ("halls-ca.pem", "halls.pem"), ("halls-ca.crl", "halls.crl")):
            text = text.replace(f"/etc/konkurs/tls/{path}", str(cls.folder / name))
        text = text.replace("listen 443", f"listen 127.0.0.1:{cls.port}").replace("127.0.0.1:8080",
                                                                                f"127.0.0.1:{cls.inner}")
        configuration = cls.folder / "nginx.conf"
        own = "".join(f"{kind}_temp_path {cls.folder}/{kind};\n" for kind in
                      ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        configuration.write_text(f"worker_processes 1; pid {cls.folder}/nginx.pid; events {{}}\n"
                                 f"http {{ access_log off;\n{own}{text}\n}}\n")
        return configuration

    @classmethod
    def tearDownClass(cls):
        for process in (cls.nginx, cls.server):
            process.terminate()
            process.wait()
        shutil.rmtree(cls.folder)

    def connect(self, computer=None):
        context = ssl.create_default_context(cafile=self.folder / "site.pem")
        if computer:
            context.load_cert_chain(self.folder / f"{computer}.pem", self.folder / f"{computer}.key")
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, context=context)
        self.addCleanup(connection.close)
        return connection

    def request(self, connection, path, form=None, cookies="", headers=()):
        head = {"Accept": "application/json", "Cookie": cookies, **dict(headers)}
        body = None
        if form is not None:
            head["Content-Type"] = "application/x-www-form-urlencoded"
            body = urllib.parse.urlencode(form)
        connection.request("POST" if form is not None else "GET", path, body, head)
        answer = connection.getresponse()
        return answer, answer.read().decode()

    def sign_in(self, connection, who="operator"):
        person = next(p for p in DEMO["people"] if p["key"] == who)
        answer, page = self.request(connection, "/sign-in", headers=[("Accept", "text/html")])
        visitor = answer.getheader("Set-Cookie").split(";")[0]
        token = re.search(r'name="csrf" value="([^"]+)"', page).group(1)
        answer, _ = self.request(connection, "/sign-in", {"iin": person["iin"], "csrf": token,
                                                          "password": DEMO["password"]}, visitor)
        cookie = next(v for k, v in answer.getheaders() if k == "Set-Cookie" and "session" in v)
        self.assertEqual("; Secure" in cookie, isinstance(connection, http.client.HTTPSConnection), cookie)
        return cookie.split(";")[0]

    def shown(self, connection, cookie, headers=()):
        answer, body = self.request(connection, "/halls/1/enrol", cookies=cookie, headers=headers)
        self.assertEqual(answer.status, 200, body)
        return json.loads(body)["certificate"]

    def enrol(self, connection, seat):
        cookie = self.sign_in(connection)
        _, page = self.request(connection, "/halls/1/enrol", cookies=cookie,
                               headers=[("Accept", "text/html")])
        token = re.search(r'name="csrf" value="([^"]+)"', page).group(1)
        answer, body = self.request(connection, "/halls/1/certificate",
                                    {"certificate_seat": seat, "csrf": token}, cookie)
        self.assertEqual(answer.status, 200, body)
        _, body = self.request(connection, "/halls/1", cookies=cookie)
        return {key["seat"]: key["fingerprint"] for key in json.loads(body)["keys"]}

    def has_pen(self, connection, headers=()):
        cookie = self.sign_in(connection, "candidate1")
        answer, body = self.request(connection, f"/tests/{self.attempt}", cookies=cookie, headers=headers)
        self.assertEqual(answer.status, 200, body)
        return json.loads(body)["test"]["pen"]

    def test_a_test_opens_at_the_computer_of_its_seat(self):
        enrolled = {}
        for seat in (1, 2):
            enrolled = self.enrol(self.connect(f"seat{seat}"), seat)
        self.assertEqual(enrolled, {"1": fingerprint(self.folder, "seat1"),
                                    "2": fingerprint(self.folder, "seat2")})
        self.assertFalse(self.has_pen(self.connect()), "no certificate")
        self.assertFalse(self.has_pen(self.connect(), self.forged("seat1")), "a forged header")
        self.assertFalse(self.has_pen(self.connect("seat2")), "another seat's")
        self.assertFalse(self.has_pen(self.connect("seat2"), self.forged("seat1")), "both")
        self.assertTrue(self.has_pen(self.connect("seat1")), "the seat's own")

    def forged(self, name):
        pem = urllib.parse.quote((self.folder / f"{name}.pem").read_text())
        return [("X-Client-Verify", "SUCCESS"), ("X-Client-Cert", pem)]

    def test_none_and_forged(self):
        connection = self.connect()
        cookie = self.sign_in(connection)
        self.assertIsNone(self.shown(connection, cookie))
        self.assertIsNone(self.shown(connection, cookie, self.forged("seat1")))

    def test_only_a_proxy_on_this_machine_is_believed(self):
        for sender, expected in (("127.0.0.1", fingerprint(self.folder, "seat1")), ("127.0.0.2", None)):
            direct = http.client.HTTPConnection("127.0.0.1", self.inner, source_address=(sender, 0))
            self.addCleanup(direct.close)
            self.assertEqual(self.shown(direct, self.sign_in(direct), self.forged("seat1")), expected)

    def test_who_may_say_that_the_way_is_secured(self):
        for sender, headers, secured in (("127.0.0.1", [], False),
                                         ("127.0.0.1", [("X-Forwarded-Proto", "https")], True),
                                         ("127.0.0.1", [("X-Forwarded-Proto", "http")], False),
                                         ("127.0.0.2", [("X-Forwarded-Proto", "https")], False)):
            direct = http.client.HTTPConnection("127.0.0.1", self.inner, source_address=(sender, 0))
            self.addCleanup(direct.close)
            answer, _ = self.request(direct, "/sign-in", headers=[("Accept", "text/html"), *headers])
            self.assertEqual("; Secure" in answer.getheader("Set-Cookie"), secured, (sender, headers))
            self.assertEqual(answer.getheader("Strict-Transport-Security") is not None, secured)
        answer, _ = self.request(self.connect(), "/sign-in", headers=[("X-Forwarded-Proto", "http")])
        self.assertIsNotNone(answer.getheader("Strict-Transport-Security"), "what a client says is not passed on")

    def test_another(self):
        connection = self.connect("seat2")
        cookie = self.sign_in(connection)
        self.assertEqual(self.shown(connection, cookie), fingerprint(self.folder, "seat2"))

    def test_a_stranger_and_a_withdrawn_one_do_not_get_in(self):
        for name in ("other", "withdrawn"):
            answer, _ = self.request(self.connect(name), "/healthz")
            self.assertEqual(answer.status, 400, name)


if __name__ == "__main__":
    unittest.main()
