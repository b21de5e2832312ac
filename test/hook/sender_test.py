"""konkurs hooks against real receivers, behind a real server.  Prints TAP.

    sender_test.py PROGRAM
"""
import base64
import hashlib
import hmac
import http.cookiejar
import http.server
import json
import os
import pathlib
import shutil
import signal
import sqlite3
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "packaging"))
from support import free_port, make_certificates, wait_for  # noqa: E402

PROGRAM = sys.argv[1]
DEMO = json.loads((pathlib.Path(__file__).resolve().parents[2] / "sample/demo.json").read_text("utf-8"))
tests = []


def test(run):
    tests.append(run)
    return run


def want(got, expected, why):
    if got != expected:
        raise AssertionError(f"{why}: {got!r}, wanted {expected!r}")


def until(true, seconds=30):
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise AssertionError("it did not come about")
        time.sleep(0.02)


class Receiver:
    """Keeps what comes; answers as `script` says (a status, or (status, headers, body)), then 204."""

    def __init__(self, script=(), on_post=None, tls=None):
        self.script, self.got, self.port = list(script), [], free_port()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append((self.headers, body))
                if on_post:
                    on_post(len(receiver.got))
                answer = receiver.script.pop(0) if receiver.script else 204
                status, headers, text = answer if isinstance(answer, tuple) else (answer, {}, b"")
                try:
                    self.send_response(status)
                    for name, value in {**headers, "Content-Length": str(len(text))}.items():
                        self.send_header(name, value)
                    self.end_headers()
                    self.wfile.write(text)
                except OSError:
                    pass  # the sender has gone

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(tls / "server.pem", tls / "server.key")
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.url = f"http{'s' if tls else ''}://127.0.0.1:{self.port}/hook"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def ids(self):
        return [headers["webhook-id"] for headers, _ in self.got]


class Client:
    """Somebody who speaks to the site as programs do."""

    def __init__(self, site, key):
        self.site = site
        self.opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
        person = next(p for p in DEMO["people"] if p["key"] == key)
        self.post("/sign-in", iin=person["iin"], password=DEMO["password"])

    def ask(self, path, data=None, token=None):
        headers = {"Accept": "application/json", "Content-Type": "application/json"}
        if token:
            headers["X-CSRF-Token"] = token
        request = urllib.request.Request(self.site + path, data, headers)
        try:
            with self.opener.open(request, timeout=60) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as refusal:
            return refusal.code, json.load(refusal)

    def post(self, path, **fields):
        token = self.ask("/verify")[1]["page"]["csrf"]
        status, answer = self.ask(path, json.dumps(fields).encode(), token)
        want(status, 200, f"{path}: {answer}")
        return answer


class World:
    """A demonstration with two administrators, a copy for each test, and its server."""

    made = None

    def __init__(self, folder):
        self.folder, self.db = folder, os.path.join(folder, "k.db")
        if not World.made:
            World.made = tempfile.TemporaryDirectory()
            db = f"{World.made.name}/k.db"
            subprocess.run([PROGRAM, "demo", "--db", db], check=True, capture_output=True)
            hr = next(p for p in DEMO["people"] if p["key"] == "hr2")
            subprocess.run([PROGRAM, "user", "grant", "--db", db, "--iin", hr["iin"], "--role", "admin",
                            "--organ", "pgo"], check=True, capture_output=True)
        shutil.copytree(World.made.name, folder, dirs_exist_ok=True)
        port = free_port()
        self.site = f"http://127.0.0.1:{port}"
        self.server = subprocess.Popen([PROGRAM, "serve", "--db", self.db, "--listen", f"127.0.0.1:{port}",
                                        "--no-confinement"], stderr=subprocess.DEVNULL)
        self.senders = []
        wait_for(port, self.server)

    def end(self):
        for process in [*self.senders, self.server]:
            if process.poll() is None:
                process.kill()
            process.wait()

    def run(self, sql, *values):
        db = sqlite3.connect(self.db, timeout=30, isolation_level=None)
        try:
            return db.execute(sql, values).fetchall()
        finally:
            db.close()

    def let_in(self, url, inside=True, events=("announcement.published",)):
        """By two administrators; gives the secret and the first one."""
        first, second = Client(self.site, "admin"), Client(self.site, "hr2")
        fields = {"url": url, "reason": "A test", "events": list(events)}
        made = first.post("/admin/hooks", **fields, **({"inside": True} if inside else {}))
        hook = second.ask("/admin/hooks")[1]["hooks"][0]["id"]
        second.post(f"/admin/hooks/{hook}/answer", answer="yes")
        self.hook, self.admin = hook, first
        return base64.b64decode(made["secret"].removeprefix("whsec_"))

    def test(self, count=1):
        for _ in range(count):
            self.admin.post(f"/admin/hooks/{self.hook}/test")

    def send(self, *more, wait=True):
        words = [PROGRAM, "hooks", "--db", self.db, *more]
        if not wait:
            self.senders.append(subprocess.Popen(words, stderr=subprocess.DEVNULL))
            return self.senders[-1]
        done = subprocess.run([*words, "--once"], capture_output=True, encoding="utf-8", timeout=120, check=False)
        want(done.returncode, 0, done.stderr)
        return done.stderr

    def due(self):
        self.run("UPDATE hook_delivery SET next_ms = 0 WHERE state = 'queued'")

    def states(self):
        return self.run("SELECT state, problem, status, attempts FROM hook_delivery ORDER BY id")


def signed_by(secret, headers, body):
    """As docs/api.md tells receivers to."""
    text = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    mine = "v1," + base64.b64encode(hmac.new(secret, text, hashlib.sha256).digest()).decode()
    return hmac.compare_digest(mine, headers["webhook-signature"])


@test
def an_event_as_it_comes(world):
    """what HR does is told, signed, without a name; and where it goes nobody else may see"""
    with Receiver() as receiver:
        secret = world.let_in(receiver.url)
        hr = Client(world.site, "hr1")
        status, refusal = hr.ask("/admin/hooks")
        want((status, refusal["error"]["key"]), (403, "error.role"), "HR looks")
        hr.post("/competitions/1/correct", text_kk="Түзетілген мәтін", text_ru="Исправленный текст",
                reason_kk="Қате", reason_ru="Ошибка")
        world.send()
    headers, body = receiver.got[0]
    want(len(receiver.got), 1, "deliveries")
    want(signed_by(secret, headers, body), True, "signature")
    want(signed_by(secret, headers, body + b" "), False, "another body")
    want(abs(int(headers["webhook-timestamp"]) - time.time()) < 120, True, headers["webhook-timestamp"])
    want(headers["Content-Type"], "application/json", "media type")
    told = json.loads(body)
    want(told["type"], "announcement.published", "type")
    want(told["data"], {"competition": 1, "subject": "competition/1"}, "data")
    want(world.states(), [("sent", "", 204, 1)], "states")
    shown = world.admin.ask("/admin/hooks")[1]
    want([h["waiting"] for h in shown["hooks"]], [0], "what waits")
    want("whsec_" in json.dumps(shown), False, "the secret is shown once")


@test
def order_and_retry(world):
    """one that fails is tried again under its name, and those behind it wait"""
    with Receiver([500, 503]) as receiver:
        world.let_in(receiver.url)
        world.test(3)
        world.send()
        want(world.states()[0], ("queued", "status", 500, 1), "the first one")
        want(len(receiver.got), 1, "the others wait")
        world.send()
        want(len(receiver.got), 1, "it is put off")
        world.due()
        world.send()
        world.due()
        world.send()
    ids = receiver.ids()
    want((len(ids), ids[0] == ids[1] == ids[2], len(set(ids))), (5, True, 3), ids)
    want([s[0] for s in world.states()], ["sent"] * 3, "states")


@test
def killed(world):
    """kill -9 in the middle: none is lost, at most the one on its way comes twice, the order is kept"""
    sender = []

    def kill(count):
        if count == 5:
            sender[0].send_signal(signal.SIGKILL)
            sender[0].wait()

    with Receiver(on_post=kill) as receiver:
        world.let_in(receiver.url)
        world.test(12)
        sender.append(world.send(wait=False))
        until(lambda: sender[0].poll() is not None)
        want(len([s for s in world.states() if s[0] == "sent"]), 4, "before")
        world.due()  # not to wait for its pause
        world.send(wait=False)
        until(lambda: all(s[0] == "sent" for s in world.states()))
    ids = receiver.ids()
    first = list(dict.fromkeys(ids))
    want(first, [row[0] for row in world.run("SELECT message FROM hook_delivery ORDER BY id")], "order")
    want((len(ids), ids[4] == ids[5]), (13, True), "one came twice")


@test
def two_at_once(world):
    """of two senders one sends: nothing twice"""
    with Receiver() as receiver:
        world.let_in(receiver.url)
        world.test(15)
        world.send(wait=False)
        world.send(wait=False)
        until(lambda: all(s[0] == "sent" for s in world.states()))
    want((len(receiver.got), len(set(receiver.ids()))), (15, 15), "deliveries")
    want({s[3] for s in world.states()}, {1}, "attempts")


@test
def where_it_may_go(world):
    """no private network unless two have said so, no redirect, nothing of the answer is read"""
    with Receiver() as elsewhere, Receiver([(302, {"Location": elsewhere.url}, b""),
                                            (200, {}, b"x" * 5_000_000)]) as receiver:
        world.let_in(receiver.url, inside=False)
        world.test()
        world.send()
        want(world.states(), [("queued", "address", 0, 1)], "a private network")
        want(receiver.got, [], "nothing went there")
        world.run("UPDATE hook SET inside = 1")
        world.due()
        world.send()
        want(world.states(), [("queued", "redirect", 302, 2)], "a redirect")
        world.due()
        world.send()
        want(world.states(), [("sent", "", 200, 3)], "a large answer")
        want(elsewhere.got, [], "nothing went elsewhere")


@test
def tls(world):
    """a certificate that nobody vouches for is not spoken to"""
    make_certificates(pathlib.Path(world.folder))
    with Receiver(tls=pathlib.Path(world.folder)) as receiver:
        world.let_in(receiver.url)
        world.test()
        world.send()
        want(world.states(), [("queued", "tls", 0, 1)], "unknown")
        world.due()
        world.send("--authorities", f"{world.folder}/stranger.pem")
        want(world.states(), [("queued", "tls", 0, 2)], "of another")
        world.due()
        world.send("--authorities", f"{world.folder}/site.pem")
        want(world.states(), [("sent", "", 204, 3)], "known")
        want(len(receiver.got), 1, "deliveries")


@test
def gone(world):
    """410 turns the address off, the administrators are told, what waits stays"""
    with Receiver([410]) as receiver:
        world.let_in(receiver.url)
        world.test(2)
        world.send()
        want([s[:3] for s in world.states()], [("given_up", "gone", 410), ("queued", "", 0)], "states")
        want(world.run("SELECT state, why FROM hook"), [("off", "gone")], "the address")
        want(world.run("SELECT COUNT(*) FROM notice WHERE kind = 'hook.stopped'"), [(2,)], "notices")
        want(len(receiver.got), 1, "nothing more goes there")
    checked = subprocess.run([PROGRAM, "check", "--db", world.db, "--json"], capture_output=True, encoding="utf-8",
                             check=False)
    want("hooks_stopped" in checked.stdout, True, checked.stdout[:400])


@test
def away_and_ended(world):
    """nobody listens; and SIGTERM ends the sender"""
    with Receiver() as receiver:
        world.let_in(receiver.url)
    world.test()
    world.send()
    want(world.states(), [("queued", "unreachable", 0, 1)], "away")
    sender = world.send(wait=False)
    until(lambda: world.run("SELECT COUNT(*) FROM lease WHERE name = 'hooks'") == [(1,)])
    sender.terminate()
    want(sender.wait(timeout=20), 0, "status")


def main():
    print(f"1..{len(tests)}")
    failed = 0
    for number, run in enumerate(tests, 1):
        with tempfile.TemporaryDirectory() as folder:
            world = None
            try:
                world = World(folder)
                run(world)
                print(f"ok {number} - {run.__doc__}", flush=True)
            except Exception as why:  # pylint: disable=broad-except
                failed += 1
                print(f"not ok {number} - {run.__doc__}\n# {run.__name__}: {type(why).__name__}: {why}", flush=True)
            finally:
                if world:
                    world.end()
    sys.exit(failed > 0)


main()
