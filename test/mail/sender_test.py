"""konkurs mail against a real SMTP server.  Prints TAP.

    sender_test.py PROGRAM
"""
import email
import email.policy
import logging
import os
import pathlib
import shutil
import signal
import sqlite3
import ssl
import subprocess
import sys
import tempfile
import warnings

warnings.simplefilter("ignore")
logging.getLogger("mail.log").setLevel(logging.CRITICAL)  # what is refused on purpose
from aiosmtpd.controller import Controller  # noqa: E402
from aiosmtpd.smtp import AuthResult  # noqa: E402

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "packaging"))
from support import free_port  # noqa: E402

PROGRAM = sys.argv[1]
NOW_MS = 1796101200000  # 2026-12-01T10:00 in the zone
tests = []


def test(run):
    tests.append(run)
    return run


def want(got, expected, why):
    if got != expected:
        raise AssertionError(f"{why}: {got!r}, wanted {expected!r}")


class Handler:
    """Keeps what comes; answers as `script` says, then 250."""

    def __init__(self, script=(), on_data=None):
        self.script, self.on_data, self.mails = list(script), on_data, []

    async def handle_DATA(self, server, session, envelope):
        if self.on_data:
            self.on_data()
        answer = self.script.pop(0) if self.script else "250 taken"
        if answer.startswith("250"):
            self.mails.append((envelope, email.message_from_bytes(
                envelope.content, policy=email.policy.default)))
        return answer


class Server:
    def __init__(self, handler, port=None, **options):
        self.handler = handler
        self.controller = Controller(handler, hostname="127.0.0.1", port=port or free_port(), **options)

    def __enter__(self):
        self.controller.start()
        self.url = f"smtp://127.0.0.1:{self.controller.port}"
        return self

    def __exit__(self, *_):
        self.controller.stop()


class World:
    """A copy of one demonstration, in a folder of its own."""

    made = None

    def __init__(self, folder):
        self.db = os.path.join(folder, "k.db")
        if not World.made:
            World.made = tempfile.TemporaryDirectory()
            subprocess.run([PROGRAM, "demo", "--db", f"{World.made.name}/k.db", "--now", "2026-12-01T10:00"],
                           check=True, capture_output=True)
        shutil.copytree(World.made.name, folder, dirs_exist_ok=True)

    def run(self, sql, *values):
        with sqlite3.connect(self.db) as db:
            return db.execute(sql, values).fetchall()

    def queue(self, count=1, kind="notice", language="kk"):
        with sqlite3.connect(self.db) as db:
            person = db.execute("SELECT MIN(id) FROM person").fetchone()[0]
            for _ in range(count):
                notice = db.execute(
                    "INSERT INTO notice (person_id, kind, href, content, created_ms)"
                    " VALUES (?, 'minutes.sign', '/', '{}', ?) RETURNING id",
                    (person, NOW_MS)).fetchone()[0]
                db.execute(
                    "INSERT INTO mail (person_id, notice_id, kind, address, language, code, state,"
                    " attempts, next_ms, created_ms, problem)"
                    " VALUES (?, ?, ?, 'aliya@organ.kz', ?, ?, 'queued', 0, ?, ?, '')",
                    (person, notice if kind == "notice" else None, kind, language,
                     "12345678" if kind == "code" else "", NOW_MS, NOW_MS))

    def send(self, url, *more, now="2026-12-01T10:00", wait=True):
        words = [PROGRAM, "mail", "--db", self.db, "--server", url, "--from", "konkurs@prokuror.kz",
                 "--address", "https://konkurs.prokuror.kz/", "--now", now, *more]
        if not wait:
            return subprocess.Popen(words, stderr=subprocess.DEVNULL)
        done = subprocess.run([*words, "--once"], capture_output=True, encoding="utf-8", timeout=1200,
                              check=False)
        return done.returncode, done.stderr

    def states(self):
        return self.run("SELECT state, problem, attempts FROM mail ORDER BY id")


@test
def a_mail_as_it_comes(world):
    """headers that every mail program reads, nothing of what it is about"""
    world.queue()
    world.queue(kind="code", language="ru")
    with Server(Handler()) as server:
        status, log = world.send(server.url, "--plain")
    want(status, 0, log)
    want([s[0] for s in world.states()], ["sent", "sent"], "states")
    envelope, mail = server.handler.mails[0]
    want(envelope.mail_from, "konkurs@prokuror.kz", "from")
    want(envelope.rcpt_tos, ["aliya@organ.kz"], "to")
    want(mail["Subject"], "Сізге жаңа хабарлама бар", "subject")
    want(mail["Auto-Submitted"], "auto-generated", "auto")
    want(mail["Content-Language"], "kk", "language")
    want(mail["Message-ID"].endswith("@prokuror.kz>"), True, mail["Message-ID"])
    want(mail["Date"].datetime.utcoffset().total_seconds(), 5 * 3600.0, "zone")
    text = mail.get_content()
    notice = world.run("SELECT notice_id FROM mail WHERE kind = 'notice'")[0][0]
    want(f"https://konkurs.prokuror.kz/notices/{notice}" in text, True, text)
    for line in envelope.content.split(b"\r\n"):
        want(len(line) <= 78, True, line)
        line.decode("ascii")
    text = server.handler.mails[1][1].get_content()
    want("12345678" in text, True, text)
    want("Код подтверждения" in text, True, text)
    want(world.run("SELECT COUNT(*) FROM mail WHERE address <> '' OR code <> ''")[0][0], 0,
         "address and code are gone when they are sent")
    want("aliya" in log, False, "no address in the log")


@test
def the_server_is_away_and_comes_back(world):
    """put off, not lost; tried again when it is due and not before"""
    port = free_port()
    world.queue()
    want(world.send(f"smtp://127.0.0.1:{port}", "--plain")[0], 0, "status")
    want(world.states(), [("queued", "unreachable", 1)], "away")
    with Server(Handler(), port=port) as server:
        world.send(server.url, "--plain", now="2026-12-01T10:00")
        want(len(server.handler.mails), 0, "not due yet")
        world.send(server.url, "--plain", now="2026-12-01T10:02")
        want(len(server.handler.mails), 1, "due")
    want(world.states(), [("sent", "", 2)], "sent")


@test
def not_now_and_never(world):
    """4xx is tried again, 5xx is given up (RFC 5321, 4.2.1)"""
    world.queue(2)
    with Server(Handler(["451 later", "550 no such user"])) as server:
        world.send(server.url, "--plain")
        want(world.states(), [("queued", "later", 1), ("given_up", "refused", 1)], "first")
        world.send(server.url, "--plain", now="2026-12-01T10:02")
        want(world.states(), [("sent", "", 2), ("given_up", "refused", 1)], "second")


@test
def nothing_goes_out_in_clear(world):
    """a server without STARTTLS gets nothing unless told so; a strange certificate neither"""
    world.queue()
    with Server(Handler()) as server:
        world.send(server.url)
        want(server.handler.mails, [], "in clear")
    want(world.states(), [("queued", "tls", 1)], "in clear")
    with tempfile.TemporaryDirectory() as folder:
        own, other = make_certificate(folder, "own"), make_certificate(folder, "other")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*own)
        with Server(Handler(), tls_context=context) as server:
            url = server.url.replace("127.0.0.1", "localhost")
            world.send(url, "--authorities", other[0], now="2026-12-01T10:10")
            want(server.handler.mails, [], "a strange certificate")
            want(world.states(), [("queued", "tls", 2)], "a strange certificate")
            world.send(url, "--authorities", own[0], now="2026-12-01T11:00")
            want(len(server.handler.mails), 1, "with STARTTLS")
    want(world.states(), [("sent", "", 3)], "with STARTTLS")


def make_certificate(folder, name):
    cert, key = os.path.join(folder, name + ".pem"), os.path.join(folder, name + ".key")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3650",
                    "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-out", cert,
                    "-keyout", key], check=True, capture_output=True)
    return cert, key


@test
def the_password_comes_from_a_file(world):
    """a login that is refused is told as such, and tried again"""
    world.queue()

    def allow(server, session, envelope, mechanism, data):
        return AuthResult(success=data.login == b"konkurs" and data.password == b"right", handled=False)

    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "password")
        for password, now, state in (("wrong", "2026-12-01T10:00", ("queued", "login", 1)),
                                     ("right", "2026-12-01T10:10", ("sent", "", 2))):
            with open(path, "w", encoding="ascii") as file:
                file.write(password + "\n")
            with Server(Handler(), authenticator=allow, auth_require_tls=False,
                        auth_required=True) as server:
                world.send(server.url, "--plain", "--user", "konkurs", "--password-file", path, now=now)
            want(world.states(), [state], password)


@test
def killed_while_it_sends(world):
    """kill -9 between taking a mail and hearing that it was taken: once more, and not lost"""
    world.queue()
    sender = []
    with Server(Handler(on_data=lambda: sender and os.kill(sender.pop().pid, signal.SIGKILL))) as server:
        process = world.send(server.url, "--plain", wait=False)
        sender.append(process)
        process.wait(timeout=1200)
        want(process.returncode, -signal.SIGKILL, "killed")
        want(world.states(), [("queued", "", 1)], "taken, not settled")
        world.send(server.url, "--plain", now="2026-12-01T10:05")
        want(world.states(), [("sent", "", 2)], "sent")
        world.send(server.url, "--plain", now="2026-12-02T10:05")
        want(len(server.handler.mails), 2, "twice, and no third time")
        ids = {mail["Message-ID"] for _, mail in server.handler.mails}
        want(len(ids), 1, "one mail for whoever reads it")


@test
def five_hundred(world):
    world.queue(500)
    with Server(Handler()) as server:
        want(world.send(server.url, "--plain")[0], 0, "status")
        want(len(server.handler.mails), 500, "mails")
    want(set(world.states()), {("sent", "", 1)}, "states")


@test
def it_ends_when_told(world):
    with Server(Handler()) as server:
        process = world.send(server.url, "--plain", wait=False)
        for _ in range(600):
            if world.run("SELECT COUNT(*) FROM mail_service")[0][0]:
                break
            subprocess.run(["sleep", "0.1"], check=True)
        process.send_signal(signal.SIGTERM)
        want(process.wait(timeout=1200), 0, "status")


@test
def what_it_wants(world):
    """a wrong command line is told before anything is sent"""
    for words, why in ((["--from", "a@x.kz\nBcc: b@x.kz"], "--from"),
                       (["--server", "http://x"], "--server"), (["--address", "x"], "--address"),
                       (["--user", "x"], "--password-file")):
        full = {"--db": world.db, "--server": "smtp://127.0.0.1:1", "--from": "a@x.kz",
                "--address": "https://x"}
        full[words[0]] = words[1]
        done = subprocess.run([PROGRAM, "mail", *(w for pair in full.items() for w in pair)],
                              capture_output=True, encoding="utf-8", timeout=1200, check=False)
        want(done.returncode, 2, words)
        want(why in done.stderr, True, done.stderr)


def main():
    print(f"1..{len(tests)}")
    failed = 0
    for number, run in enumerate(tests, 1):
        with tempfile.TemporaryDirectory() as folder:
            try:
                run(World(folder))
                print(f"ok {number} {run.__name__}")
            except Exception as why:  # every kind of failure is one of the test
                failed += 1
                print(f"not ok {number} {run.__name__}\n# {type(why).__name__}: {why}".replace("\n", "\n# "))
    sys.exit(1 if failed else 0)


main()
