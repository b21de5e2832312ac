"""Candidates who click, and remember every acknowledgement.

A candidate is a thread with one connection.  As the page does, it sends its clicks in order, one
at a time, and sends a click again with the same key until the server has answered it.  Now and
then it sends a click that was acknowledged once more, or the same click on two connections at
once, as a page does that lost an answer: it must stay one event.
"""
import json
import random
import socket
import threading
import time
import urllib.parse
from dataclasses import dataclass, field

QUESTIONS = 120
TIMEOUT_S = 40  # longer than any lock of the tests: a server that hangs is told apart from a slow one


@dataclass
class Click:
    number: int
    token: str   # "": the answer is taken back
    place: int   # of the option as shown; None: taken back
    key: str


class Refusal(Exception):
    """The server answered, and said no."""

    def __init__(self, status, body):
        super().__init__(f"{status} {body[:200]!r}")
        self.status = status
        self.stopped = "test.error.stopped" in body  # no question is shown while the clock stands


class Line:
    """A connection kept open; opened again when it was cut."""

    def __init__(self, port, person):
        self.port = port
        self.person = person
        self.socket = None
        self.rest = b""

    def close(self):
        if self.socket:
            self.socket.close()
        self.socket = None
        self.rest = b""

    def send(self, method, path, form=None):
        body = urllib.parse.urlencode(form).encode() if form is not None else b""
        head = (f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n"
                f"Cookie: konkurs_session={self.person['token']}\r\n"
                f"X-CSRF-Token: {self.person['csrf']}\r\n"
                "Content-Type: application/x-www-form-urlencoded\r\n"
                f"Content-Length: {len(body)}\r\n\r\n").encode()
        if not self.socket:
            self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=5)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.socket.settimeout(TIMEOUT_S)
        self.socket.sendall(head + body)

    def more(self):
        data = self.socket.recv(65536)
        if not data:
            raise ConnectionError("cut")
        self.rest += data

    def receive(self):
        """(status, JSON).  An answer that is not whole never arrived."""
        while b"\r\n\r\n" not in self.rest:
            self.more()
        head, _, self.rest = self.rest.partition(b"\r\n\r\n")
        size = 0
        for line in head.split(b"\r\n")[1:]:
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                size = int(value)
        while len(self.rest) < size:
            self.more()
        body, self.rest = self.rest[:size], self.rest[size:]
        status = int(head.split(b" ", 2)[1])
        try:
            return status, json.loads(body)
        except ValueError:
            return status, {"text": body[:200].decode(errors="replace")}

    def ask(self, method, path, form=None):
        """The JSON of an answer; Refusal if it is none; OSError if there was none."""
        try:
            self.send(method, path, form)
            status, body = self.receive()
        except (OSError, ValueError):
            self.close()
            raise
        if status != 200:
            raise Refusal(status, json.dumps(body.get("error", body), ensure_ascii=False))
        return body


@dataclass
class Trigger:
    """What happens at a moment of the load: once, at the n-th `kind` ("send", "ack")."""
    kind: str
    count: int
    action: object
    wait_s: float = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def tick(self, kind):
        if kind != self.kind:
            return
        with self.lock:
            self.count -= 1
            now = self.count == 0
        if now:
            if self.wait_s:
                time.sleep(self.wait_s)
            self.action()


class Candidate(threading.Thread):
    def __init__(self, load, seat, seed):
        super().__init__(daemon=True)
        self.load = load
        self.seat = seat
        self.attempt = seat["attempt"]
        self.random = random.Random(f"{seed}-{seat['seat']}")
        self.line = Line(load.port, seat)
        self.twin = Line(load.port, seat)
        self.tokens = {}
        self.acked = []     # clicks, in the order of their acknowledgements
        self.pending = None  # the click that is not acknowledged yet
        self.clicks = 0
        self.longest_s = 0.0

    # ---- what it asks --------------------------------------------------------------------

    def path(self, rest=""):
        return f"/tests/{self.attempt}{rest}"

    def options(self, number):
        if number not in self.tokens:
            question = self.line.ask("GET", self.path(f"/questions/{number}"))
            self.tokens[number] = [option["token"] for option in question["options"]]
        return self.tokens[number]

    def state(self):
        return self.line.ask("GET", self.path("/state"))

    def next_click(self):
        number = self.random.randint(1, self.load.questions)
        options = self.options(number)
        place = self.random.randrange(len(options))
        self.clicks += 1
        key = f"{self.attempt}-{self.clicks}-{self.random.getrandbits(64):016x}"
        if self.random.random() < 0.1:
            return Click(number, "", None, key)
        return Click(number, options[place], place, key)

    # ---- one click -----------------------------------------------------------------------

    def post(self, line, click):
        line.send("POST", self.path("/answers"),
                  {"number": click.number, "option": click.token, "key": click.key})

    def hear(self, line, click):
        status, body = line.receive()
        if status != 200:
            raise Refusal(status, json.dumps(body.get("error", body), ensure_ascii=False))
        echo = (body["number"], body["option"])
        if echo != (click.number, click.token):
            self.load.fault(f"attempt {self.attempt}: acknowledged {echo} for {click}")
        if not body["saved"]:
            raise Refusal(status, f"not saved: {body['refusal']}")
        return body

    def deliver(self, click):
        """True once the click is acknowledged."""
        twice = self.random.random() < self.load.twice
        try:
            self.post(self.line, click)
            if twice:
                self.post(self.twin, click)
            self.load.tick("send")
            self.hear(self.line, click)
        except (OSError, ValueError):
            self.line.close()
            self.twin.close()
            return False
        if twice:
            self.echo(click)
        return True

    def echo(self, click):
        """The second answer to the same click may get lost; if it comes, it is the same."""
        try:
            self.hear(self.twin, click)
        except (OSError, ValueError):
            self.twin.close()

    def again(self):
        """A click of long ago arrives once more."""
        click = self.random.choice(self.acked)
        try:
            self.post(self.line, click)
            self.hear(self.line, click)
        except (OSError, ValueError):
            self.line.close()

    # ---- the thread ----------------------------------------------------------------------

    def step(self):
        if self.pending is None:
            if self.acked and self.random.random() < self.load.again:
                self.again()
            self.pending = self.next_click()
        begun = time.monotonic()
        if not self.deliver(self.pending):
            time.sleep(self.random.uniform(0.005, 0.03))
            return
        self.longest_s = max(self.longest_s, time.monotonic() - begun)
        self.acked.append(self.pending)
        self.pending = None
        self.load.tick("ack")
        time.sleep(self.random.uniform(0, self.load.pause_s))

    def run(self):
        while not (self.load.ending and self.pending is None) and not self.load.given_up:
            try:
                self.step()
            except Refusal as refusal:
                self.line.close()
                self.twin.close()
                if not refusal.stopped:
                    self.load.refused(self, refusal)
                time.sleep(self.random.uniform(0.01, 0.05))
            except (OSError, ValueError):
                time.sleep(self.random.uniform(0.01, 0.05))
        self.line.close()
        self.twin.close()


class Load:
    """All candidates of a hall; `may_refuse(refusal)` says which refusals are honest."""

    def __init__(self, hall, seed, pause_s=0.02, questions=40, twice=0.03, again=0.05):
        self.port = hall.port
        self.pause_s = pause_s
        self.questions = questions
        self.twice = twice
        self.again = again
        self.ending = False
        self.given_up = False
        self.trigger = None
        self.refusals = 0
        self.faults = []
        self.may_refuse = lambda refusal: False
        self.candidates = [Candidate(self, seat, seed) for seat in hall.people["candidates"]]

    def enter(self):
        """Each takes its pen: the first GET of its page."""
        for candidate in self.candidates:
            candidate.line.ask("GET", candidate.path())

    def start(self):
        for candidate in self.candidates:
            candidate.start()
        return self

    def tick(self, kind):
        if self.trigger:
            self.trigger.tick(kind)

    def fault(self, text):
        if len(self.faults) < 20:
            self.faults.append(text)

    def refused(self, candidate, refusal):
        self.refusals += 1
        if not self.may_refuse(refusal):
            self.fault(f"attempt {candidate.attempt}: {refusal}")

    @property
    def acknowledged(self):
        return sum(len(c.acked) for c in self.candidates)

    @property
    def longest_s(self):
        return max(c.longest_s for c in self.candidates)

    def progress(self, count, within_s=20, server=None):
        """Waits until `count` more clicks are acknowledged, or a server that may die has died;
        False if neither comes."""
        goal = self.acknowledged + count
        end = time.monotonic() + within_s
        while self.acknowledged < goal and (server is None or server.alive()):
            if time.monotonic() > end:
                return False
            time.sleep(0.005)
        return True

    def finish(self, within_s=60):
        """Everybody stops clicking, when the last click of each is acknowledged."""
        self.ending = True
        end = time.monotonic() + within_s
        for candidate in self.candidates:
            candidate.join(max(0.0, end - time.monotonic()))
            if candidate.is_alive():
                self.fault(f"attempt {candidate.attempt}: {candidate.pending} never acknowledged")
        self.given_up = True
