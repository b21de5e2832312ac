"""A database that stands still, behind HAProxy and nginx as packaging/ha sets them up: how long until people are sent
elsewhere, and that nobody is refused where there is no elsewhere (docs/ha.md).

usage: frozen_test.py KONKURS"""
import collections
import csv
import http.client
import os
import pathlib
import selectors
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.parse

from nodes_test import Database, Node, until
from support import ROOT, free_port

PROXY, NGINX = "/usr/sbin/haproxy", "/usr/sbin/nginx"
OUT_S = 5        # 2 s in which the loop may be silent, two checks, and a machine with other work
BACK_S = 8
SEATED = ("a", "b")


class Relay(threading.Thread):
    """In front of a PostgreSQL's socket; `frozen`: nothing goes through, and nothing is broken off."""

    def __init__(self, url):
        super().__init__(daemon=True)
        parts = urllib.parse.urlsplit(url)
        self.words = dict(urllib.parse.parse_qsl(parts.query))
        self.target = f"{self.words['host']}/.s.PGSQL.{self.words.get('port', '5432')}"
        self.door = socket.create_server(("127.0.0.1", 0))
        at = f"127.0.0.1:{self.door.getsockname()[1]}"
        user = f"{parts.username}@" if parts.username else f"{self.words['user']}@" if "user" in self.words else ""
        self.url = f"postgresql://{user}{at}{parts.path}?sslmode=disable"
        self.other, self.frozen, self.ends = {}, threading.Event(), threading.Event()
        self.ready = selectors.DefaultSelector()
        self.ready.register(self.door, selectors.EVENT_READ)
        self.start()

    def accept(self):
        near, _ = self.door.accept()
        far = socket.socket(socket.AF_UNIX)
        far.connect(self.target)
        for one, other in ((near, far), (far, near)):
            self.other[one] = other
            self.ready.register(one, selectors.EVENT_READ)

    def pass_on(self, one):
        other = self.other.get(one)
        if not other:
            return
        try:
            data = one.recv(1 << 16)
            if data:
                other.sendall(data)
        except OSError:
            data = b""
        if not data:
            for end in (one, other):
                self.ready.unregister(end)
                del self.other[end]
                end.close()

    def run(self):
        while not self.ends.is_set():
            for key, _ in self.ready.select(0.1):
                if self.frozen.is_set():
                    time.sleep(0.02)
                elif key.fileobj is self.door:
                    self.accept()
                else:
                    self.pass_on(key.fileobj)


class Entrance:
    """HAProxy of one machine, and the nginx of each machine with a node, from the files of packaging/ha."""

    def __init__(self, folder):
        self.folder = folder
        names = ("database", "web", "inner", "konkurs", "metrics", "entrance", "etcd", "etcd_peer", "patroni", "postgres")
        self.ports = {name: {door: free_port() for door in names} for name in ("a", "b", "c")}
        self.processes = []

    def configure(self):
        lines = ["[cluster]", "host = localhost", "nginx_workers = 1", "nginx_foreground = daemon off;"]
        for name, ports in self.ports.items():
            run = self.folder / name / "run"
            run.mkdir(parents=True)
            run.chmod(0o777)
            roles = "base app" if name in SEATED else "base"
            lines += [f"[machine {name}]", f"roles = {roles}", "address = 127.0.0.1", f"run = {run}",
                      f"etc = {self.folder / 'out' / name}", *(f"{door} = {port}" for door, port in ports.items())]
        ini = self.folder / "cluster.ini"
        ini.write_text("\n".join(lines) + "\n", "utf-8")
        subprocess.run([ROOT / "packaging/ha/configure", ini, self.folder / "out"], check=True, timeout=60)

    def run(self, *command, name):
        with open(self.folder / name, "ab") as log:
            self.processes.append(subprocess.Popen([str(word) for word in command], stdout=log, stderr=log))

    def start(self):
        for name in SEATED:
            self.run(NGINX, "-e", "stderr", "-c", self.folder / "out" / name / "nginx.conf", name=f"nginx-{name}.log")
        self.run(PROXY, "-db", "-f", self.folder / "out/a/haproxy.cfg", name="haproxy.log")

    def stop(self):
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.wait(20)

    def up(self, backend):
        """The servers of that part to which HAProxy sends requests."""
        with socket.socket(socket.AF_UNIX) as door:
            door.connect(str(self.folder / "a/run/haproxy.sock"))
            door.sendall(b"show stat\n")
            text = b"".join(iter(lambda: door.recv(1 << 16), b"")).decode()
        rows = csv.DictReader(text.lstrip("# ").splitlines())
        return {row["svname"] for row in rows if row["pxname"] == backend and row["status"].startswith("UP")
                and row["svname"] not in ("FRONTEND", "BACKEND")}


class Frozen(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="konkurs-frozen-", dir="/tmp"))
        self.folder.chmod(0o755)
        self.addCleanup(shutil.rmtree, self.folder)
        self.database = Database()
        self.addCleanup(self.database.close)
        self.front = Entrance(self.folder)
        self.front.configure()
        self.relay = Relay(self.database.url)
        self.addCleanup(self.relay.ends.set)
        self.nodes = {}
        for name in SEATED:
            ports = self.front.ports[name]
            self.nodes[name] = Node(self.database, "--node", name, "--metrics", f"127.0.0.1:{ports['metrics']}",
                                    url=self.relay.url if name == "a" else None, port=ports["konkurs"])
            self.addCleanup(self.nodes[name].close)
        self.front.start()
        self.addCleanup(self.front.stop)
        until(lambda: self.up("nodes") == set(SEATED), 20)
        self.told, self.ends = collections.deque(), threading.Event()

    def up(self, backend):
        try:
            return self.front.up(backend)
        except OSError:
            return set()

    def ask(self, port, path="/announcements", context=None):
        """Status of one request, and how long it took."""
        begun = time.monotonic()
        connection = (http.client.HTTPSConnection("127.0.0.1", port, timeout=60, context=context) if context
                      else http.client.HTTPConnection("127.0.0.1", port, timeout=60))
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            answer.read()
            return answer.status, time.monotonic() - begun
        finally:
            connection.close()

    def go_on_asking(self):
        while not self.ends.is_set():
            self.told.append((time.monotonic(), *self.ask(self.front.ports["a"]["web"])))
            time.sleep(0.1)

    def askers(self, count):
        threads = [threading.Thread(target=self.go_on_asking) for _ in range(count)]
        for thread in threads:
            thread.start()
        return threads

    def signal(self, number):
        leader = int((self.database.folder / "pg/data/postmaster.pid").read_text().split()[0])
        children = pathlib.Path(f"/proc/{leader}/task/{leader}/children").read_text().split()
        for pid in [leader, *map(int, children)]:
            os.kill(pid, number)

    def test_one_node_whose_database_stands_still(self):
        """It is out within seconds, and the other one answers everybody."""
        threads = self.askers(4)
        time.sleep(1)
        self.relay.frozen.set()
        begun = time.monotonic()
        until(lambda: self.up("nodes") == {"b"}, 20)
        out = time.monotonic() - begun
        self.told.clear()
        time.sleep(3)
        fresh = list(self.told)
        self.relay.frozen.clear()
        begun = time.monotonic()
        until(lambda: self.up("nodes") == set(SEATED), 30)
        back = time.monotonic() - begun
        self.ends.set()
        for thread in threads:
            thread.join(60)
        print(f"# a node with a frozen database is out after {out:.1f} s, back after {back:.1f} s; load "
              f"{os.getloadavg()[0]:.1f}", file=sys.stderr, flush=True)
        self.assertLess(out, OUT_S)
        self.assertLess(back, BACK_S)
        self.assertEqual({status for _, status, _ in [*fresh, *self.told]}, {200})
        since = [took for at, _, took in fresh if took < 1]
        self.assertGreater(len(since), 20, "the other one answers")

    def test_all_stand_still(self):
        """Nobody is ready; requests wait at nodes that live, and are answered when the database goes on."""
        self.signal(signal.SIGSTOP)
        try:
            begun = time.monotonic()
            until(lambda: not self.up("nodes"), 20)
            out = time.monotonic() - begun
            threads = self.askers(3)
            lives = []
            while time.monotonic() < begun + 12:
                lives.append(self.up("waiting"))
                time.sleep(0.2)
            self.assertEqual(list(self.told), [], "nobody is told what is not known, nor refused")
        finally:
            self.signal(signal.SIGCONT)
        until(lambda: len(self.told) >= 3, 30)
        until(lambda: self.up("nodes") == set(SEATED), 30)
        self.ends.set()
        for thread in threads:
            thread.join(60)
        print(f"# both are out after {out:.1f} s; load {os.getloadavg()[0]:.1f}", file=sys.stderr, flush=True)
        self.assertLess(out, OUT_S)
        self.assertEqual({frozenset(one) for one in lives}, {frozenset(SEATED)}, "they live all the while")
        self.assertEqual({status for _, status, _ in self.told}, {200})

    def test_who_may_ask(self):
        """What watches a node is the proxies' to ask, not everybody's: few can at once."""
        trust = ssl.create_default_context(cafile=self.folder / "out/ca/ca.pem")
        trust.check_hostname = False
        door = self.front.ports["a"]["entrance"]
        for path in ("/watch/readyz", "/watch/healthz", "/%77atch/readyz", "/watch/metrics"):
            self.assertEqual(self.ask(door, path, trust)[0], 404, path)
        self.assertEqual(self.ask(door, "/readyz", trust)[0], 200)
        shown = ssl.create_default_context(cafile=self.folder / "out/ca/ca.pem")
        shown.check_hostname = False
        shown.load_cert_chain(self.folder / "out/a/machine.pem", self.folder / "out/a/machine.key")
        inner = self.front.ports["b"]["inner"]
        self.assertEqual(self.ask(inner, "/watch/readyz", shown)[0], 200)
        self.assertEqual(self.ask(inner, "/watch/metrics", shown)[0], 404)
        self.assertEqual(self.ask(inner, "/watch/readyz", trust)[0], 400, "without a certificate")


if __name__ == "__main__":
    unittest.main(verbosity=2)
