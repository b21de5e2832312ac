"""A hall of candidates on a real database file, and the server in front of it.

    with Hall(case, seats=40) as hall:
        server = hall.serve()
        server.kill(); server = hall.serve()
"""
import ctypes
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "test/packaging"))
from support import free_port  # noqa: E402
KONKURS = pathlib.Path(os.environ.get("KONKURS", ROOT / "build/src/konkurs")).resolve()
BUILD = KONKURS.parents[1]
SANITIZER = os.environ.get("FAULTS_SANITIZER", "")  # libasan.so, before other preloads

LIBC = ctypes.CDLL(None)  # before there are threads
PR_SET_PDEATHSIG = 1
START_S = 20
STOP_S = 20


class Fault(Exception):
    """What a case was looking for, found."""


def library(name):
    path = BUILD / "test/faults" / f"lib{name}.so"
    if not path.exists():
        raise Fault(f"{path} is not built")
    return path


def die_with_parent():
    """In the child: no server outlives a test that was itself killed."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Server:
    """One life of `konkurs serve`."""

    def __init__(self, hall, preload="", **settings):
        env = dict(os.environ, **{k: str(v) for k, v in settings.items()})
        preload = " ".join(p for p in (SANITIZER, str(library(preload)) if preload else "") if p)
        if preload:
            env["LD_PRELOAD"] = preload
        self.port = hall.port
        self.log = open(hall.folder / "server.log", "ab")
        self.begun = time.monotonic()
        self.process = subprocess.Popen(
            [KONKURS, "serve", "--db", hall.db, "--listen", f"127.0.0.1:{hall.port}"], env=env,
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log,
            preexec_fn=die_with_parent)

    def ready(self):
        """Waits until it answers."""
        end = time.monotonic() + START_S
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise Fault(f"the server ended by itself: {self.process.returncode}")
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=2) as s:
                    s.settimeout(START_S)
                    s.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n"
                              b"Connection: close\r\n\r\n")
                    if s.recv(64).startswith(b"HTTP/1.1 200"):
                        return self
            except OSError:
                pass
            time.sleep(0.01)
        raise Fault(f"the server does not answer within {START_S} s")

    def alive(self):
        return self.process.poll() is None

    def kill(self):
        """SIGKILL, to this very process; it may be called from any thread."""
        os.kill(self.process.pid, signal.SIGKILL)

    def killed(self):
        """Waits for the end of a killed server; any other end is a fault."""
        status = self.process.wait(timeout=STOP_S)
        self.log.close()
        if status != -signal.SIGKILL:
            raise Fault(f"the server ended by itself with status {status}")

    def stop(self):
        """As an operator does; it must end well."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(timeout=STOP_S)
        self.log.close()
        if status != 0:
            raise Fault(f"the server ended with status {status}")


class Hall:
    """A folder with a database in which candidates sit before a started test."""

    def __init__(self, name, seats=40, folder=None):
        self.name = name
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix=f"konkurs-{name}-"))
        self.data = pathlib.Path(folder) if folder else self.folder / "data"
        self.data.mkdir(exist_ok=True)
        self.port = free_port()
        self.servers = []
        out = self.folder / "hall.json"
        program = pathlib.Path(os.environ.get("KONKURS_HALL", BUILD / "bench/hall"))
        subprocess.run([program, "--db", self.db, "--candidates", str(seats), "--out", out,
                        "--start"], check=True, capture_output=True, timeout=300)
        self.people = json.loads(out.read_text())

    @property
    def db(self):
        return self.data / "konkurs.db"

    def serve(self, preload="", **settings):
        """A server that answers."""
        return self.begin(preload, **settings).ready()

    def begin(self, preload="", **settings):
        """A server that may not answer yet."""
        self.servers.append(Server(self, preload, **settings))
        return self.servers[-1]

    def tell(self, count=15):
        """The end of the server's log, for whoever looks for the cause."""
        lines = (self.folder / "server.log").read_text(errors="replace").splitlines()
        return [line for line in lines if ": info: " not in line][-count:]

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        for server in self.servers:
            if server.alive():
                server.kill()
                server.process.wait(timeout=STOP_S)
        if kind is None:
            shutil.rmtree(self.folder, ignore_errors=True)
        else:
            print(f"# {self.name}: database and log are kept in {self.folder}")
            for line in self.tell():
                print(f"#   {line}")
