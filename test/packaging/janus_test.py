"""script/janus and packaging/janus with a real Janus: nothing of it is open to others, on disk or on the
network, and what is not needed is not there (F75)."""
import http.client
import json
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import time
import unittest
import urllib.error
import urllib.request

from support import ROOT, wait_for

SCRIPT = ROOT / "script" / "janus"


def write(folder, *words):
    return subprocess.run(["sh", SCRIPT, folder, *words], capture_output=True, text=True, check=False)


def listening(pid):
    """Where a process takes connections: (address, port) as /proc has them."""
    own = set()
    for link in pathlib.Path(f"/proc/{pid}/fd").iterdir():
        try:
            own.add(str(link.readlink()))
        except FileNotFoundError:
            pass  # closed meanwhile
    found = []
    for table in ("tcp", "tcp6", "udp", "udp6"):
        for line in pathlib.Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            field = line.split()
            if f"socket:[{field[9]}]" in own and (table[:3] == "udp" or field[3] == "0A"):
                found.append((table, field[1]))
    return found


def info(url):
    """What it tells of itself; it listens a moment before it answers."""
    for _ in range(100):
        try:
            with urllib.request.urlopen(f"{url}/info", timeout=10) as answer:
                return json.load(answer), answer.headers
        except http.client.RemoteDisconnected:
            time.sleep(0.05)
    raise TimeoutError


class Janus(unittest.TestCase):
    def setUp(self):
        self.place = tempfile.TemporaryDirectory()
        self.addCleanup(self.place.cleanup)
        self.folder = pathlib.Path(self.place.name) / "janus"

    def test_secrets_are_fresh_and_nobodys(self):
        self.assertEqual(write(self.folder).returncode, 0)
        first = (self.folder / "secrets").read_text()
        self.assertEqual(write(self.folder).returncode, 0)
        second = (self.folder / "secrets").read_text()
        self.assertRegex(second, r"^[0-9a-f]{48}\n[0-9a-f]{48}\n$")
        self.assertFalse(set(first.split()) & set(second.split()))
        self.assertEqual(self.folder.stat().st_mode & 0o777, 0o700)
        for file in self.folder.iterdir():
            self.assertEqual(file.stat().st_mode & 0o077, 0, file.name)
            if file.suffix == ".jcfg":
                self.assertNotRegex(file.read_text(), r"@[A-Z_]+@", file.name)

    def test_an_address_that_is_none_of_ours_is_refused(self):
        own = subprocess.run(["hostname", "-I"], capture_output=True, text=True, check=True).stdout.split()
        for address in ("203.0.113.77", "203.0.113", "", "eth0", "1.2.3.4\"", "::1"):
            done = write(self.folder, "--address", address)
            self.assertEqual(done.returncode, 1, address)
            self.assertFalse((self.folder / "janus.jcfg").exists())
        for address in [one for one in own if "." in one]:
            self.assertEqual(write(self.folder, "--address", address).returncode, 0)
            text = (self.folder / "janus.jcfg").read_text()
            self.assertIn(f'ice_enforce_list = "{address}"', text)
            self.assertFalse((self.folder / "loopback.so").exists())  # for demonstrations alone

    def test_nothing_strange_gets_into_a_configuration(self):
        for words in (("--http-port", "80;"), ("--media", "1-2\""), ("--relay", "turn.example\"")):
            self.assertEqual(write(self.folder, *words).returncode, 1, words)
        self.assertEqual(write(self.folder.parent / "a\"b").returncode, 1)
        self.assertEqual(write(self.folder, "--no-such-option").returncode, 2)
        self.assertEqual(write(self.folder, "--run").returncode, 1)  # nothing was written yet

    def test_a_relay_has_janus_password(self):
        self.assertEqual(write(self.folder, "--relay", "10.9.8.7:3478").returncode, 0)
        text = (self.folder / "janus.jcfg").read_text()
        key = re.search(r'turn_pwd = "([0-9a-f]{48})"', text).group(1)
        self.assertIn('turn_server = "10.9.8.7"', text)
        turn = (self.folder / "turnserver.conf").read_text()
        self.assertIn(f"user=konkurs:{key}\n", turn)
        self.assertIn("listening-ip=10.9.8.7\n", turn)
        self.assertEqual(write(self.folder).returncode, 0)
        self.assertNotIn("turn_", (self.folder / "janus.jcfg").read_text())

    def test_it_listens_on_the_loopback_and_does_one_thing(self):
        self.assertEqual(write(self.folder, "--http-port", "free").returncode, 0)
        # as the unit has it: the files are copies in another folder
        copy = pathlib.Path(self.place.name) / "copy"
        shutil.move(self.folder, copy)
        url = (copy / "url").read_text().strip()
        port = int(re.search(r":(\d+)/", url).group(1))
        with open(copy / "log", "wb") as log:
            janus = subprocess.Popen(["sh", SCRIPT, "--run", copy], stdout=log, stderr=log)
        try:
            wait_for(port, janus)
            self.assertEqual(listening(janus.pid), [("tcp", f"0100007F:{port:04X}")])
            told, headers = info(url)
            self.assertEqual(headers["Access-Control-Allow-Origin"], "https://konkurs.invalid")
            self.assertEqual(list(told["plugins"]), ["janus.plugin.videoroom"])
            self.assertEqual(list(told["transports"]), ["janus.transport.http"])
            self.assertEqual(told["loggers"], {})
            self.assertEqual(told["events"], {})
            self.assertFalse(told["full-trickle"] or told["mdns-enabled"] or told["ipv6"])
            self.assertTrue(told["api_secret"])
            for path in ("/admin", "/"):
                with self.assertRaises(urllib.error.HTTPError):
                    urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10)
        finally:
            janus.send_signal(signal.SIGTERM)
            self.assertEqual(janus.wait(20), 0)


if __name__ == "__main__":
    unittest.main()
