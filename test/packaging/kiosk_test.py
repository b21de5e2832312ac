"""The computer of a hall as packaging/kiosk/ sets it up, with a real Chromium under its managed policy
(F35, F37).  The policy's folder is laid over this machine's for the browser alone (unshare), which
needs root; without it those tests are skipped."""
import hashlib
import http.server
import json
import os
import pathlib
import shutil
import signal
import ssl
import subprocess
import tempfile
import threading
import time
import unittest

from support import ROOT, fingerprint, make_certificates

KIOSK = ROOT / "packaging" / "kiosk"
ADDRESS = "https://konkurs.prosecutor.internal"
OVERLAY = 'mount --bind "$1" /etc/chromium && shift && exec "$@"'
PATIENCE_S = 60

# The site as the kiosk sees it: the real assets/seat.js enrols this computer at the first start and
# proves its key at the next ones; a frame tries to leave the site.
PAGE = """<!doctype html><title>seat</title>
<form method="post" action="/halls/1/enrol" data-enrol><input name="public_key"><input name="signature">
<button>enrol</button><p data-enrol-failed hidden></p></form>
<script type="module">
import { proveSeat } from "/seat.js";
document.cookie = "signed_in=1";
if (!await proveSeat(1, "")) document.querySelector("button").click();
</script>
<iframe src="https://127.0.0.1:%d/outside"></iframe>"""


class Site(http.server.BaseHTTPRequestHandler):
    """Answers what seat.js asks, and keeps (path, cookie, certificate) of every request."""
    protocol_version = "HTTP/1.1"

    def note(self):
        der = self.connection.getpeercert(binary_form=True)
        self.server.seen.append((self.path, self.headers.get("Cookie", ""),
                                 hashlib.sha256(der).hexdigest() if der else ""))

    def send(self, kind, text):
        body = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.note()
        name = self.path.lstrip("/")
        if name == "seat-challenge":
            self.send("application/json", '{"challenge": "konkurs-seat-1 test"}')
        elif name == "seat.js":
            self.send("text/javascript", (ROOT / "assets" / name).read_text("utf-8"))
        elif name == "idb.js":
            self.send("text/javascript", (ROOT / "node_modules/idb/build/index.js").read_text("utf-8"))
        else:
            self.send("text/html", PAGE % self.server.outside if name == "test" else "")

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.note()
        self.send("application/json", '{"pen": true}')

    def log_message(self, *_):
        pass


class Files(unittest.TestCase):
    def test_policy(self):
        policy = json.loads((KIOSK / "konkurs-policy.json").read_text("utf-8"))
        self.assertEqual(policy["URLBlocklist"], ["*"])
        self.assertEqual(policy["DeveloperToolsAvailability"], 2)
        self.assertEqual(policy["URLAllowlist"], [ADDRESS])
        for pattern in policy["AutoSelectCertificateForUrls"]:
            self.assertIn(json.loads(pattern)["pattern"], policy["URLAllowlist"])

    def test_start(self):
        with tempfile.TemporaryDirectory() as folder:
            told = subprocess.run(
                [KIOSK / "konkurs-kiosk", "https://hall.example/test"], check=True, text=True,
                capture_output=True, env={"PATH": "/usr/bin:/bin", "KONKURS_BROWSER": "/bin/echo",
                                          "KONKURS_PROFILE": f"{folder}/profile"}).stdout.split()
            self.assertIn("--kiosk", told)
            self.assertIn(f"--user-data-dir={folder}/profile", told)
            self.assertEqual(told[-1], "https://hall.example/test")

    def test_shell(self):
        told = subprocess.run(["shellcheck", KIOSK / "konkurs-kiosk"], text=True, capture_output=True)
        self.assertEqual(told.stdout, "")

    def test_unit(self):
        unit = (KIOSK / "konkurs-kiosk.service").read_text("utf-8")
        self.assertIn("\nUser=kiosk\n", unit)
        self.assertIn("\nRestart=always\n", unit)
        for hides_run_user in ("\nProtectHome=", "\nProtectSystem=strict"):
            self.assertNotIn(hides_run_user, unit)


@unittest.skipUnless(subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode == 0,
                     "laying a policy over this machine's needs root")
class Browser(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="konkurs-kiosk-"))
        make_certificates(cls.folder)
        cls.site = cls.serve(ssl.CERT_OPTIONAL)
        cls.outside = cls.serve(ssl.CERT_NONE)
        cls.site.outside = cls.outside.server_port
        cls.write_policy()
        cls.fill_store()

    @classmethod
    def serve(cls, verify_mode):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
        server.seen = []
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cls.folder / "server.pem", cls.folder / "server.key")
        context.load_verify_locations(cls.folder / "halls.pem")
        context.verify_mode = verify_mode
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server

    @classmethod
    def tearDownClass(cls):
        for server in (cls.site, cls.outside):
            server.shutdown()
            server.server_close()
        shutil.rmtree(cls.folder, ignore_errors=True)

    @classmethod
    def write_policy(cls):
        managed = cls.folder / "etc" / "policies" / "managed"
        managed.mkdir(parents=True)
        text = (KIOSK / "konkurs-policy.json").read_text("utf-8")
        (managed / "konkurs-policy.json").write_text(
            text.replace(ADDRESS, f"https://127.0.0.1:{cls.site.server_port}"))

    @classmethod
    def fill_store(cls):
        """The certificates as the README puts them into the NSS database of the user."""
        store = cls.folder / ".pki" / "nssdb"
        store.mkdir(parents=True)
        for command in (["certutil", "-N", "--empty-password"],
                        ["certutil", "-A", "-n", "site", "-t", "C,,", "-i", cls.folder / "site.pem"],
                        ["pk12util", "-i", cls.folder / "seat1.p12", "-W", "export"]):
            if command[0] == "pk12util":
                subprocess.run(["openssl", "pkcs12", "-export", "-in", cls.folder / "seat1.pem", "-inkey",
                                cls.folder / "seat1.key", "-name", "seat1", "-passout", "pass:export",
                                "-out", cls.folder / "seat1.p12"], check=True)
            subprocess.run([*command, "-d", f"sql:{store}"], check=True, capture_output=True)

    def run_until(self, path):
        """A start of the kiosk until the site has heard `path`; then it is switched off in order.
        What the site has seen of it."""
        self.site.seen.clear()
        address = f"https://127.0.0.1:{self.site.server_port}/test"
        kiosk = subprocess.Popen(
            ["unshare", "--mount", "sh", "-c", OVERLAY, "-", self.folder / "etc", KIOSK / "konkurs-kiosk",
             address], start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": str(self.folder),
                 "KONKURS_PROFILE": str(self.folder / "profile"),
                 "KONKURS_FLAGS": "--no-sandbox --headless=new"})
        try:
            until = time.monotonic() + PATIENCE_S
            while all(seen[0] != path for seen in self.site.seen):
                self.assertLess(time.monotonic(), until, f"{path} never came: {self.site.seen}")
                time.sleep(0.1)
            time.sleep(2)  # what a page keeps reaches the disk
            kiosk.terminate()
            kiosk.wait(PATIENCE_S)
        finally:  # its helpers too
            try:
                os.killpg(kiosk.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        return list(self.site.seen)

    def test_what_a_restart_keeps(self):
        first = self.run_until("/halls/1/enrol")
        again = self.run_until("/tests/1/seat")
        self.assertNotIn("/halls/1/enrol", [path for path, _, _ in again], "the key of the seat is gone")
        # Who was signed in is not.
        self.assertIn("signed_in=1", [cookie for path, cookie, _ in first if path == "/halls/1/enrol"])
        self.assertEqual([cookie for path, cookie, _ in again if path == "/test"], [""])
        for seen in (first, again):
            # The certificate is shown without a question.
            self.assertEqual({certificate for _, _, certificate in seen},
                             {fingerprint(self.folder, "seat1")})
        self.assertEqual(self.outside.seen, [], "the browser has left the site")


if __name__ == "__main__":
    unittest.main()
