"""A real server of the program on a demonstration database, and a client that signs in."""
import atexit
import functools
import http.client
import json
import os
import pathlib
import re
import shutil
import ssl
import subprocess
import tempfile
import time
import urllib.parse

from support import ROOT, free_port, wait_for

DEMO = json.loads((ROOT / "sample" / "demo.json").read_text("utf-8"))


@functools.cache
def demonstration(konkurs):
    """A folder with a database that nobody changes, made once a run: its passwords take their time."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="konkurs-demo-"))
    atexit.register(shutil.rmtree, folder)
    subprocess.run([konkurs, "demo", "--db", folder / "demo.db"], check=True, capture_output=True)
    return folder


class Site:
    """`konkurs serve` with these options; close() ends it.  `konkurs`: the program, or words before and it."""

    def __init__(self, konkurs, *options, folder=None, db=None, port=None):
        self.own = folder is None
        self.folder = pathlib.Path(folder or tempfile.mkdtemp(prefix="konkurs-site-"))
        self.db = db or self.folder / "demo.db"
        self.log = self.folder / "log"
        self.port = port or free_port()
        if not db and not self.db.exists():
            for path in demonstration(konkurs).iterdir():
                shutil.copy2(path, self.folder / path.name)
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [*(konkurs if isinstance(konkurs, list) else [konkurs]), "serve", "--db", self.db, "--listen", f"127.0.0.1:{self.port}", *options],
                stderr=log)
        wait_for(self.port, self.process)
        while self.process.poll() is None and not re.search(r'[ "]serving ', self.lines()):
            time.sleep(0.01)

    def close(self):
        self.process.terminate()
        status = self.process.wait()
        if self.own:
            shutil.rmtree(self.folder)
        return status

    def lines(self):
        return self.log.read_text("utf-8")

    def status(self):
        """What the kernel says of the process: name -> value."""
        text = pathlib.Path(f"/proc/{self.process.pid}/status").read_text("utf-8")
        return dict(line.split(":\t", 1) for line in text.splitlines() if ":\t" in line)

    def connect(self, context=None, source="127.0.0.1"):
        if context:
            return http.client.HTTPSConnection("127.0.0.1", self.port, context=context, timeout=20,
                                               source_address=(source, 0))
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=20, source_address=(source, 0))


def trusting(folder, computer=None):
    """A client that knows the authority of the site and shows the certificate of a computer."""
    context = ssl.create_default_context(cafile=folder / "site.pem")
    if computer:
        context.load_cert_chain(folder / f"{computer}.pem", folder / f"{computer}.key")
    return context


class Client:
    """One person at one connection after another."""

    def __init__(self, connection, who=None):
        self.connection = connection
        self.cookies = {}
        if who:
            self.sign_in(who)

    def send(self, method, path, body=None, headers=()):
        head = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()),
                "Accept": "application/json", **dict(headers)}
        self.connection.request(method, path, body, head)
        answer = self.connection.getresponse()
        answer.content = answer.read()
        for name, value in answer.getheaders():
            if name == "Set-Cookie":
                key, _, text = value.split(";")[0].partition("=")
                self.cookies[key] = text
        return answer

    def get(self, path, **headers):
        return self.send("GET", path, headers=[(k.replace("_", "-"), v) for k, v in headers.items()])

    def token(self, path):
        page = self.get(path, Accept="text/html").content.decode()
        return re.search(r'name="csrf" value="([^"]+)"', page).group(1)

    def post(self, path, form, token=None):
        return self.send("POST", path, urllib.parse.urlencode({**form, "csrf": token or self.token(path)}),
                         [("Content-Type", "application/x-www-form-urlencoded")])

    def upload(self, path, field, name, media, content, form=(), token=None):
        """One file in a form of several parts."""
        mark = os.urandom(12).hex()
        parts = [f'--{mark}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'.encode()
                 for k, v in {**dict(form), "csrf": token}.items()]
        head = (f'--{mark}\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n'
                f"Content-Type: {media}\r\n\r\n").encode()
        body = b"".join(parts) + head + content + f"\r\n--{mark}--\r\n".encode()
        return self.send("POST", path, body, [("Content-Type", f"multipart/form-data; boundary={mark}")])

    def sign_in(self, who):
        person = next(p for p in DEMO["people"] if p["key"] == who)
        answer = self.post("/sign-in", {"iin": person["iin"], "password": DEMO["password"]})
        if answer.status != 200:
            raise AssertionError(f"{who} cannot sign in: {answer.status} {answer.content!r}")
