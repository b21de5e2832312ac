"""TLS by the server itself, with real clients: Python's, curl, openssl s_client (F35).

usage: tls_test.py KONKURS"""
import contextlib
import http.client
import pathlib
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import unittest

from served import Client, Site, trusting
from support import fingerprint, free_port, make_certificates

KONKURS = pathlib.Path(sys.argv.pop()).resolve()
LATER_S = 10
ORIGIN = "https://konkurs.example"


class Tls(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="konkurs-tls-"))
        make_certificates(cls.folder)
        cls.plain_port = free_port()
        cls.site = Site(KONKURS, "--demonstration", "--origin", ORIGIN, "--redirect-port", str(cls.plain_port), "--tls-certificate", cls.folder / "server.pem", "--tls-key",
                        cls.folder / "server.key", "--tls-client-ca", cls.folder / "halls.pem",
                        "--tls-client-crl", cls.folder / "halls.crl")

    @classmethod
    def tearDownClass(cls):
        status = cls.site.close()
        shutil.rmtree(cls.folder)
        assert status == 0, status

    def client(self, computer=None, who=None):
        connection = self.site.connect(trusting(self.folder, computer))
        self.addCleanup(connection.close)
        return Client(connection, who)

    def curl(self, *words, scheme="https"):
        return subprocess.run(["curl", "-sS", "--max-time", "20", "--cacert", self.folder / "site.pem", *words,
                               f"{scheme}://127.0.0.1:{self.site.port}/healthz"],
                              capture_output=True, text=True, check=False)

    def s_client(self, *words):
        return subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{self.site.port}", "-CAfile",
                               self.folder / "site.pem", *words], input="", capture_output=True, text=True,
                              check=False, timeout=20)

    def test_pages_and_cookies(self):
        client = self.client(who="hr1")
        answer = client.get("/competitions")
        self.assertEqual(answer.status, 200)
        self.assertEqual(answer.getheader("Strict-Transport-Security"), "max-age=31536000; includeSubDomains")
        client.cookies = {}
        page = client.get("/sign-in", Accept="text/html")
        self.assertIn("; Secure", page.getheader("Set-Cookie"))
        self.assertEqual(self.curl().stdout, '{"serving":true}')

    def plain(self, method, path, accept, host="konkurs.example"):
        connection = http.client.HTTPConnection("127.0.0.1", self.plain_port, timeout=20)
        self.addCleanup(connection.close)
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in (("Host", host), ("Accept", accept), ("Cookie", "konkurs_session=x")):
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        answer.content = answer.read().decode()
        return answer

    def test_plain_http_is_sent_to_the_secured_site(self):
        """ASVS 4.1.2: a page is, a program and a form are told; where to is never the sender's word."""
        page = "text/html,application/xhtml+xml"
        for method, path, there in (
                ("GET", "/", "/"), ("GET", "/competitions?q=a%0d%0ab&page=2", "/competitions?q=a%0d%0ab&page=2"),
                ("HEAD", "/sign-in", "/sign-in"), ("GET", "//evil.example/", "/"),
                ("GET", "/\\evil.example/", "/"), ("GET", "http://evil.example/x", "/")):
            answer = self.plain(method, path, page, host="evil.example")
            self.assertEqual((answer.status, answer.getheader("Location")), (308, ORIGIN + there), path)
            self.assertEqual(answer.getheader("Cache-Control"), "no-store")
            if path.startswith("/"):  # to what is said to a proxy libevent answers as one
                self.assertEqual(answer.getheader("Connection"), "close")
            # RFC 6797, 7.2: only where it is secured
            self.assertIsNone(answer.getheader("Strict-Transport-Security"))
            self.assertIsNone(answer.getheader("Set-Cookie"))
        for method, accept in (("GET", "application/json"), ("GET", "*/*"), ("POST", page), ("DELETE", page)):
            answer = self.plain(method, "/sign-in", accept)
            self.assertEqual((answer.status, answer.getheader("Location")), (400, None), (method, accept))
            for text in ("защищённому", "қорғалған", "secured"):
                self.assertIn(text, answer.content)

    def test_plain_http_has_limits_of_its_own(self):
        """Silent, endless and oversized ones are ended; the secured port does not notice."""
        def said(*pieces):
            with socket.create_connection(("127.0.0.1", self.plain_port), timeout=30) as s:
                got = b""
                with contextlib.suppress(ConnectionError):
                    for piece in pieces:
                        s.sendall(piece)
                    while more := s.recv(65536):
                        got += more
                return got.decode()
        begun = time.monotonic()
        self.assertIn(" 431 ", said(b"GET / HTTP/1.1\r\n", b"X: " + b"x" * 9000))
        self.assertIn(" 413 ", said(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n"))
        self.assertLess(time.monotonic() - begun, 8)
        crowd = [socket.create_connection(("127.0.0.1", self.plain_port), timeout=30) for _ in range(300)]
        self.assertEqual(self.client().get("/healthz").status, 200)
        self.assertIn(" 408 ", said(b"GET / HTTP/1.1\r\nHost: x\r\n"))
        for s in crowd:
            s.close()

    def test_versions_and_ciphers(self):
        for words, good in ((["-tls1_3"], True), (["-tls1_2"], True), (["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"], False),
                            (["-tls1_2", "-cipher", "AES256-SHA"], False),
                            (["-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA"], False),
                            (["-tls1_2", "-cipher", "ECDHE-ECDSA-CHACHA20-POLY1305"], True)):
            self.assertEqual(self.s_client(*words).returncode == 0, good, words)
        chosen = self.s_client().stdout
        self.assertIn("TLSv1.3", chosen)
        self.assertIn("Verify return code: 0 (ok)", chosen)

    def test_nothing_is_resumed(self):
        session = self.folder / "session"
        for version in ("-tls1_2", "-tls1_3"):
            first = self.s_client(version, "-sess_out", session).stdout
            self.assertNotIn("TLS session ticket:", first, version)
            if session.exists():  # a client keeps what it was not given a way to use
                self.assertNotIn("Reused", self.s_client(version, "-sess_in", session).stdout)

    def test_http_is_told_what_is_missing(self):
        answer = self.curl("-i", scheme="http")
        self.assertTrue(answer.stdout.startswith("HTTP/1.1 400 "), answer)
        for text in ("защищённому", "қорғалған", "secured"):
            self.assertIn(text, answer.stdout)

    def test_one_line_for_a_failure(self):
        """One a second at most: of a hundred strangers who say nothing sensible only a few make one."""
        time.sleep(1.1)
        before = self.site.lines().count("a TLS handshake failed")
        begun = time.monotonic()
        for _ in range(100):
            with socket.create_connection(("127.0.0.1", self.site.port), timeout=20) as s:
                s.sendall(b"\x16\x03\x01\x00\x04nope")  # a record of a handshake, and no greeting in it
                with contextlib.suppress(ConnectionError):
                    while s.recv(4096):
                        pass
        lines = self.site.lines().count("a TLS handshake failed") - before
        self.assertGreaterEqual(lines, 1)
        self.assertLessEqual(lines, time.monotonic() - begun + 2)
        self.assertLess(lines, 50)

    def test_the_computer_of_a_seat(self):
        self.assertIsNone(self.shown())
        self.assertEqual(self.shown("seat1"), fingerprint(self.folder, "seat1"))
        self.assertEqual(self.shown("seat2"), fingerprint(self.folder, "seat2"))

    def shown(self, computer=None):
        """The header of a proxy says nothing here: there is none."""
        pem = re.sub("\n", "%0A", (self.folder / "seat1.pem").read_text())
        answer = self.client(computer, "operator").send(
            "GET", "/halls/1/enrol", headers=[("X-Client-Verify", "SUCCESS"), ("X-Client-Cert", pem)])
        self.assertEqual(answer.status, 200, answer.content)
        text = answer.content.decode()
        found = re.search(r'"certificate":(?:null|"([0-9a-f]+)")', text)
        return found.group(1)

    def test_a_stranger_and_a_withdrawn_one_do_not_get_in(self):
        for name in ("other", "withdrawn"):
            with self.assertRaises((ssl.SSLError, ConnectionError), msg=name):
                self.client(name).get("/healthz")

    def test_the_certificate_is_read_again(self):
        def serial():
            with ssl.create_default_context(cafile=self.folder / "site.pem").wrap_socket(
                    self.site.connect().sock or self.raw(), server_hostname="127.0.0.1") as s:
                return s.getpeercert()["subject"]
        before = serial()
        kept = self.client()
        self.assertEqual(kept.get("/healthz").status, 200)
        for name in ("server.pem", "server.key"):
            shutil.copy(self.folder / name, self.folder / f"{name}.old")
        try:
            # what cannot be read changes nothing
            (self.folder / "server.pem").write_text("no certificate\n")
            self.hang_up("the certificate stays as it was")
            self.assertEqual(serial(), before)
            for name in ("pem", "key"):
                (self.folder / f"seat1.{name}.new").write_bytes((self.folder / f"seat1.{name}").read_bytes())
            self.new_certificate()
            self.hang_up("the certificate was read again")
            self.assertNotEqual(serial(), before)
            self.assertEqual(kept.get("/healthz").status, 200, "a connection goes on")
        finally:
            for name in ("server.pem", "server.key"):
                shutil.move(self.folder / f"{name}.old", self.folder / name)
            self.hang_up("the certificate was read again")
        self.assertEqual(serial(), before)

    def raw(self):
        connection = self.site.connect()
        connection.connect()
        return connection.sock

    def new_certificate(self):
        def run(*words):
            subprocess.run(["openssl", *words], cwd=self.folder, check=True, capture_output=True)
        run("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=next",
            "-keyout", "next.key", "-out", "next.csr")
        run("x509", "-req", "-in", "next.csr", "-CA", "site.pem", "-CAkey", "site.key", "-CAcreateserial",
            "-days", "2", "-extfile", "san", "-out", "next.pem")
        for name in ("pem", "key"):  # as tools do it: a new file takes the old one's name
            (self.folder / f"next.{name}").rename(self.folder / f"server.{name}")

    def hang_up(self, line):
        before = self.site.lines().count(line)
        self.site.process.send_signal(signal.SIGHUP)
        until = time.monotonic() + LATER_S
        while self.site.lines().count(line) == before:
            self.assertLess(time.monotonic(), until, f"no line: {line}")
            time.sleep(0.02)

    def test_what_does_not_belong_together_is_refused(self):
        folder = self.folder
        def start(*options):
            return subprocess.run([KONKURS, "serve", "--db", self.site.db, "--demonstration", "--listen", "127.0.0.1:0", *options],
                                  capture_output=True, text=True, check=False, timeout=60)
        for status, options in ((2, ["--tls-certificate", folder / "server.pem"]),
                                (2, ["--tls-client-ca", folder / "halls.pem"]),
                                (2, ["--redirect-port", "8081", "--origin", ORIGIN]),
                                (2, ["--redirect-port", "8081", "--tls-certificate", folder / "server.pem",
                                     "--tls-key", folder / "server.key"]),
                                (2, ["--redirect-port", "x", "--origin", ORIGIN, "--tls-certificate",
                                     folder / "server.pem", "--tls-key", folder / "server.key"]),
                                (2, ["--redirect-port", "8081", "--origin", "http://localhost", "--tls-certificate",
                                     folder / "server.pem", "--tls-key", folder / "server.key"]),
                                (1, ["--tls-certificate", folder / "server.pem", "--tls-key", folder / "seat1.key"]),
                                (1, ["--tls-certificate", folder / "none", "--tls-key", folder / "server.key"]),
                                (1, ["--tls-certificate", folder / "server.pem", "--tls-key", folder / "server.key",
                                     "--tls-client-ca", folder / "server.key"])):
            done = start(*options)
            self.assertEqual(done.returncode, status, done.stderr)
            # one line that says why; of a wrong command line the usage as well
            self.assertRegex(done.stderr, r"\Akonkurs serve: [^\n]+\n" + (r"\Z" if status == 1 else r"usage:\n"))


if __name__ == "__main__":
    unittest.main()
