"""Slow, many and oversized requests against a real server: who keeps the rules is served meanwhile.

usage: limits_test.py KONKURS"""
import contextlib
import pathlib
import resource
import socket
import sys
import time
import unittest

from served import Client, Site

KONKURS = pathlib.Path(sys.argv.pop()).resolve()
HEAD_S = 10       # server.c
FIRST_S = 20
GRACE_S = 20
BODIES = 384      # MiB
NAMELESS = 64
SLACK_S = 5
SLOW = 200
ANSWER_S = 2      # what a normal request may take while others are slow; ten times its usual time
LANGUAGES = ("Повторите", "Қайталап", "again")


class Limits(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        # a descriptor for each connection of this side
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, 16384), most))
        cls.site = Site(KONKURS)

    @classmethod
    def tearDownClass(cls):
        status = cls.site.close()
        assert status == 0, status

    def open(self, text=b"", source="127.0.0.1"):
        s = socket.create_connection(("127.0.0.1", self.site.port), timeout=60, source_address=(source, 0))
        self.addCleanup(s.close)
        if text:
            s.sendall(text)
        return s

    @staticmethod
    def rest(s):
        """Everything that comes until the other side ends; ConnectionResetError is an end too."""
        got = b""
        with contextlib.suppress(ConnectionResetError):
            while piece := s.recv(65536):
                got += piece
        return got.decode("utf-8", "replace")

    def serves(self):
        begun = time.monotonic()
        connection = self.site.connect()
        answer = Client(connection).get("/announcements")
        connection.close()
        self.assertEqual(answer.status, 200)
        self.assertLess(time.monotonic() - begun, ANSWER_S)

    def test_slow_heads_bodies_and_silence(self):
        """200 connections that never finish: each is ended in time, the others do not wait for it."""
        begun = time.monotonic()
        head = [self.open(b"GET / HTTP/1.1\r\nHost: x\r\n") for _ in range(SLOW // 2)]
        body = [self.open(b"POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded"
                          b"\r\nContent-Length: 90000\r\n\r\na=") for _ in range(SLOW // 4)]
        mute = [self.open() for _ in range(SLOW // 4)]
        said = 0
        while time.monotonic() - begun < HEAD_S + 1:  # something always comes, so that nothing idles
            for s in head:
                with contextlib.suppress(OSError):
                    s.sendall(b"X-a: b\r\n")
            for s in body:
                with contextlib.suppress(OSError):
                    s.sendall(b"x")
            self.serves()
            said += 1
            time.sleep(0.5)
        self.assertGreater(said, 5)
        for s in head:
            answer = self.rest(s)
            self.assertTrue(answer.startswith("HTTP/1.1 408 "), answer)
            for word in LANGUAGES:
                self.assertIn(word, answer)
        self.assertLess(time.monotonic() - begun, HEAD_S + SLACK_S)
        for s in body:
            self.assertTrue(self.rest(s).startswith("HTTP/1.1 408 "))
        for s in mute:
            self.assertEqual(self.rest(s), "")
        self.assertLess(time.monotonic() - begun, max(FIRST_S, GRACE_S) + 3 * SLACK_S)
        self.serves()

    def test_a_slow_reader(self):
        """Who asks for much and reads nothing keeps no answer in memory for long."""
        reader = socket.socket()
        self.addCleanup(reader.close)
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
        reader.connect(("127.0.0.1", self.site.port))
        reader.sendall(b"GET /announcements HTTP/1.1\r\nHost: x\r\n\r\n" * 400)
        time.sleep(GRACE_S + SLACK_S)
        with self.assertRaises(OSError):
            for _ in range(100):
                reader.sendall(b"GET / HTTP/1.1\r\n\r\n")
                time.sleep(0.05)
        self.serves()

    def test_what_is_too_large(self):
        large = b"POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 30000000\r\n\r\n"
        file = b"POST /bank/import HTTP/1.1\r\nHost: x\r\nContent-Length: 20000000\r\n\r\n"
        for status, text, more in (
                (413, large, b"x" * 3000000),
                (431, b"GET / HTTP/1.1\r\nHost: x\r\nCookie: " + b"a" * 40000, b"a" * 40000),
                (411, b"POST /sign-in HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", b"")):
            s = self.open(text)
            with contextlib.suppress(OSError):  # it may be over before all is sent
                s.sendall(more)
            answer = self.rest(s)
            self.assertTrue(answer.startswith(f"HTTP/1.1 {status} "), f"{status}: {answer[:80]!r}")
            self.assertIn("text/plain; charset=utf-8", answer)
            self.assertEqual(answer.count("\n"), answer.count("\r\n") + 3, "a line in each language")
        # a route that takes files takes this much in
        s = self.open(file)
        s.settimeout(1)
        with self.assertRaises(TimeoutError):
            s.recv(1)
        self.serves()

    def resident(self):
        """MiB of the server that are in memory."""
        text = pathlib.Path(f"/proc/{self.site.process.pid}/status").read_text("ascii")
        return int(text.split("VmRSS:")[1].split()[0]) // 1024

    def body(self, path, size, sent, cookie=b"", source="127.0.0.1"):
        """A body of which so much is sent at once, by whoever still reads it."""
        s = self.open(b"POST " + path + b" HTTP/1.1\r\nHost: x\r\n" + cookie +
                      f"Content-Length: {size}\r\n\r\n".encode(), source)
        s.settimeout(5)
        with contextlib.suppress(OSError):
            s.sendall(b"x" * sent)
        s.settimeout(60)
        return s

    def test_bodies_together(self):
        """Bodies that nobody finishes hold a bounded memory; who sends longest gives up, and is told."""
        mib = 1 << 20
        before = self.resident()
        held = [self.body(b"/bank/import", 20 * mib, 19 * mib) for _ in range(10)]
        self.assertLess(self.resident() - before, NAMELESS + 64, "without a session")
        answer = self.rest(held[0])
        self.assertTrue(answer.startswith("HTTP/1.1 503 "), answer[:80])
        self.assertIn("Retry-After: 30\r\n", answer)
        for word in ("файлов", "файл жіберілуде", "files"):
            self.assertIn(word, answer)
        self.serves()
        # whoever invents a session from one address gets a quarter of what is for all
        cookie = b"Cookie: konkurs_session=a\r\n"
        more = [self.body(b"/bank/import", 20 * mib, 19 * mib, cookie, "127.0.0.2") for _ in range(12)]
        self.assertTrue(self.rest(more[0]).startswith("HTTP/1.1 503 "))
        self.assertLess(self.resident() - before, BODIES)
        other = self.body(b"/bank/import", 20 * mib, 19 * mib, cookie, "127.0.0.3")
        other.settimeout(1)
        with self.assertRaises(TimeoutError, msg="another address is not put out for it"):
            other.recv(1)
        self.serves()
        for s in held + more:
            s.close()

    def test_fast_at_first(self):
        """What has come at once at first is no reason to wait for the rest for ever."""
        begun = time.monotonic()
        s = self.body(b"/bank/import", 20 << 20, 5 << 20)
        s.settimeout(0)
        answer = b""
        while not answer and time.monotonic() - begun < 3 * GRACE_S:
            with contextlib.suppress(OSError):
                s.sendall(b"x")
            time.sleep(1)
            with contextlib.suppress(BlockingIOError):
                answer = s.recv(65536)
        self.assertTrue(answer.startswith(b"HTTP/1.1 408 "), answer)
        self.assertLess(time.monotonic() - begun, 2 * GRACE_S + SLACK_S)

    def test_a_body_is_what_its_route_takes(self):
        """A certificate's signature is small: nobody may send 20 MB there."""
        for path, size, status in ((b"/sign-in/certificate", 2000000, 413), (b"/bank/import", 27 << 20, 413)):
            answer = self.rest(self.body(path, size, 1000))
            self.assertTrue(answer.startswith(f"HTTP/1.1 {status} "), answer[:80])

    def test_requests_that_follow_at_once(self):
        """Pipelined requests are each looked at anew."""
        one = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
        s = self.open(one * 50 + b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        self.assertEqual(self.rest(s).count('{"serving":true}'), 51)

    def test_an_address_has_a_share(self):
        """A flood from one address ends at its share; a hall behind another comes in."""
        most = 4096  # serve.c
        flood = []
        ended = 0
        for _ in range(most // 2 + 300):
            try:
                flood.append(self.open(source="127.0.0.2"))
            except OSError:
                break
        time.sleep(1)
        for s in flood:
            s.setblocking(False)
            with contextlib.suppress(BlockingIOError, ConnectionResetError):
                ended += s.recv(1) == b""
        self.assertGreaterEqual(ended, 250, "older ones made room, or further ones were refused")
        for _ in range(50):
            hall = self.open(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "127.0.0.3")
            self.assertIn("serving", self.rest(hall))
        again = self.open(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "127.0.0.2")
        self.assertIn("serving", self.rest(again), "who asks at once is served all the same")
        for s in flood:
            s.close()
        self.serves()

    def test_what_takes_long_has_a_rate(self):
        """A session may ask for tables and papers as fast as a person, not as a machine; pages go on."""
        connection = self.site.connect()
        self.addCleanup(connection.close)
        client = Client(connection, "hr1")
        seen = []
        for _ in range(200):
            answer = client.get("/competitions.csv")
            seen.append(answer.status)
            if answer.status == 429:
                break
        self.assertEqual(seen[-1], 429)
        self.assertGreaterEqual(len(seen), 50)
        self.assertGreater(int(answer.getheader("Retry-After")), 0)
        for language in ("kk", "ru", "en"):
            text = client.get("/competitions.csv", Accept="text/html", Accept_Language=language)
            self.assertEqual(text.status, 429)
        self.assertEqual(client.get("/competitions").status, 200)
        other = self.site.connect()
        self.addCleanup(other.close)
        self.assertEqual(Client(other, "auditor").get("/retention.csv").status, 200, "another person")
        time.sleep(2)
        self.assertEqual(client.get("/competitions.csv").status, 200, "it fills again")


if __name__ == "__main__":
    unittest.main()
